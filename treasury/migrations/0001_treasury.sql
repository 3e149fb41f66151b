-- Money that was taken at the cash desk. Rows are only added.
CREATE TABLE treasury_takings (
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
CREATE INDEX treasury_takings_day ON treasury_takings (day, teller);
CREATE UNIQUE INDEX treasury_takings_slip ON treasury_takings (teller, day, slip) WHERE slip <> '';

-- The end of a day at a cash desk.
CREATE TABLE treasury_closings (
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
CREATE TABLE treasury_imports (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	channel TEXT NOT NULL,
	digest  TEXT NOT NULL UNIQUE, -- SHA-256 of what it says
	rows_n  :int NOT NULL CHECK (rows_n > 0),
	amount  :int NOT NULL, -- bani, of all rows, as the statement adds them up
	by_person TEXT NOT NULL,
	at      :int NOT NULL -- db.Time
):strict;

-- Their lines. One is entered once, whichever statement brings it.
CREATE TABLE treasury_lines (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	channel TEXT NOT NULL,
	ref     TEXT NOT NULL, -- reference of the bank, post office or ghiseul.ro
	import  TEXT NOT NULL REFERENCES treasury_imports (id),
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
CREATE INDEX treasury_lines_day ON treasury_lines (day, channel);
CREATE INDEX treasury_lines_waiting ON treasury_lines (day) WHERE state = 'waiting';
CREATE INDEX treasury_lines_settlement ON treasury_lines (of_day) WHERE state = 'settlement';

-- Why the ledger and a statement differ. The last row holds, while the difference is
-- what it was.
CREATE TABLE treasury_gaps (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	day     TEXT NOT NULL,
	channel TEXT NOT NULL,
	source  :int NOT NULL, -- bani: source less ledger
	treasury :int NOT NULL, -- bani: treasury less source
	reason  TEXT NOT NULL CHECK (reason <> ''), -- sealed
	by_person TEXT NOT NULL,
	at      :int NOT NULL -- db.Time
):strict;
CREATE INDEX treasury_gaps_day ON treasury_gaps (day);

-- What came out when the whole ledger was checked.
CREATE TABLE treasury_checks (
	id   TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	at   :int NOT NULL, -- db.Time
	body :json NOT NULL -- ledger.Verified
):strict;
