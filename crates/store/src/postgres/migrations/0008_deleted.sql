-- What was deleted lately: partner entries, and the synchronization from partners.

CREATE TABLE deleted_item (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    kind TEXT COLLATE "C" NOT NULL,
    partner BYTEA NOT NULL,
    deleted BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, partner)
);
