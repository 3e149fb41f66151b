-- Natural and legal persons. A party is not an account and not an e-mail
-- address: it may be here long before it ever signs in. Columns said to be
-- sealed hold what package vault makes, for the place "table.column:id".
CREATE TABLE identity_parties (
	id           TEXT NOT NULL PRIMARY KEY, -- act.PartyID
	kind         TEXT NOT NULL CHECK (kind IN ('person', 'firm')),
	name         TEXT NOT NULL, -- as it is shown; '' until a light account gives one
	given        TEXT NOT NULL, -- first names; '' for a firm
	family       TEXT NOT NULL, -- family name; '' for a firm
	folded       TEXT NOT NULL, -- words of the name for the search at the desk, each after a space
	code         TEXT NOT NULL, -- sealed CNP or CUI; '' if not known
	code_index   TEXT NOT NULL, -- blind index of it
	level        :int NOT NULL, -- act.Level
	email        TEXT NOT NULL, -- sealed
	email_index  TEXT NOT NULL, -- blind index of it: not unique, since couples share addresses
	email_proven :bool NOT NULL, -- whether a code sent there came back
	phone        TEXT NOT NULL, -- sealed
	iban         TEXT NOT NULL, -- sealed
	address      TEXT NOT NULL, -- sealed JSON of Address
	lang         TEXT NOT NULL, -- '' if none was chosen
	since        :int NOT NULL, -- db.Time
	checked_by   TEXT NOT NULL, -- official who saw the identity document; '' if none did
	checked_at   :int NOT NULL, -- db.Time
	checked_on   TEXT NOT NULL  -- Document: what was shown; its number is not kept
):strict;
-- Nobody is here twice, not even if two counters enrol them at once.
CREATE UNIQUE INDEX identity_parties_code ON identity_parties (code_index) WHERE code_index <> '';
CREATE INDEX identity_parties_email ON identity_parties (email_index) WHERE email_index <> '';

-- Who may act for whom. Rows are never removed: they explain old acts.
CREATE TABLE identity_mandates (
	id         TEXT NOT NULL PRIMARY KEY,
	principal  TEXT NOT NULL REFERENCES identity_parties (id),
	agent      TEXT NOT NULL, -- '' while it waits for somebody whom the town does not know yet
	waits      TEXT NOT NULL, -- blind index of the CNP or e-mail address it was given to
	label      TEXT NOT NULL, -- the agent's name, as the giver wrote it
	capacity   TEXT NOT NULL CHECK (capacity IN ('legal-representative', 'employee', 'attorney', 'guardian', 'heir')),
	services   TEXT NOT NULL, -- keys between spaces; '' for all
	from_day   TEXT NOT NULL, -- first civil day
	to_day     TEXT NOT NULL CHECK (to_day >= from_day), -- last civil day; 9999-12-31 for no end
	proof      TEXT NOT NULL, -- ID of a document in the folder of the principal; '' if none
	given_by   TEXT NOT NULL, -- natural person who gave or entered it
	given_at   :int NOT NULL, -- db.Time
	given_desk :bool NOT NULL, -- entered by an official
	ended_by   TEXT NOT NULL,
	ended_at   :int NOT NULL, -- db.Time; 0 while it holds
	CHECK (agent <> principal)
):strict;
CREATE INDEX identity_mandates_principal ON identity_mandates (principal);
CREATE INDEX identity_mandates_agent ON identity_mandates (agent) WHERE agent <> '';
CREATE INDEX identity_mandates_waits ON identity_mandates (waits) WHERE agent = '';

-- Officials.
CREATE TABLE identity_staff (
	party TEXT NOT NULL PRIMARY KEY REFERENCES identity_parties (id),
	roles TEXT NOT NULL CHECK (roles <> ''), -- act.Role, between spaces
	unit  TEXT NOT NULL, -- '' for none
	since :int NOT NULL  -- db.Time
):strict;
