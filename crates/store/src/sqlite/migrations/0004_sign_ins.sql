-- The sign-in log of each tenant, and how often each distinct behaviour happened on each day.

CREATE TABLE sign_in (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    id TEXT NOT NULL,
    created INTEGER NOT NULL, -- the smallest number: the log does not say
    home_tenant BLOB NOT NULL,
    resource_tenant BLOB NOT NULL,
    user_id BLOB NOT NULL,
    client_app BLOB NOT NULL,
    resource_app BLOB NOT NULL,
    error_code INTEGER NOT NULL,
    correlation TEXT,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX sign_in_by_time ON sign_in (tenant, created, id);

CREATE TABLE rollup (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    day INTEGER NOT NULL, -- since 1970; the smallest number: not known
    direction INTEGER NOT NULL, -- 0 outbound, 1 inbound
    other BLOB NOT NULL,
    user_id BLOB NOT NULL,
    client_app BLOB NOT NULL,
    resource_app BLOB NOT NULL,
    access_type TEXT NOT NULL,
    token_issuer TEXT NOT NULL,
    claims INTEGER NOT NULL, -- 1 multifactor, 2 compliant, 4 hybrid joined
    flags INTEGER NOT NULL, -- 1 masked, 2 interactive
    error_code INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (
        tenant, day, direction, other, user_id, client_app, resource_app, access_type, token_issuer,
        claims, flags, error_code
    )
) STRICT, WITHOUT ROWID;
