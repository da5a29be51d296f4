-- Whose sessions were ended, found without reading everybody.

ALTER TABLE directory_user ADD COLUMN revoked BIGINT; -- when they were; NULL: never
UPDATE directory_user SET revoked = substring(details FROM '"sessionsRevoked":"(-?[0-9]+)"')::bigint
    WHERE position('"sessionsRevoked":"' IN details) > 0; -- not by JSON, which here takes no NUL
