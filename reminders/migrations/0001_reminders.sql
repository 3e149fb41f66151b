-- What parties were reminded of. Rows are only added: nobody is told the same twice.
CREATE TABLE reminders_sent (
	party  TEXT NOT NULL, -- act.PartyID of the debtor
	term   TEXT NOT NULL CHECK (term <> ''), -- day by which it has to be paid
	kind   TEXT NOT NULL CHECK (kind IN ('before', 'after')),
	amount :int NOT NULL CHECK (amount > 0), -- bani, as they were told
	at     :int NOT NULL, -- db.Time
	PRIMARY KEY (party, term, kind)
):strict;

-- How far each day's round came.
CREATE TABLE reminders_rounds (
	day     TEXT NOT NULL CHECK (day <> ''),
	kind    TEXT NOT NULL CHECK (kind IN ('before', 'after')),
	reached TEXT NOT NULL, -- act.PartyID of the last one that was looked at
	done    :bool NOT NULL,
	PRIMARY KEY (day, kind)
):strict;
