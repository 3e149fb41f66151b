-- Rows of all these tables are only added, never changed and never removed.

-- What parties owe, as it was entered.
CREATE TABLE ledger_obligations (
	id          TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party       TEXT NOT NULL, -- act.PartyID of the debtor
	role        TEXT NOT NULL, -- number of the taxpayer's file
	kind        TEXT NOT NULL, -- Kind.Key
	year        :int NOT NULL,
	instalment  :int NOT NULL, -- from 1; 0 if it is alone
	due         TEXT NOT NULL CHECK (due <> ''), -- day
	amount      :int NOT NULL CHECK (amount > 0), -- bani
	provisional :bool NOT NULL,
	born        TEXT NOT NULL, -- day of communication; '' for that of entering
	source      TEXT NOT NULL UNIQUE CHECK (source <> ''), -- what it comes from
	difference  :bool NOT NULL,
	enforceable :bool NOT NULL,
	since       TEXT NOT NULL, -- day from which payments find it
	at          :int NOT NULL  -- db.Time of entering
):strict;
CREATE INDEX ledger_obligations_party ON ledger_obligations (party);

-- What is saved by paying a whole year of a kind in time. The last edition holds.
CREATE TABLE ledger_bonuses (
	party      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	year       :int NOT NULL,
	edition    :int NOT NULL, -- from 1
	amount     :int NOT NULL CHECK (amount >= 0), -- bani
	until      TEXT NOT NULL, -- last day
	at         :int NOT NULL, -- db.Time
	PRIMARY KEY (party, kind, year, edition)
):strict;

-- What happened to what parties owe: payments and decisions.
CREATE TABLE ledger_events (
	id      TEXT NOT NULL PRIMARY KEY, -- of a payment, what its provider calls it: nothing is credited twice
	kind    TEXT NOT NULL,
	party   TEXT NOT NULL, -- the debtor
	moment  :int NOT NULL, -- db.Time from which it counts: of a payment, CPF art. 163
	at      :int NOT NULL, -- db.Time at which it became known
	amount  :int NOT NULL CHECK (amount >= 0), -- bani
	ref     TEXT NOT NULL, -- obligation or payment that it is about; '' for none
	channel TEXT NOT NULL, -- of money
	body    :json NOT NULL
):strict;
CREATE INDEX ledger_events_party ON ledger_events (party, moment);
CREATE INDEX ledger_events_moment ON ledger_events (moment);

-- One for each act that entered something, with what it has to add up to.
CREATE TABLE ledger_journals (
	id     TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	at     :int NOT NULL, -- db.Time
	verb   TEXT NOT NULL, -- act.Verb
	rows_n :int NOT NULL CHECK (rows_n > 0),
	amount :int NOT NULL CHECK (amount > 0) -- bani, of all rows
):strict;

-- The journal, in double entry: each row takes an amount from the account that it
-- credits and gives it to the one that it debits.
CREATE TABLE ledger_entries (
	journal    TEXT NOT NULL, -- not a reference: it would be looked up for each of a million rows
	n          :int NOT NULL, -- from 1
	party      TEXT NOT NULL,
	obligation TEXT NOT NULL, -- '' for the credit of the party
	kind       TEXT NOT NULL,
	cause      TEXT NOT NULL, -- event that it follows from; '' for what is owed
	debit      TEXT NOT NULL,
	credit     TEXT NOT NULL CHECK (credit <> debit),
	amount     :int NOT NULL CHECK (amount > 0), -- bani
	value      TEXT NOT NULL CHECK (value <> ''), -- day on which it counts
	channel    TEXT NOT NULL CHECK ((channel <> '') = (debit = 'money' OR credit = 'money')),
	at         :int NOT NULL, -- db.Time at which it became known
	PRIMARY KEY (journal, n)
):strict;
CREATE INDEX ledger_entries_party ON ledger_entries (party, value);
CREATE INDEX ledger_entries_money ON ledger_entries (value, channel) WHERE channel <> '';
