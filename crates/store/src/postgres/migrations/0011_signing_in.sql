-- What signing in leaves behind: passes for a while, and records of an account for good.

CREATE TABLE pass (
    kind SMALLINT NOT NULL,
    handle BYTEA NOT NULL, -- a hash of what its bearer shows
    family BYTEA NOT NULL, -- what ends together
    version BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, handle)
);
CREATE INDEX pass_by_family ON pass (family);
CREATE INDEX pass_by_end ON pass (expires);

CREATE TABLE account_record (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    user_id BYTEA NOT NULL, -- there may be no such object
    name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, user_id, name)
);
