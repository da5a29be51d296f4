-- What the server needs to remember: who may ask for tokens, the keys that sign, small values.

CREATE TABLE client (
    id BLOB PRIMARY KEY NOT NULL,
    tenant BLOB NOT NULL REFERENCES tenant (id),
    value TEXT NOT NULL
) STRICT;
CREATE INDEX client_by_tenant ON client (tenant, id);

CREATE TABLE signing_key (
    id TEXT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    sealed BLOB, -- the private half under the master key; NULL once erased
    public TEXT NOT NULL,
    created INTEGER NOT NULL,
    retired INTEGER
) STRICT;
CREATE INDEX signing_key_by_purpose ON signing_key (purpose, created, id);

CREATE TABLE setting (
    name TEXT PRIMARY KEY NOT NULL,
    revision INTEGER NOT NULL,
    value TEXT NOT NULL
) STRICT;
