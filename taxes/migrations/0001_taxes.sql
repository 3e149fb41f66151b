-- The law, and the town's rates, as amounts were worked out under them.
CREATE TABLE taxes_laws (
	id    TEXT NOT NULL PRIMARY KEY, -- of their content
	year  :int NOT NULL,
	state TEXT NOT NULL, -- taxlaw.Law.State
	law   :json NOT NULL,
	town  :json NOT NULL
):strict;

-- Assessments of everybody.
CREATE TABLE taxes_runs (
	id          TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	year        :int NOT NULL,
	law         TEXT NOT NULL REFERENCES taxes_laws (id),
	provisional :bool NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'done')),
	after_party TEXT NOT NULL, -- how far it came
	summary     :json NOT NULL, -- RunSummary
	by_person   TEXT NOT NULL,
	at          :int NOT NULL, -- db.Time
	ended       :int NOT NULL  -- db.Time; 0 while it is open
):strict;
CREATE UNIQUE INDEX taxes_runs_open ON taxes_runs (year) WHERE state = 'open';

-- What taxpayers owe of each tax. Rows are only added; the last edition holds.
CREATE TABLE taxes_levies (
	party   TEXT NOT NULL,
	year    :int NOT NULL,
	type    TEXT NOT NULL, -- taxlaw.Type
	edition :int NOT NULL, -- from 1
	law     TEXT NOT NULL, -- taxes_laws.id
	run     TEXT NOT NULL, -- taxes_runs.id; '' for one that was done by itself
	total   :int NOT NULL, -- bani
	body    :json NOT NULL,
	at      :int NOT NULL, -- db.Time
	PRIMARY KEY (party, year, type, edition)
):strict;

-- What could not be assessed, and why.
CREATE TABLE taxes_gaps (
	run    TEXT NOT NULL,
	party  TEXT NOT NULL,
	object TEXT NOT NULL,
	field  TEXT NOT NULL, -- of taxlaw.Object
	fault  TEXT NOT NULL, -- key of a text
	PRIMARY KEY (run, party, object)
):strict;

-- Tax decisions.
CREATE TABLE taxes_decisions (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party     TEXT NOT NULL,
	year      :int NOT NULL,
	edition   :int NOT NULL, -- from 1
	paper     TEXT NOT NULL, -- code in the registry
	number    TEXT NOT NULL, -- of registration
	levies    TEXT NOT NULL, -- which editions it is of: "building 1, land 2"
	delivered TEXT NOT NULL, -- day of communication; '' until it is known
	proof     TEXT NOT NULL, -- of that
	at        :int NOT NULL, -- db.Time
	UNIQUE (party, year, edition)
):strict;

-- When payments are stopped, besides what the city pack says. The last edition of a
-- key holds.
CREATE TABLE taxes_closures (
	key       TEXT NOT NULL,
	edition   :int NOT NULL, -- from 1
	begins    :int NOT NULL, -- db.Time
	ends      :int NOT NULL, -- db.Time
	reason_ro TEXT NOT NULL,
	reason_en TEXT NOT NULL,
	source    TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at        :int NOT NULL, -- db.Time
	PRIMARY KEY (key, edition)
):strict;

-- Certificates of tax status.
CREATE TABLE taxes_certificates (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party     TEXT NOT NULL,
	purpose   TEXT NOT NULL,
	object    TEXT NOT NULL, -- that is to be sold; '' for none
	capacity  TEXT NOT NULL, -- of whoever asked
	paper     TEXT NOT NULL, -- code in the registry
	number    TEXT NOT NULL,
	until     TEXT NOT NULL, -- last day
	by_person TEXT NOT NULL,
	at        :int NOT NULL -- db.Time
):strict;
CREATE INDEX taxes_certificates_party ON taxes_certificates (party);
