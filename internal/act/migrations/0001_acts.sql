-- The register of acts: one row for each act that was carried out. Rows are
-- only added. What links them in a chain of hashes is kept apart, in
-- audit_chain, so that writers do not queue for its end.
CREATE TABLE acts (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	at        :int NOT NULL,             -- db.Time
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
):strict;
CREATE INDEX acts_owner ON acts (owner, id);
CREATE INDEX acts_case ON acts (case_id, id);

-- What was answered to each idempotency key, so that repeating a write repeats
-- the answer and not the effect.
CREATE TABLE acts_answers (
	who    TEXT NOT NULL, -- act.PartyID, or the ID of a visitor
	idem   TEXT NOT NULL, -- the key, from the form
	verb   TEXT NOT NULL,
	answer :json NOT NULL,
	at     :int NOT NULL,
	PRIMARY KEY (who, idem)
):strict;
