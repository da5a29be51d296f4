-- The audit log is chained, and both logs can be read in the order in which they were written.

SET LOCAL statement_timeout = 0; -- indexes of a large log take their time

ALTER TABLE audit ADD COLUMN link BYTEA NOT NULL DEFAULT ''; -- '': before there was a chain
CREATE INDEX audit_in_order ON audit (sequence, entry);

CREATE TABLE audit_head (
    tenant BYTEA PRIMARY KEY, -- none: the operator's log
    sequence BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    link BYTEA NOT NULL,
    entries BIGINT NOT NULL -- those that have been pruned among them
);

ALTER TABLE sign_in ADD COLUMN user_name TEXT COLLATE "C"; -- in lower case, for the search
ALTER TABLE sign_in ADD COLUMN arrival BIGINT NOT NULL DEFAULT 0;
UPDATE sign_in SET
    user_name = lower(value::json ->> 'userPrincipalName'),
    arrival = numbered.arrival
    FROM (
        SELECT tenant, id, row_number() OVER (PARTITION BY tenant ORDER BY created, id) AS arrival
        FROM sign_in
    ) AS numbered
    WHERE numbered.tenant = sign_in.tenant AND numbered.id = sign_in.id;

CREATE TABLE sign_in_head (
    tenant BYTEA PRIMARY KEY REFERENCES tenant (id),
    arrival BIGINT NOT NULL
);
INSERT INTO sign_in_head (tenant, arrival) SELECT tenant, MAX(arrival) FROM sign_in GROUP BY tenant;

CREATE INDEX sign_in_by_arrival ON sign_in (tenant, arrival);
CREATE INDEX sign_in_by_user ON sign_in (tenant, user_id, created);
CREATE INDEX sign_in_by_name ON sign_in (tenant, user_name, created);
CREATE INDEX sign_in_by_client_app ON sign_in (tenant, client_app, created);
CREATE INDEX sign_in_by_resource_app ON sign_in (tenant, resource_app, created);
CREATE INDEX sign_in_by_correlation ON sign_in (tenant, correlation);
CREATE INDEX sign_in_outbound ON sign_in (tenant, created, id) WHERE resource_tenant <> tenant;
CREATE INDEX sign_in_inbound ON sign_in (tenant, created, id) WHERE home_tenant <> tenant;
CREATE INDEX sign_in_to ON sign_in (tenant, resource_tenant, created) WHERE resource_tenant <> tenant;
CREATE INDEX sign_in_from ON sign_in (tenant, home_tenant, created) WHERE home_tenant <> tenant;
CREATE INDEX sign_in_failed ON sign_in (tenant, created, id) WHERE error_code <> 0;
