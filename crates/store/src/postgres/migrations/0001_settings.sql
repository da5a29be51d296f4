-- Tenants, their settings, and what these were before.
--
-- Identifiers are 16 bytes; "none" is no bytes. Times are nanoseconds since 1970, UTC. A `value` is
-- JSON in a form of our own, which says its version. Words that are compared are compared byte by
-- byte (collation "C"), whatever the locale of the database.

-- The order of all writes that a decision or an auditor may see.
CREATE TABLE counter (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL
);
INSERT INTO counter (id, sequence) VALUES (1, 0);

-- What the tenants share.
CREATE TABLE facts (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL,
    moved BIGINT NOT NULL, -- the sequence of its last write
    value TEXT NOT NULL
);
INSERT INTO facts (id, revision, moved, value) VALUES (1, 0, 0, '{"v":1}');

CREATE TABLE tenant (
    id BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    hosted BOOLEAN NOT NULL,
    directory_known BOOLEAN NOT NULL,
    revision BIGINT NOT NULL, -- of its settings; gapless
    people BIGINT NOT NULL, -- the sequence of the last write to its directory
    moved BIGINT NOT NULL, -- the sequence of the last write to either
    created BIGINT NOT NULL
);
CREATE INDEX tenant_by_move ON tenant (moved);

-- A domain is verified in at most one tenant.
CREATE TABLE domain (
    name TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    tenant BYTEA NOT NULL REFERENCES tenant (id)
);
CREATE INDEX domain_by_tenant ON domain (tenant);

-- One row for each unit of a tenant's settings: profile, policy, default, each partner.
CREATE TABLE entity (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    kind TEXT COLLATE "C" NOT NULL,
    partner BYTEA NOT NULL,
    place BIGINT NOT NULL, -- the order of partners
    revision BIGINT NOT NULL, -- the one that last changed it: its ETag
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, partner)
);

-- Every value that an entity ever had; NULL: it was dropped.
CREATE TABLE history (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    kind TEXT COLLATE "C" NOT NULL,
    partner BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    place BIGINT NOT NULL,
    value TEXT,
    PRIMARY KEY (tenant, kind, partner, revision)
);
CREATE INDEX history_by_revision ON history (tenant, revision);

-- Who wrote, when and why; one row for each commit, and one for each tenant that it moved on.
CREATE TABLE change (
    sequence BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    time BIGINT NOT NULL,
    initiator TEXT NOT NULL,
    reason TEXT
);

CREATE TABLE revision (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    revision BIGINT NOT NULL,
    sequence BIGINT NOT NULL REFERENCES change (sequence),
    PRIMARY KEY (tenant, revision)
);
