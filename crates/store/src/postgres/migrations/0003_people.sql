-- The directory of each tenant.

CREATE TABLE directory_user (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL, -- the user principal name in lower case
    mail TEXT COLLATE "C", -- in lower case
    home_tenant BYTEA NOT NULL, -- for external users: where the account lives
    home_user BYTEA NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX directory_user_by_name ON directory_user (tenant, name);
CREATE INDEX directory_user_by_mail ON directory_user (tenant, mail);
CREATE INDEX directory_user_by_home ON directory_user (tenant, home_tenant, home_user);

CREATE TABLE directory_group (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    id BYTEA NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE application (
    id BYTEA PRIMARY KEY NOT NULL,
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    value TEXT NOT NULL
);
CREATE INDEX application_by_tenant ON application (tenant, id);
