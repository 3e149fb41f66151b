-- Every table, as SQLite has it. Made by: go test . -run TestSchema -update

CREATE TABLE acts (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	at        INTEGER NOT NULL,             -- db.Time
	person    TEXT NOT NULL,             -- who acted; '' for a visitor and for the program
	acted_for TEXT NOT NULL,             -- whose folder they were in
	mandate   TEXT NOT NULL,             -- by which right, if not their own
	role      TEXT NOT NULL,             -- as which official; '' for residents
	unit      TEXT NOT NULL,             -- department of the official
	verb      TEXT NOT NULL,             -- act.Verb
	subject   TEXT NOT NULL CHECK (subject <> ''), -- kind and ID of what it was done to
	owner     TEXT NOT NULL,             -- whom it concerns
	case_id   TEXT NOT NULL,             -- for which case
	purpose   TEXT NOT NULL              -- text key: why
) STRICT;

CREATE INDEX acts_case ON acts (case_id, id);

CREATE INDEX acts_owner ON acts (owner, id);

CREATE TABLE acts_answers (
	who    TEXT NOT NULL, -- act.PartyID, or the ID of a visitor
	idem   TEXT NOT NULL, -- the key, from the form
	verb   TEXT NOT NULL,
	answer TEXT NOT NULL,
	at     INTEGER NOT NULL,
	PRIMARY KEY (who, idem)
) STRICT;

CREATE TABLE identity_accounts (
	party    TEXT NOT NULL PRIMARY KEY REFERENCES identity_parties (id),
	password TEXT NOT NULL, -- argon2id; '' for those who sign in by code alone
	since    INTEGER NOT NULL  -- db.Time: of the password, or of the account
) STRICT;

CREATE TABLE identity_codes (
	id          TEXT NOT NULL PRIMARY KEY, -- hash of the secret that the browser holds
	kind        TEXT NOT NULL CHECK (kind IN ('enter', 'move', 'moved')),
	email       TEXT NOT NULL, -- sealed
	email_index TEXT NOT NULL,
	lang        TEXT NOT NULL,
	person      TEXT NOT NULL, -- who moves to this address; '' to sign in
	persons     TEXT NOT NULL, -- whom a password has proved already, between spaces; '' for all with the address
	made_at     INTEGER NOT NULL, -- db.Time
	tries       INTEGER NOT NULL, -- wrong ones
	proven_at   INTEGER NOT NULL, -- db.Time; 0 until the right code came
	used_at     INTEGER NOT NULL  -- db.Time; 0 until it opened something, which it does once
) STRICT;

CREATE INDEX identity_codes_made ON identity_codes (made_at);

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
	given_at   INTEGER NOT NULL, -- db.Time
	given_desk INTEGER NOT NULL, -- entered by an official
	ended_by   TEXT NOT NULL,
	ended_at   INTEGER NOT NULL, -- db.Time; 0 while it holds
	CHECK (agent <> principal)
) STRICT;

CREATE INDEX identity_mandates_agent ON identity_mandates (agent) WHERE agent <> '';

CREATE INDEX identity_mandates_principal ON identity_mandates (principal);

CREATE INDEX identity_mandates_waits ON identity_mandates (waits) WHERE agent = '';

CREATE TABLE identity_parties (
	id           TEXT NOT NULL PRIMARY KEY, -- act.PartyID
	kind         TEXT NOT NULL CHECK (kind IN ('person', 'firm')),
	name         TEXT NOT NULL, -- as it is shown; '' until a light account gives one
	given        TEXT NOT NULL, -- first names; '' for a firm
	family       TEXT NOT NULL, -- family name; '' for a firm
	folded       TEXT NOT NULL, -- words of the name for the search at the desk, each after a space
	code         TEXT NOT NULL, -- sealed CNP or CUI; '' if not known
	code_index   TEXT NOT NULL, -- blind index of it
	level        INTEGER NOT NULL, -- act.Level
	email        TEXT NOT NULL, -- sealed
	email_index  TEXT NOT NULL, -- blind index of it: not unique, since couples share addresses
	email_proven INTEGER NOT NULL, -- whether a code sent there came back
	phone        TEXT NOT NULL, -- sealed
	iban         TEXT NOT NULL, -- sealed
	address      TEXT NOT NULL, -- sealed JSON of Address
	lang         TEXT NOT NULL, -- '' if none was chosen
	since        INTEGER NOT NULL, -- db.Time
	checked_by   TEXT NOT NULL, -- official who saw the identity document; '' if none did
	checked_at   INTEGER NOT NULL, -- db.Time
	checked_on   TEXT NOT NULL  -- Document: what was shown; its number is not kept
) STRICT;

CREATE UNIQUE INDEX identity_parties_code ON identity_parties (code_index) WHERE code_index <> '';

CREATE INDEX identity_parties_email ON identity_parties (email_index) WHERE email_index <> '';

CREATE TABLE identity_sessions (
	id         TEXT NOT NULL PRIMARY KEY, -- as it is called in the list of devices
	token      TEXT NOT NULL UNIQUE, -- hash of the cookie
	person     TEXT NOT NULL REFERENCES identity_parties (id),
	mandate    TEXT NOT NULL, -- by which they act for another; '' in their own folder
	lost       TEXT NOT NULL, -- mandate that ended while it was used, until they have chosen a folder again
	created_at INTEGER NOT NULL, -- db.Time
	seen_at    INTEGER NOT NULL, -- db.Time, to a minute
	browser    TEXT NOT NULL  -- such as "Firefox, Windows"
) STRICT;

CREATE INDEX identity_sessions_created ON identity_sessions (created_at);

CREATE INDEX identity_sessions_person ON identity_sessions (person);

CREATE TABLE identity_staff (
	party TEXT NOT NULL PRIMARY KEY REFERENCES identity_parties (id),
	roles TEXT NOT NULL CHECK (roles <> ''), -- act.Role, between spaces
	unit  TEXT NOT NULL, -- '' for none
	since INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE TABLE identity_tokens (
	id         TEXT NOT NULL PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE, -- of the key itself, which is shown once
	person     TEXT NOT NULL REFERENCES identity_parties (id),
	name       TEXT NOT NULL,
	verbs      TEXT NOT NULL CHECK (verbs <> ''), -- act.Verb, between spaces
	made_at    INTEGER NOT NULL, -- db.Time
	expires_at INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE INDEX identity_tokens_person ON identity_tokens (person);

CREATE TABLE identity_tries (
	what    TEXT NOT NULL PRIMARY KEY,
	fails   INTEGER NOT NULL CHECK (fails >= 0),
	last_at INTEGER NOT NULL -- db.Time
) STRICT;

CREATE INDEX identity_tries_last ON identity_tries (last_at);
