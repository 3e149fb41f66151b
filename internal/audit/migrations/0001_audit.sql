-- The chain over the register of acts: one link for each act, in the order in
-- which the sequencer met them. Rows are only added.
CREATE TABLE audit_chain (
	idx  :int NOT NULL PRIMARY KEY CHECK (idx > 0), -- without gaps
	act  TEXT NOT NULL UNIQUE,                      -- acts.id; no foreign key: a removed act has to stay visible here
	hash :blob NOT NULL                             -- SHA-256 of the hash before and of the act
):strict;
