-- The directory of each tenant.

CREATE TABLE directory_user (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL, -- the user principal name in lower case
    mail TEXT, -- in lower case
    home_tenant BLOB NOT NULL, -- for external users: where the account lives
    home_user BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX directory_user_by_name ON directory_user (tenant, name);
CREATE INDEX directory_user_by_mail ON directory_user (tenant, mail);
CREATE INDEX directory_user_by_home ON directory_user (tenant, home_tenant, home_user);

CREATE TABLE directory_group (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    id BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE TABLE application (
    id BLOB PRIMARY KEY NOT NULL,
    tenant BLOB NOT NULL REFERENCES tenant (id),
    value TEXT NOT NULL
) STRICT;
CREATE INDEX application_by_tenant ON application (tenant, id);
