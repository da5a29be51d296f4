-- What signing in leaves behind: passes for a while, and records of an account for good.

CREATE TABLE pass (
    kind INTEGER NOT NULL,
    handle BLOB NOT NULL, -- a hash of what its bearer shows
    family BLOB NOT NULL, -- what ends together
    version INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_by_family ON pass (family);
CREATE INDEX pass_by_end ON pass (expires);

CREATE TABLE account_record (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    user_id BLOB NOT NULL, -- there may be no such object
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, user_id, name)
) STRICT, WITHOUT ROWID;
