-- What directories say beside what decisions look at, and how people and groups are found.

ALTER TABLE directory_user ADD COLUMN version BIGINT NOT NULL DEFAULT 1; -- how often it was written
ALTER TABLE directory_user ADD COLUMN display TEXT COLLATE "C" NOT NULL DEFAULT ''; -- the display name in lower case
ALTER TABLE directory_user ADD COLUMN guest BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE directory_user ADD COLUMN external_id TEXT COLLATE "C"; -- what a provisioning client calls it
ALTER TABLE directory_user ADD COLUMN details TEXT; -- NULL: nothing further is said
UPDATE directory_user SET
    display = lower(COALESCE(value::json ->> 'displayName', '')),
    guest = value::json ->> 'userType' = 'guest'
    WHERE position('\u0000' IN value) = 0; -- which JSON of this database cannot take apart
CREATE INDEX directory_user_by_display ON directory_user (tenant, display, id);
CREATE INDEX directory_user_by_order ON directory_user (tenant, name, id);
CREATE INDEX directory_user_by_type ON directory_user (tenant, guest, id);
CREATE INDEX directory_user_by_external_id ON directory_user (tenant, external_id);

ALTER TABLE directory_group ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE directory_group ADD COLUMN display TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE directory_group ADD COLUMN external_id TEXT COLLATE "C";
ALTER TABLE directory_group ADD COLUMN details TEXT;
UPDATE directory_group SET display = lower(COALESCE(value::json ->> 'displayName', ''))
    WHERE position('\u0000' IN value) = 0;
CREATE INDEX directory_group_by_display ON directory_group (tenant, display, id);
CREATE INDEX directory_group_by_external_id ON directory_group (tenant, external_id);

-- Who is a direct member of a group: what users and groups say about themselves, the other way round.
CREATE TABLE membership (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    parent BYTEA NOT NULL, -- the group
    kind SMALLINT NOT NULL, -- 0 a user, 1 a group
    member BYTEA NOT NULL,
    PRIMARY KEY (tenant, parent, kind, member)
);
CREATE INDEX membership_by_member ON membership (tenant, kind, member);
INSERT INTO membership (tenant, parent, kind, member)
    SELECT o.tenant, decode(replace(g.value, '-', ''), 'hex'), 0, o.id
    FROM directory_user AS o, json_array_elements_text(o.value::json -> 'groups') AS g (value)
    ON CONFLICT DO NOTHING;
INSERT INTO membership (tenant, parent, kind, member)
    SELECT o.tenant, decode(replace(g.value, '-', ''), 'hex'), 1, o.id
    FROM directory_group AS o, json_array_elements_text(o.value::json -> 'memberOf') AS g (value)
    ON CONFLICT DO NOTHING;

-- Passwords, hashed. Nothing that lists users ever reads them.
CREATE TABLE credential (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    user_id BYTEA NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, user_id)
);

ALTER TABLE application ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE application ADD COLUMN object BYTEA; -- NULL: its object has the appId for an id
ALTER TABLE application ADD COLUMN details TEXT;
CREATE UNIQUE INDEX application_by_object ON application (tenant, (COALESCE(object, id)));

CREATE TABLE service_principal (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    id BYTEA NOT NULL,
    application BYTEA NOT NULL,
    version BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX service_principal_by_application ON service_principal (tenant, application);
