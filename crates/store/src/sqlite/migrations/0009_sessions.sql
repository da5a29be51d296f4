-- Whose sessions were ended, found without reading everybody.

ALTER TABLE directory_user ADD COLUMN revoked INTEGER; -- when they were; NULL: never
UPDATE directory_user SET revoked = CAST(json_extract(details, '$.sessionsRevoked') AS INTEGER);
