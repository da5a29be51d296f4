-- The sign-in log of each tenant, and how often each distinct behaviour happened on each day.

CREATE TABLE sign_in (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    id TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL, -- the smallest number: the log does not say
    home_tenant BYTEA NOT NULL,
    resource_tenant BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    client_app BYTEA NOT NULL,
    resource_app BYTEA NOT NULL,
    error_code BIGINT NOT NULL,
    correlation TEXT,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX sign_in_by_time ON sign_in (tenant, created, id);

CREATE TABLE rollup (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    day BIGINT NOT NULL, -- since 1970; the smallest number: not known
    direction BIGINT NOT NULL, -- 0 outbound, 1 inbound
    other BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    client_app BYTEA NOT NULL,
    resource_app BYTEA NOT NULL,
    access_type TEXT COLLATE "C" NOT NULL,
    token_issuer TEXT COLLATE "C" NOT NULL,
    claims BIGINT NOT NULL, -- 1 multifactor, 2 compliant, 4 hybrid joined
    flags BIGINT NOT NULL, -- 1 masked, 2 interactive
    error_code BIGINT NOT NULL,
    count BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (
        tenant, day, direction, other, user_id, client_app, resource_app, access_type, token_issuer,
        claims, flags, error_code
    )
);
