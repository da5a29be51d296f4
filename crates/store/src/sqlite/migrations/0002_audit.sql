-- The audit log. Rows are appended, and dropped only together with a checkpoint about them.

CREATE TABLE audit (
    sequence INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    tenant BLOB NOT NULL, -- none: the operator's log
    id BLOB NOT NULL UNIQUE,
    time INTEGER NOT NULL,
    category TEXT NOT NULL,
    activity TEXT NOT NULL,
    actor TEXT NOT NULL,
    correlation BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, sequence, entry)
) STRICT;
CREATE INDEX audit_by_correlation ON audit (tenant, correlation);

CREATE TABLE checkpoint (
    tenant BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    statement TEXT NOT NULL,
    PRIMARY KEY (tenant, sequence)
) STRICT;
