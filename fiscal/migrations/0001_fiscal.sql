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

-- Money that was taken at the cash desk. Rows are only added.
CREATE TABLE fiscal_takings (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7; the ledger has it as "desk ID"
	teller  TEXT NOT NULL, -- who has it
	day     TEXT NOT NULL,
	party   TEXT NOT NULL, -- the debtor
	amount  :int NOT NULL CHECK (amount > 0), -- bani
	means   TEXT NOT NULL CHECK (means IN ('cash', 'terminal')),
	slip    TEXT NOT NULL CHECK ((slip <> '') = (means = 'terminal')), -- number of the terminal's slip
	receipt TEXT NOT NULL, -- code by which the receipt is verified
	at      :int NOT NULL -- db.Time
):strict;
CREATE INDEX fiscal_takings_day ON fiscal_takings (day, teller);
CREATE UNIQUE INDEX fiscal_takings_slip ON fiscal_takings (teller, day, slip) WHERE slip <> '';

-- The end of a day at a cash desk.
CREATE TABLE fiscal_closings (
	teller   TEXT NOT NULL,
	day      TEXT NOT NULL,
	cash     :int NOT NULL, -- bani, that should be there
	counted  :int NOT NULL CHECK (counted >= 0),
	terminal :int NOT NULL, -- bani, by the takings
	slips    :int NOT NULL CHECK (slips >= 0), -- bani, by the terminal
	takings  :int NOT NULL, -- how many
	reason   TEXT NOT NULL CHECK (reason <> '' OR cash = counted AND terminal = slips), -- sealed
	at       :int NOT NULL, -- db.Time
	PRIMARY KEY (teller, day)
):strict;

-- Statements that were entered.
CREATE TABLE fiscal_imports (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	channel TEXT NOT NULL,
	digest  TEXT NOT NULL UNIQUE, -- SHA-256 of what it says
	rows_n  :int NOT NULL CHECK (rows_n > 0),
	amount  :int NOT NULL, -- bani, of all rows, as the statement adds them up
	by_person TEXT NOT NULL,
	at      :int NOT NULL -- db.Time
):strict;

-- Their lines. One is entered once, whichever statement brings it.
CREATE TABLE fiscal_lines (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	channel TEXT NOT NULL,
	ref     TEXT NOT NULL, -- reference of the bank, post office or ghiseul.ro
	import  TEXT NOT NULL REFERENCES fiscal_imports (id),
	day     TEXT NOT NULL,
	moment  :int NOT NULL, -- db.Time
	amount  :int NOT NULL CHECK (amount > 0), -- bani
	body    TEXT NOT NULL, -- sealed: Line
	state   TEXT NOT NULL CHECK (state IN ('entered', 'waiting', 'settlement', 'returned')),
	how     TEXT NOT NULL, -- by what it was matched: 'code', 'role', 'person', 'order', 'official'; '' while it waits
	party   TEXT NOT NULL, -- whose it is; '' for nobody's
	of_channel TEXT NOT NULL, -- of a settlement: what was collected through
	of_day  TEXT NOT NULL, -- and when
	by_person TEXT NOT NULL, -- who has decided; '' if nobody had to
	at      :int NOT NULL, -- db.Time
	UNIQUE (channel, ref),
	CHECK ((state = 'entered') = (party <> '')),
	CHECK ((state = 'settlement') = (of_channel <> '' AND of_day <> ''))
):strict;
CREATE INDEX fiscal_lines_day ON fiscal_lines (day, channel);
CREATE INDEX fiscal_lines_waiting ON fiscal_lines (day) WHERE state = 'waiting';
CREATE INDEX fiscal_lines_settlement ON fiscal_lines (of_day) WHERE state = 'settlement';

-- Why the ledger and a statement differ. The last row holds, while the difference is
-- what it was.
CREATE TABLE fiscal_gaps (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	day     TEXT NOT NULL,
	channel TEXT NOT NULL,
	source  :int NOT NULL, -- bani: source less ledger
	treasury :int NOT NULL, -- bani: treasury less source
	reason  TEXT NOT NULL CHECK (reason <> ''), -- sealed
	by_person TEXT NOT NULL,
	at      :int NOT NULL -- db.Time
):strict;
CREATE INDEX fiscal_gaps_day ON fiscal_gaps (day);

-- What came out when the whole ledger was checked.
CREATE TABLE fiscal_checks (
	id   TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	at   :int NOT NULL, -- db.Time
	body :json NOT NULL -- ledger.Verified
):strict;
