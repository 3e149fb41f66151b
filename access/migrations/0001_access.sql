-- Passwords. Whoever has an e-mail address can sign in by code without one.
CREATE TABLE access_passwords (
	party TEXT NOT NULL PRIMARY KEY, -- act.PartyID of a natural person
	hash  TEXT NOT NULL, -- argon2id
	since :int NOT NULL  -- db.Time
):strict;

-- Codes sent by e-mail. The code itself is not here: it is made of the id and
-- the key of the vault.
CREATE TABLE access_codes (
	id          TEXT NOT NULL PRIMARY KEY, -- hash of the secret that the browser holds
	kind        TEXT NOT NULL CHECK (kind IN ('enter', 'move', 'moved')),
	email       TEXT NOT NULL, -- sealed
	lang        TEXT NOT NULL,
	person      TEXT NOT NULL, -- who moves to this address; '' to sign in
	persons     TEXT NOT NULL, -- whom a password has proved already, between spaces; '' for all with the address
	made_at     :int NOT NULL, -- db.Time
	tries       :int NOT NULL, -- wrong ones
	proven_at   :int NOT NULL, -- db.Time; 0 until the right code came
	used_at     :int NOT NULL  -- db.Time; 0 until it opened something, which it does once
):strict;
CREATE INDEX access_codes_made ON access_codes (made_at);

-- Failed tries, by a blind index of what was tried and from where.
CREATE TABLE access_tries (
	what    TEXT NOT NULL PRIMARY KEY,
	fails   :int NOT NULL CHECK (fails >= 0),
	last_at :int NOT NULL -- db.Time
):strict;
CREATE INDEX access_tries_last ON access_tries (last_at);

-- Browsers that are signed in.
CREATE TABLE access_sessions (
	id         TEXT NOT NULL PRIMARY KEY, -- as it is called in the list of devices
	token      TEXT NOT NULL UNIQUE, -- hash of the cookie
	person     TEXT NOT NULL,
	mandate    TEXT NOT NULL, -- by which they act for another; '' in their own folder
	lost       TEXT NOT NULL, -- mandate that ended while it was used, until they have chosen a folder again
	created_at :int NOT NULL, -- db.Time
	seen_at    :int NOT NULL, -- db.Time, to a minute
	browser    TEXT NOT NULL  -- such as "Firefox, Windows"
):strict;
CREATE INDEX access_sessions_person ON access_sessions (person);
CREATE INDEX access_sessions_created ON access_sessions (created_at);

-- Keys with which programs act for a person.
CREATE TABLE access_tokens (
	id         TEXT NOT NULL PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE, -- of the key itself, which is shown once
	person     TEXT NOT NULL,
	name       TEXT NOT NULL,
	verbs      TEXT NOT NULL CHECK (verbs <> ''), -- act.Verb, between spaces
	made_at    :int NOT NULL, -- db.Time
	expires_at :int NOT NULL  -- db.Time
):strict;
CREATE INDEX access_tokens_person ON access_tokens (person);
