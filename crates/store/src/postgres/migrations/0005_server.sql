-- What the server needs to remember: who may ask for tokens, the keys that sign, small values.

CREATE TABLE client (
    id BYTEA PRIMARY KEY NOT NULL,
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    value TEXT NOT NULL
);
CREATE INDEX client_by_tenant ON client (tenant, id);

CREATE TABLE signing_key (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    sealed BYTEA, -- the private half under the master key; NULL once erased
    public TEXT NOT NULL,
    created BIGINT NOT NULL,
    retired BIGINT
);
CREATE INDEX signing_key_by_purpose ON signing_key (purpose, created, id);

CREATE TABLE setting (
    name TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    revision BIGINT NOT NULL,
    value TEXT NOT NULL
);
