-- Tables and workbooks that were sent in.
CREATE TABLE intake_files (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	what      TEXT NOT NULL CHECK (what IN ('registru', 'contribuabili', 'bunuri')),
	name      TEXT NOT NULL, -- sealed: as the official's device calls it
	size      :int NOT NULL, -- bytes
	lines     :int NOT NULL, -- with heads
	by_person TEXT NOT NULL,
	at        :int NOT NULL -- db.Time
):strict;

-- The pieces of their content, which are among the files of the town.
CREATE TABLE intake_parts (
	file TEXT NOT NULL REFERENCES intake_files (id),
	n    :int NOT NULL, -- from 0
	hash TEXT NOT NULL, -- blob.Hash
	PRIMARY KEY (file, n)
):strict;
CREATE INDEX intake_parts_hash ON intake_parts (hash);

-- Registers that are made of them.
CREATE TABLE intake_registers (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7; that of the import, too
	year      :int NOT NULL, -- whose law its totals are of
	state     TEXT NOT NULL CHECK (state IN ('reading', 'read', 'failed', 'stopped')),
	fault     TEXT NOT NULL, -- key of the text that says why it has failed; '' if it has not
	args      TEXT NOT NULL, -- of that text: JSON
	first     TEXT NOT NULL REFERENCES intake_files (id),
	second    TEXT NOT NULL, -- intake_files.id; '' after a workbook
	by_person TEXT NOT NULL, -- who has sent it in
	at        :int NOT NULL, -- db.Time
	changed   :int NOT NULL  -- db.Time
):strict;
CREATE UNIQUE INDEX intake_registers_reading ON intake_registers (state) WHERE state = 'reading';
