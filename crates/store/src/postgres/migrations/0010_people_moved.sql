-- Which people and groups changed when, so that memory follows without reading everybody again.

CREATE TABLE directory_move (
    tenant BYTEA NOT NULL REFERENCES tenant (id),
    kind SMALLINT NOT NULL, -- 0 a user, 1 a group
    id BYTEA NOT NULL, -- also of one that is gone
    sequence BIGINT NOT NULL, -- the last write that concerned it; the largest of all while it is under way
    PRIMARY KEY (tenant, kind, id)
);
CREATE INDEX directory_move_by_sequence ON directory_move (tenant, sequence);
