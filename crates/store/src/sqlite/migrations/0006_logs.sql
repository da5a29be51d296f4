-- The audit log is chained, and both logs can be read in the order in which they were written.

ALTER TABLE audit ADD COLUMN link BLOB NOT NULL DEFAULT x''; -- x'': before there was a chain
CREATE INDEX audit_in_order ON audit (sequence, entry);

CREATE TABLE audit_head (
    tenant BLOB PRIMARY KEY NOT NULL, -- none: the operator's log
    sequence INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    link BLOB NOT NULL,
    entries INTEGER NOT NULL -- those that have been pruned among them
) STRICT;

ALTER TABLE sign_in ADD COLUMN user_name TEXT; -- in lower case, for the search
ALTER TABLE sign_in ADD COLUMN arrival INTEGER NOT NULL DEFAULT 0;
UPDATE sign_in SET
    user_name = lower(json_extract(value, '$.userPrincipalName')),
    arrival = rowid;

CREATE TABLE sign_in_head (
    tenant BLOB PRIMARY KEY NOT NULL REFERENCES tenant (id),
    arrival INTEGER NOT NULL
) STRICT;
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
