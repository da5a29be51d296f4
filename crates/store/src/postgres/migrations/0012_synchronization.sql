-- Jobs of cross-tenant synchronization, what they did, and users who were deleted lately.

CREATE TABLE synchronization_job (
    tenant BYTEA NOT NULL REFERENCES tenant (id), -- the source
    id BYTEA NOT NULL,
    target BYTEA NOT NULL,
    version BIGINT NOT NULL, -- how often it was written
    due BIGINT, -- when somebody has to look at it; NULL: when an administrator says so
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX synchronization_job_by_target ON synchronization_job (tenant, target);
CREATE INDEX synchronization_job_by_due ON synchronization_job (due) WHERE due IS NOT NULL;

-- Which client of a target speaks for which source.
CREATE TABLE synchronization_source (
    tenant BYTEA NOT NULL REFERENCES tenant (id), -- the target
    source BYTEA NOT NULL,
    client BYTEA NOT NULL,
    PRIMARY KEY (tenant, source)
);
CREATE UNIQUE INDEX synchronization_source_by_client ON synchronization_source (tenant, client);

CREATE TABLE provisioning (
    tenant BYTEA NOT NULL REFERENCES tenant (id), -- the source
    id BYTEA NOT NULL,
    time BIGINT NOT NULL,
    job BYTEA NOT NULL,
    cycle BYTEA NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX provisioning_by_time ON provisioning (tenant, time, id);
CREATE INDEX provisioning_by_job ON provisioning (tenant, job, time, id);

CREATE TABLE deleted_user (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    id BYTEA NOT NULL,
    deleted BIGINT NOT NULL,
    value TEXT NOT NULL,
    details TEXT, -- NULL: nothing further was said
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
