-- Jobs of cross-tenant synchronization, what they did, and users who were deleted lately.

CREATE TABLE synchronization_job (
    tenant BLOB NOT NULL REFERENCES tenant (id), -- the source
    id BLOB NOT NULL,
    target BLOB NOT NULL,
    version INTEGER NOT NULL, -- how often it was written
    due INTEGER, -- when somebody has to look at it; NULL: when an administrator says so
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE UNIQUE INDEX synchronization_job_by_target ON synchronization_job (tenant, target);
CREATE INDEX synchronization_job_by_due ON synchronization_job (due) WHERE due IS NOT NULL;

-- Which client of a target speaks for which source.
CREATE TABLE synchronization_source (
    tenant BLOB NOT NULL REFERENCES tenant (id), -- the target
    source BLOB NOT NULL,
    client BLOB NOT NULL,
    PRIMARY KEY (tenant, source)
) STRICT;
CREATE UNIQUE INDEX synchronization_source_by_client ON synchronization_source (tenant, client);

CREATE TABLE provisioning (
    tenant BLOB NOT NULL REFERENCES tenant (id), -- the source
    id BLOB NOT NULL,
    time INTEGER NOT NULL,
    job BLOB NOT NULL,
    cycle BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX provisioning_by_time ON provisioning (tenant, time, id);
CREATE INDEX provisioning_by_job ON provisioning (tenant, job, time, id);

CREATE TABLE deleted_user (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    id BLOB NOT NULL,
    deleted INTEGER NOT NULL,
    value TEXT NOT NULL,
    details TEXT, -- NULL: nothing further was said
    version INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
