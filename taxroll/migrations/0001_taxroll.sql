-- The file of each taxpayer.
CREATE TABLE taxroll_roles (
	party  TEXT NOT NULL PRIMARY KEY, -- act.PartyID
	number :int NOT NULL UNIQUE,
	owner  TEXT NOT NULL CHECK (owner IN ('natural', 'legal')),
	code   TEXT NOT NULL UNIQUE, -- by which anybody can pay
	at     :int NOT NULL -- db.Time
):strict;

-- The number that was drawn last, and how often the register has changed.
CREATE TABLE taxroll_counters (
	name TEXT NOT NULL PRIMARY KEY, -- 'role', 'register'
	last :int NOT NULL
):strict;
INSERT INTO taxroll_counters (name, last) VALUES ('role', 0), ('register', 0);

-- Registers that were loaded from files. What they say counts while they are published.
CREATE TABLE taxroll_imports (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	state     TEXT NOT NULL CHECK (state IN ('loading', 'loaded', 'published', 'reverted')),
	year      :int NOT NULL, -- whose law its totals are of
	done      :int NOT NULL, -- lines of both files that were read
	summary   :json NOT NULL, -- Summary
	by_person TEXT NOT NULL, -- who has loaded it
	published TEXT NOT NULL CHECK (published <> by_person), -- who has published it; '' for nobody
	at        :int NOT NULL, -- db.Time
	changed   :int NOT NULL  -- db.Time
):strict;
CREATE UNIQUE INDEX taxroll_imports_loading ON taxroll_imports (state) WHERE state = 'loading';

-- Rows of those files that were not taken.
CREATE TABLE taxroll_rejects (
	load TEXT NOT NULL REFERENCES taxroll_imports (id),
	tab  TEXT NOT NULL, -- 'contribuabili', 'bunuri'
	line :int NOT NULL, -- from 2
	body TEXT NOT NULL, -- sealed: Reject
	PRIMARY KEY (load, tab, line)
):strict;

-- What became known of objects. Rows are only added.
CREATE TABLE taxroll_versions (
	object    TEXT NOT NULL, -- UUIDv7, or of an import a keyed index of its number there
	n         :int NOT NULL, -- from 1
	from_day  TEXT NOT NULL CHECK (from_day <> ''),
	kind      TEXT NOT NULL, -- taxlaw.Kind
	why       TEXT NOT NULL,
	body      TEXT NOT NULL, -- JSON of taxlaw.Object; '' if nothing is said of it
	details   TEXT NOT NULL, -- sealed, likewise
	mark      TEXT NOT NULL, -- keyed index of the plate or number by which it is found
	parts     TEXT NOT NULL, -- who has which part of it
	relief    TEXT NOT NULL, -- act.PartyID of whoever was granted a relief; '' for nobody
	proof     TEXT NOT NULL, -- sealed: that relief
	source    TEXT NOT NULL,
	digest    TEXT NOT NULL, -- keyed index of the row of an import
	load      TEXT NOT NULL, -- taxroll_imports.id; '' for none
	by_person TEXT NOT NULL,
	at        :int NOT NULL, -- db.Time
	PRIMARY KEY (object, n)
):strict;
CREATE INDEX taxroll_versions_mark ON taxroll_versions (mark) WHERE mark <> '';

-- Who has, or had, a part of what.
CREATE TABLE taxroll_owners (
	party  TEXT NOT NULL,
	object TEXT NOT NULL
):strict;
CREATE INDEX taxroll_owners_party ON taxroll_owners (party, object);
