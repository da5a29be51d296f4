-- The audit log. Rows are appended, and dropped only together with a checkpoint about them.

CREATE TABLE audit (
    sequence BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    tenant BYTEA NOT NULL, -- none: the operator's log
    id BYTEA NOT NULL UNIQUE,
    time BIGINT NOT NULL,
    category TEXT NOT NULL,
    activity TEXT NOT NULL,
    actor TEXT NOT NULL,
    correlation BYTEA NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, sequence, entry)
);
CREATE INDEX audit_by_correlation ON audit (tenant, correlation);

CREATE TABLE checkpoint (
    tenant BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    time BIGINT NOT NULL,
    statement TEXT NOT NULL,
    PRIMARY KEY (tenant, sequence)
);
