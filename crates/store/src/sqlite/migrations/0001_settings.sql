-- Tenants, their settings, and what these were before.
--
-- Identifiers are 16 bytes; "none" is no bytes. Times are nanoseconds since 1970, UTC. A `value` is
-- JSON in a form of our own, which says its version.

-- The order of all writes that a decision or an auditor may see.
CREATE TABLE counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL
) STRICT;
INSERT INTO counter (id, sequence) VALUES (1, 0);

-- What the tenants share.
CREATE TABLE facts (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,
    moved INTEGER NOT NULL, -- the sequence of its last write
    value TEXT NOT NULL
) STRICT;
INSERT INTO facts (id, revision, moved, value) VALUES (1, 0, 0, '{"v":1}');

CREATE TABLE tenant (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    hosted INTEGER NOT NULL CHECK (hosted IN (0, 1)),
    directory_known INTEGER NOT NULL CHECK (directory_known IN (0, 1)),
    revision INTEGER NOT NULL, -- of its settings; gapless
    people INTEGER NOT NULL, -- the sequence of the last write to its directory
    moved INTEGER NOT NULL, -- the sequence of the last write to either
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_by_move ON tenant (moved);

-- A domain is verified in at most one tenant.
CREATE TABLE domain (
    name TEXT PRIMARY KEY NOT NULL,
    tenant BLOB NOT NULL REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX domain_by_tenant ON domain (tenant);

-- One row for each unit of a tenant's settings: profile, policy, default, each partner.
CREATE TABLE entity (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    kind TEXT NOT NULL,
    partner BLOB NOT NULL,
    place INTEGER NOT NULL, -- the order of partners
    revision INTEGER NOT NULL, -- the one that last changed it: its ETag
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, partner)
) STRICT;

-- Every value that an entity ever had; NULL: it was dropped.
CREATE TABLE history (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    kind TEXT NOT NULL,
    partner BLOB NOT NULL,
    revision INTEGER NOT NULL,
    place INTEGER NOT NULL,
    value TEXT,
    PRIMARY KEY (tenant, kind, partner, revision)
) STRICT;
CREATE INDEX history_by_revision ON history (tenant, revision);

-- Who wrote, when and why; one row for each commit, and one for each tenant that it moved on.
CREATE TABLE change (
    sequence INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    time INTEGER NOT NULL,
    initiator TEXT NOT NULL,
    reason TEXT
) STRICT;

CREATE TABLE revision (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    revision INTEGER NOT NULL,
    sequence INTEGER NOT NULL REFERENCES change (sequence),
    PRIMARY KEY (tenant, revision)
) STRICT, WITHOUT ROWID;
