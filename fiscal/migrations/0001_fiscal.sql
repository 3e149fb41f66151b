-- What officers of local taxes tell each other about a taxpayer.
CREATE TABLE fiscal_notes (
	id    TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at    :int NOT NULL, -- db.Time
	body  TEXT NOT NULL -- sealed
):strict;
CREATE INDEX fiscal_notes_party ON fiscal_notes (party);

-- Decisions that one official proposes and another approves.
CREATE TABLE fiscal_proposals (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	kind    TEXT NOT NULL,
	party   TEXT NOT NULL,
	body    TEXT NOT NULL, -- sealed: Terms
	by_person TEXT NOT NULL,
	at      :int NOT NULL, -- db.Time
	state   TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done', 'refused')), -- taken: is being carried out
	decided TEXT NOT NULL CHECK (state NOT IN ('taken', 'done') OR decided <> '' AND decided <> by_person),
	decided_at :int NOT NULL, -- db.Time
	answer  TEXT NOT NULL -- sealed: why it was refused
):strict;
CREATE INDEX fiscal_proposals_party ON fiscal_proposals (party);
CREATE INDEX fiscal_proposals_open ON fiscal_proposals (at) WHERE state IN ('open', 'taken');
