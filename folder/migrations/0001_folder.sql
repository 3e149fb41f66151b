-- The documents of all folders. Name and number are sealed, for the places
-- "folder_documents.name:id" and "folder_documents.number:id".
CREATE TABLE folder_documents (
	id             TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	owner          TEXT NOT NULL CHECK (owner <> ''), -- act.PartyID, or a visitor until they sign in
	type           TEXT NOT NULL,
	name           TEXT NOT NULL,
	issuer         TEXT NOT NULL, -- '' if not known
	number         TEXT NOT NULL,
	issued_on      TEXT NOT NULL, -- civil day; '' if not known
	until_day      TEXT NOT NULL, -- last day of validity; '' if it has none
	source         TEXT NOT NULL CHECK (source IN ('given', 'desk', 'issued', 'fetched', 'sent')),
	given_by       TEXT NOT NULL, -- natural person; '' for the town hall and for visitors
	added          :int NOT NULL, -- db.Time
	media          TEXT NOT NULL,
	size           :int NOT NULL CHECK (size >= 0), -- bytes
	pages          :int NOT NULL CHECK (pages >= 0),
	hash           TEXT NOT NULL, -- blob.Hash; '' for issued papers
	paper          TEXT NOT NULL, -- code in the registry; '' for files
	case_id        TEXT NOT NULL, -- for which it was given or issued; '' for none
	service        TEXT NOT NULL, -- for which it was given; '' for none
	removed_at     :int NOT NULL, -- db.Time; 0 while it is there
	certified_by   TEXT NOT NULL, -- official who saw the original; '' if none did
	certified_unit TEXT NOT NULL,
	certified_at   :int NOT NULL, -- db.Time
	certified_hash TEXT NOT NULL,
	reminded       :int NOT NULL, -- days before its end at which the owner was last told; 0 for not yet
	CHECK ((source = 'issued') = (paper <> '')), -- what we issue is in the registry, and nothing else is
	CHECK ((paper <> '') <> (hash <> '')),
	CHECK (certified_hash = '' OR certified_hash = hash), -- what was compared is what is there
	CHECK ((certified_by = '') = (certified_at = 0))
):strict;
CREATE INDEX folder_documents_owner ON folder_documents (owner, id);
CREATE INDEX folder_documents_hash ON folder_documents (hash) WHERE hash <> '';
CREATE INDEX folder_documents_until ON folder_documents (until_day) WHERE until_day <> '' AND removed_at = 0;
CREATE UNIQUE INDEX folder_documents_paper ON folder_documents (paper) WHERE paper <> '';
CREATE INDEX folder_documents_visitors ON folder_documents (added) WHERE given_by = '' AND source = 'given';

-- Which case may use which document. Rows are never removed: they say for what
-- a document was used.
CREATE TABLE folder_consents (
	case_id  TEXT NOT NULL,
	document TEXT NOT NULL REFERENCES folder_documents (id),
	unit     TEXT NOT NULL CHECK (unit <> ''), -- department that the case is in
	given_by TEXT NOT NULL,
	at       :int NOT NULL, -- db.Time
	ended_at :int NOT NULL, -- db.Time; 0 while the case may use it
	PRIMARY KEY (case_id, document)
):strict;
CREATE INDEX folder_consents_document ON folder_consents (document);

-- Copies of whole folders, to take along.
CREATE TABLE folder_exports (
	id         TEXT NOT NULL PRIMARY KEY,
	owner      TEXT NOT NULL,
	requester  TEXT NOT NULL CHECK (requester <> ''), -- natural person, who alone may fetch it
	lang       TEXT NOT NULL,
	asked_at   :int NOT NULL, -- db.Time
	ready_at   :int NOT NULL, -- db.Time; 0 while it is being packed
	removed_at :int NOT NULL  -- db.Time; 0 while it is there
):strict;
CREATE INDEX folder_exports_requester ON folder_exports (requester, owner, id);
CREATE INDEX folder_exports_ready ON folder_exports (ready_at) WHERE removed_at = 0;

CREATE TABLE folder_export_parts (
	export TEXT NOT NULL REFERENCES folder_exports (id),
	n      :int NOT NULL CHECK (n > 0), -- from 1
	hash   TEXT NOT NULL CHECK (hash <> ''),
	size   :int NOT NULL CHECK (size > 0), -- bytes
	PRIMARY KEY (export, n)
):strict;
CREATE INDEX folder_export_parts_hash ON folder_export_parts (hash);
