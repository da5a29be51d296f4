-- Which people and groups changed when, so that memory follows without reading everybody again.

CREATE TABLE directory_move (
    tenant BLOB NOT NULL REFERENCES tenant (id),
    kind INTEGER NOT NULL, -- 0 a user, 1 a group
    id BLOB NOT NULL, -- also of one that is gone
    sequence INTEGER NOT NULL, -- the last write that concerned it; the largest of all while it is under way
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_move_by_sequence ON directory_move (tenant, sequence);
