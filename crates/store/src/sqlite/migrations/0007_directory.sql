-- What directories say beside what decisions look at, and how people and groups are found.

ALTER TABLE directory_user ADD COLUMN version INTEGER NOT NULL DEFAULT 1; -- how often it was written
ALTER TABLE directory_user ADD COLUMN display TEXT NOT NULL DEFAULT ''; -- the display name in lower case
ALTER TABLE directory_user ADD COLUMN guest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE directory_user ADD COLUMN external_id TEXT; -- what a provisioning client calls it
ALTER TABLE directory_user ADD COLUMN details TEXT; -- NULL: nothing further is said
UPDATE directory_user SET
    display = lower(COALESCE(json_extract(value, '$.displayName'), '')),
    guest = json_extract(value, '$.userType') = 'guest';
CREATE INDEX directory_user_by_display ON directory_user (tenant, display, id);
CREATE INDEX directory_user_by_order ON directory_user (tenant, name, id);
CREATE INDEX directory_user_by_type ON directory_user (tenant, guest, id);
CREATE INDEX directory_user_by_external_id ON directory_user (tenant, external_id);

ALTER TABLE directory_group ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE directory_group ADD COLUMN display TEXT NOT NULL DEFAULT '';
ALTER TABLE directory_group ADD COLUMN external_id TEXT;
ALTER TABLE directory_group ADD COLUMN details TEXT;
UPDATE directory_group SET display = lower(COALESCE(json_extract(value, '$.displayName'), ''));
CREATE INDEX directory_group_by_display ON directory_group (tenant, display, id);
CREATE INDEX directory_group_by_external_id ON directory_group (tenant, external_id);

-- Who is a direct member of a group: what users and groups say about themselves, the other way round.
CREATE TABLE membership (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    parent BLOB NOT NULL, -- the group
    kind INTEGER NOT NULL, -- 0 a user, 1 a group
    member BLOB NOT NULL,
    PRIMARY KEY (tenant, parent, kind, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_member ON membership (tenant, kind, member);
INSERT OR IGNORE INTO membership (tenant, parent, kind, member)
    SELECT o.tenant, unhex(replace(g.value, '-', '')), 0, o.id
    FROM directory_user AS o, json_each(o.value, '$.groups') AS g;
INSERT OR IGNORE INTO membership (tenant, parent, kind, member)
    SELECT o.tenant, unhex(replace(g.value, '-', '')), 1, o.id
    FROM directory_group AS o, json_each(o.value, '$.memberOf') AS g;

-- Passwords, hashed. Nothing that lists users ever reads them.
CREATE TABLE credential (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    user_id BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, user_id)
) STRICT;

ALTER TABLE application ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE application ADD COLUMN object BLOB; -- NULL: its object has the appId for an id
ALTER TABLE application ADD COLUMN details TEXT;
CREATE UNIQUE INDEX application_by_object ON application (tenant, COALESCE(object, id));

CREATE TABLE service_principal (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    id BLOB NOT NULL,
    application BLOB NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE UNIQUE INDEX service_principal_by_application ON service_principal (tenant, application);
