-- The last number that was drawn in each register and year.
CREATE TABLE registry_counters (
	register TEXT NOT NULL CHECK (register <> ''),
	year     :int NOT NULL CHECK (year BETWEEN 2000 AND 9999),
	last     :int NOT NULL CHECK (last > 0),
	at       :int NOT NULL CHECK (at > 0), -- db.Time of the last entry: it only rises
	PRIMARY KEY (register, year)
):strict;

-- The registers: what came in, and under the same number what went out.
CREATE TABLE registry_entries (
	id        TEXT NOT NULL PRIMARY KEY,
	register  TEXT NOT NULL CHECK (register <> ''),
	year      :int NOT NULL,
	n         :int NOT NULL CHECK (n > 0),
	direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
	day       TEXT NOT NULL CHECK (length(day) = 10), -- civil day of at, in the town's zone
	at        :int NOT NULL CHECK (at > 0),           -- db.Time
	unit      TEXT NOT NULL, -- that it is for, or that answers
	sender    TEXT NOT NULL, -- party whose application it is
	service   TEXT NOT NULL,
	case_id   TEXT NOT NULL,
	annexes   :int NOT NULL CHECK (annexes >= 0),
	CHECK (direction = 'out' OR substr(day, 1, 4) = CAST(year AS TEXT))
):strict;
-- No number twice, and no two arrivals at the same instant: the order of the
-- numbers is that of arrival.
CREATE UNIQUE INDEX registry_entries_n ON registry_entries (register, year, n) WHERE direction = 'in';
CREATE UNIQUE INDEX registry_entries_at ON registry_entries (register, year, at) WHERE direction = 'in';
CREATE INDEX registry_entries_out ON registry_entries (register, year, n, at) WHERE direction = 'out';
CREATE INDEX registry_entries_unit ON registry_entries (unit, year, at) WHERE direction = 'in';
CREATE INDEX registry_entries_year ON registry_entries (year, at) WHERE direction = 'in';

-- What the town hall has issued. What a paper says is sealed, for the place
-- "registry_papers.document:code".
CREATE TABLE registry_papers (
	code      TEXT NOT NULL PRIMARY KEY,
	kind      TEXT NOT NULL CHECK (kind IN ('receipt', 'decision', 'payment', 'request')),
	type      TEXT NOT NULL,
	owner     TEXT NOT NULL CHECK (owner <> ''),
	unit      TEXT NOT NULL,
	service   TEXT NOT NULL,
	case_id   TEXT NOT NULL,
	register  TEXT NOT NULL, -- '' for a paper without a registration number, as the next three
	year      :int NOT NULL,
	n         :int NOT NULL,
	day       TEXT NOT NULL,
	document  TEXT NOT NULL CHECK (document <> ''), -- sealed JSON of pdf.Document
	until_day TEXT NOT NULL, -- last day of validity; '' for without end
	at        :int NOT NULL, -- db.Time
	hash      TEXT NOT NULL, -- SHA-256 of the PDF in hex; '' while it is being sealed, and then never changed
	sealed_at :int NOT NULL, -- db.Time
	revoked_at :int NOT NULL, -- db.Time; 0 while it holds
	CHECK ((hash = '') = (sealed_at = 0))
):strict;
CREATE UNIQUE INDEX registry_papers_hash ON registry_papers (hash) WHERE hash <> '';
