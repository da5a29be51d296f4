-- What was deleted lately: partner entries, and the synchronization from partners.

CREATE TABLE deleted_item (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    kind TEXT NOT NULL,
    partner BLOB NOT NULL,
    deleted INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, partner)
) STRICT;
