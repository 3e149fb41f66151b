-- Every table, as SQLite has it. Made by: go test . -run TestSchema -update

CREATE TABLE access_codes (
	id          TEXT NOT NULL PRIMARY KEY, -- hash of the secret that the browser holds
	kind        TEXT NOT NULL CHECK (kind IN ('enter', 'move', 'moved')),
	email       TEXT NOT NULL, -- sealed
	lang        TEXT NOT NULL,
	person      TEXT NOT NULL, -- who moves to this address; '' to sign in
	persons     TEXT NOT NULL, -- whom a password has proved already, between spaces; '' for all with the address
	made_at     INTEGER NOT NULL, -- db.Time
	tries       INTEGER NOT NULL, -- wrong ones
	proven_at   INTEGER NOT NULL, -- db.Time; 0 until the right code came
	used_at     INTEGER NOT NULL  -- db.Time; 0 until it opened something, which it does once
) STRICT;

CREATE INDEX access_codes_made ON access_codes (made_at);

CREATE TABLE access_passwords (
	party TEXT NOT NULL PRIMARY KEY, -- act.PartyID of a natural person
	hash  TEXT NOT NULL, -- argon2id
	since INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE TABLE access_sessions (
	id         TEXT NOT NULL PRIMARY KEY, -- as it is called in the list of devices
	token      TEXT NOT NULL UNIQUE, -- hash of the cookie
	person     TEXT NOT NULL,
	mandate    TEXT NOT NULL, -- by which they act for another; '' in their own folder
	lost       TEXT NOT NULL, -- mandate that ended while it was used, until they have chosen a folder again
	created_at INTEGER NOT NULL, -- db.Time
	seen_at    INTEGER NOT NULL, -- db.Time, to a minute
	browser    TEXT NOT NULL  -- such as "Firefox, Windows"
) STRICT;

CREATE INDEX access_sessions_created ON access_sessions (created_at);

CREATE INDEX access_sessions_person ON access_sessions (person);

CREATE TABLE access_tokens (
	id         TEXT NOT NULL PRIMARY KEY,
	hash       TEXT NOT NULL UNIQUE, -- of the key itself, which is shown once
	person     TEXT NOT NULL,
	name       TEXT NOT NULL,
	verbs      TEXT NOT NULL CHECK (verbs <> ''), -- act.Verb, between spaces
	made_at    INTEGER NOT NULL, -- db.Time
	expires_at INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE INDEX access_tokens_person ON access_tokens (person);

CREATE TABLE access_tries (
	what    TEXT NOT NULL PRIMARY KEY,
	fails   INTEGER NOT NULL CHECK (fails >= 0),
	last_at INTEGER NOT NULL -- db.Time
) STRICT;

CREATE INDEX access_tries_last ON access_tries (last_at);

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

CREATE TABLE audit_chain (
	idx  INTEGER NOT NULL PRIMARY KEY CHECK (idx > 0), -- without gaps
	act  TEXT NOT NULL UNIQUE,                      -- acts.id; no foreign key: a removed act has to stay visible here
	hash BLOB NOT NULL                             -- SHA-256 of the hash before and of the act
) STRICT;

CREATE TABLE cases (
	id       TEXT NOT NULL PRIMARY KEY,
	draft    TEXT NOT NULL UNIQUE, -- that it was sent as: two clicks or two windows make one case
	register TEXT NOT NULL,
	year     INTEGER NOT NULL,
	n        INTEGER NOT NULL,
	day      TEXT NOT NULL, -- civil day of registration
	number   TEXT NOT NULL UNIQUE, -- as it stands on papers
	service  TEXT NOT NULL,
	version  INTEGER NOT NULL,
	owner    TEXT NOT NULL, -- act.PartyID, as below
	filed_by TEXT NOT NULL,
	mandate  TEXT NOT NULL, -- '' for one's own
	at_desk  INTEGER NOT NULL,
	called   TEXT NOT NULL, -- words of the owner's name for the search at the desk, folded, each after a space
	unit     TEXT NOT NULL,
	clerk    TEXT NOT NULL, -- '' for nobody
	state    TEXT NOT NULL CHECK (state IN
		('filed', 'claimed', 'asked', 'answered', 'proposed', 'approved', 'refused', 'tacit', 'withdrawn', 'closed')),
	filed_at INTEGER NOT NULL, -- db.Time, as below
	changed_at INTEGER NOT NULL,
	over_at  INTEGER NOT NULL, -- 0 while it runs
	clock    TEXT NOT NULL, -- deadline.Clock; its reasons are not kept here but in the events
	due      TEXT NOT NULL, -- last day in time; of a paused clock, as it was when the case last changed; '' for no term
	running  INTEGER NOT NULL, -- the clock is
	edition  INTEGER NOT NULL, -- from 1
	fee      INTEGER NOT NULL, -- bani
	fee_order TEXT NOT NULL, -- ID in payments; '' for none
	paid_at  INTEGER NOT NULL, -- 0 while it is not
	receipt  TEXT NOT NULL, -- code in the registry
	objects  TEXT NOT NULL, -- the case that it contests; '' for none
	came_at  INTEGER NOT NULL, -- when something last came in from the applicant
	warned   TEXT NOT NULL, -- the due day that the clerk was reminded of; '' for none
	late_at  INTEGER NOT NULL, -- when the heads heard that it is late; 0 if they did not
	CHECK ((over_at = 0) = (state IN ('filed', 'claimed', 'asked', 'answered', 'proposed')))
) STRICT;

CREATE INDEX cases_clerk ON cases (clerk) WHERE over_at = 0;

CREATE INDEX cases_due ON cases (due) WHERE over_at = 0 AND running;

CREATE INDEX cases_objects ON cases (objects) WHERE objects <> '';

CREATE INDEX cases_owner ON cases (owner, id);

CREATE INDEX cases_service ON cases (service, over_at) WHERE over_at <> 0;

CREATE INDEX cases_unit ON cases (unit, due) WHERE over_at = 0;

CREATE INDEX cases_unit_over ON cases (unit, over_at) WHERE over_at <> 0;

CREATE TABLE cases_answers (
	id      TEXT NOT NULL PRIMARY KEY,
	case_id TEXT NOT NULL REFERENCES cases (id),
	author  TEXT NOT NULL, -- natural person
	at      INTEGER NOT NULL,
	body    TEXT NOT NULL -- sealed JSON of procedures.Answers
) STRICT;

CREATE INDEX cases_answers_case ON cases_answers (case_id, id);

CREATE TABLE cases_asks (
	id        TEXT NOT NULL PRIMARY KEY,
	case_id   TEXT NOT NULL REFERENCES cases (id),
	author    TEXT NOT NULL,
	unit      TEXT NOT NULL,
	at        INTEGER NOT NULL,
	until     TEXT NOT NULL, -- civil day
	body      TEXT NOT NULL, -- sealed
	fields    TEXT NOT NULL, -- keys, between spaces
	documents TEXT NOT NULL, -- types, between spaces
	reason    TEXT NOT NULL, -- sealed
	answered_at INTEGER NOT NULL, -- 0 if it was not
	lapsed_at INTEGER NOT NULL, -- when its time ran out without an answer; 0 if it did not
	half      TEXT NOT NULL, -- civil day of the first reminder; '' once it was sent
	soon      TEXT NOT NULL  -- that of the second
) STRICT;

CREATE INDEX cases_asks_case ON cases_asks (case_id, id);

CREATE UNIQUE INDEX cases_asks_open ON cases_asks (case_id) WHERE answered_at = 0 AND lapsed_at = 0;

CREATE TABLE cases_events (
	id      TEXT NOT NULL PRIMARY KEY,
	case_id TEXT NOT NULL REFERENCES cases (id),
	at      INTEGER NOT NULL,
	key     TEXT NOT NULL, -- of a text
	args    TEXT NOT NULL, -- sealed JSON
	author  TEXT NOT NULL, -- '' for the program
	public  INTEGER NOT NULL
) STRICT;

CREATE INDEX cases_events_case ON cases_events (case_id, id);

CREATE TABLE cases_messages (
	id        TEXT NOT NULL PRIMARY KEY,
	case_id   TEXT NOT NULL REFERENCES cases (id),
	author    TEXT NOT NULL, -- natural person
	acted_for TEXT NOT NULL,
	staff     INTEGER NOT NULL,
	unit      TEXT NOT NULL, -- of the official
	at        INTEGER NOT NULL,
	body      TEXT NOT NULL, -- sealed
	files     TEXT NOT NULL, -- IDs of documents, between spaces
	internal  INTEGER NOT NULL,
	read_at   INTEGER NOT NULL -- by the other side; 0 if not yet
) STRICT;

CREATE INDEX cases_messages_case ON cases_messages (case_id, id);

CREATE TABLE cases_openings (
	case_id TEXT NOT NULL REFERENCES cases (id),
	person  TEXT NOT NULL,
	unit    TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (case_id, person)
) STRICT;

CREATE TABLE cases_proposals (
	id          TEXT NOT NULL PRIMARY KEY,
	case_id     TEXT NOT NULL REFERENCES cases (id),
	outcome     TEXT NOT NULL CHECK (outcome IN ('approve', 'refuse', 'close')),
	reason      TEXT NOT NULL, -- key in the service; '' for none
	detail      TEXT NOT NULL, -- sealed
	plain       TEXT NOT NULL, -- sealed
	body        TEXT NOT NULL, -- sealed
	author      TEXT NOT NULL,
	at          INTEGER NOT NULL,
	alone       INTEGER NOT NULL, -- the service wants one signature
	signed_by   TEXT NOT NULL,
	signed_at   INTEGER NOT NULL, -- 0 while it waits
	paper       TEXT NOT NULL, -- code in the registry
	returned    TEXT NOT NULL, -- sealed
	returned_at INTEGER NOT NULL, -- 0 unless the signatory sent it back, or the case ended without it
	CHECK (alone OR signed_by <> author)
) STRICT;

CREATE INDEX cases_proposals_case ON cases_proposals (case_id, id);

CREATE UNIQUE INDEX cases_proposals_one ON cases_proposals (case_id) WHERE returned_at = 0;

CREATE TABLE drafts (
	id        TEXT NOT NULL PRIMARY KEY,
	owner     TEXT NOT NULL, -- act.PartyID, or that of a visitor
	begun_by  TEXT NOT NULL, -- act.PartyID of a natural person; '' for a visitor
	service   TEXT NOT NULL,
	version   INTEGER NOT NULL, -- of the service
	form      TEXT NOT NULL, -- sealed JSON of Form; '' once it was sent
	step      TEXT NOT NULL,
	field     TEXT NOT NULL,
	objects   TEXT NOT NULL, -- ID of the case that it contests; '' if none
	began_at  INTEGER NOT NULL, -- db.Time
	saved_at  INTEGER NOT NULL, -- db.Time, of the last activity
	binned_at INTEGER NOT NULL, -- db.Time; 0 unless it is in the bin
	warned    INTEGER NOT NULL CHECK (warned BETWEEN 0 AND 2), -- how often since the last activity
	case_id   TEXT NOT NULL, -- that it became; '' while it is a draft
	edition   INTEGER NOT NULL
, served_by TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX drafts_owner ON drafts (owner);

CREATE INDEX drafts_saved ON drafts (saved_at);

CREATE TABLE drafts_held (
	id      TEXT NOT NULL PRIMARY KEY,
	visitor TEXT NOT NULL, -- act.PartyID of the browser that they came from
	draft   TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
	page    TEXT NOT NULL, -- sealed JSON of Page
	held_at INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE INDEX drafts_held_draft ON drafts_held (draft);

CREATE INDEX drafts_held_visitor ON drafts_held (visitor);

CREATE TABLE drafts_kept (
	owner   TEXT NOT NULL,
	service TEXT NOT NULL,
	answers TEXT NOT NULL, -- sealed JSON of procedures.Values; the id is "owner/service"
	PRIMARY KEY (owner, service)
) STRICT;

CREATE TABLE fiscal_notes (
	id    TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at    INTEGER NOT NULL, -- db.Time
	body  TEXT NOT NULL -- sealed
) STRICT;

CREATE INDEX fiscal_notes_party ON fiscal_notes (party);

CREATE TABLE fiscal_proposals (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	kind    TEXT NOT NULL,
	party   TEXT NOT NULL,
	body    TEXT NOT NULL, -- sealed: Terms
	by_person TEXT NOT NULL,
	at      INTEGER NOT NULL, -- db.Time
	state   TEXT NOT NULL CHECK (state IN ('open', 'taken', 'done', 'refused')), -- taken: is being carried out
	decided TEXT NOT NULL CHECK (state NOT IN ('taken', 'done') OR decided <> '' AND decided <> by_person),
	decided_at INTEGER NOT NULL, -- db.Time
	answer  TEXT NOT NULL -- sealed: why it was refused
) STRICT;

CREATE INDEX fiscal_proposals_open ON fiscal_proposals (at) WHERE state IN ('open', 'taken');

CREATE INDEX fiscal_proposals_party ON fiscal_proposals (party);

CREATE TABLE folder_consents (
	case_id  TEXT NOT NULL,
	document TEXT NOT NULL REFERENCES folder_documents (id),
	unit     TEXT NOT NULL CHECK (unit <> ''), -- department that the case is in
	given_by TEXT NOT NULL,
	at       INTEGER NOT NULL, -- db.Time
	ended_at INTEGER NOT NULL, -- db.Time; 0 while the case may use it
	PRIMARY KEY (case_id, document)
) STRICT;

CREATE INDEX folder_consents_document ON folder_consents (document);

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
	added          INTEGER NOT NULL, -- db.Time
	media          TEXT NOT NULL,
	size           INTEGER NOT NULL CHECK (size >= 0), -- bytes
	pages          INTEGER NOT NULL CHECK (pages >= 0),
	hash           TEXT NOT NULL, -- blob.Hash; '' for issued papers
	paper          TEXT NOT NULL, -- code in the registry; '' for files
	case_id        TEXT NOT NULL, -- for which it was given or issued; '' for none
	service        TEXT NOT NULL, -- for which it was given; '' for none
	removed_at     INTEGER NOT NULL, -- db.Time; 0 while it is there
	certified_by   TEXT NOT NULL, -- official who saw the original; '' if none did
	certified_unit TEXT NOT NULL,
	certified_at   INTEGER NOT NULL, -- db.Time
	certified_hash TEXT NOT NULL,
	reminded       INTEGER NOT NULL, -- days before its end at which the owner was last told; 0 for not yet
	CHECK ((source = 'issued') = (paper <> '')), -- what we issue is in the registry, and nothing else is
	CHECK ((paper <> '') <> (hash <> '')),
	CHECK (certified_hash = '' OR certified_hash = hash), -- what was compared is what is there
	CHECK ((certified_by = '') = (certified_at = 0))
) STRICT;

CREATE INDEX folder_documents_hash ON folder_documents (hash) WHERE hash <> '';

CREATE INDEX folder_documents_owner ON folder_documents (owner, id);

CREATE UNIQUE INDEX folder_documents_paper ON folder_documents (paper) WHERE paper <> '';

CREATE INDEX folder_documents_until ON folder_documents (until_day) WHERE until_day <> '' AND removed_at = 0;

CREATE INDEX folder_documents_visitors ON folder_documents (added) WHERE given_by = '' AND source = 'given';

CREATE TABLE folder_export_parts (
	export TEXT NOT NULL REFERENCES folder_exports (id),
	n      INTEGER NOT NULL CHECK (n > 0), -- from 1
	hash   TEXT NOT NULL CHECK (hash <> ''),
	size   INTEGER NOT NULL CHECK (size > 0), -- bytes
	PRIMARY KEY (export, n)
) STRICT;

CREATE INDEX folder_export_parts_hash ON folder_export_parts (hash);

CREATE TABLE folder_exports (
	id         TEXT NOT NULL PRIMARY KEY,
	owner      TEXT NOT NULL,
	requester  TEXT NOT NULL CHECK (requester <> ''), -- natural person, who alone may fetch it
	lang       TEXT NOT NULL,
	asked_at   INTEGER NOT NULL, -- db.Time
	ready_at   INTEGER NOT NULL, -- db.Time; 0 while it is being packed
	removed_at INTEGER NOT NULL  -- db.Time; 0 while it is there
) STRICT;

CREATE INDEX folder_exports_ready ON folder_exports (ready_at) WHERE removed_at = 0;

CREATE INDEX folder_exports_requester ON folder_exports (requester, owner, id);

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

CREATE TABLE identity_names (
	turned TEXT NOT NULL, -- folded words
	party  TEXT NOT NULL REFERENCES identity_parties (id),
	PRIMARY KEY (turned, party)
) STRICT;

CREATE TABLE identity_parties (
	id           TEXT NOT NULL PRIMARY KEY, -- act.PartyID
	kind         TEXT NOT NULL CHECK (kind IN ('person', 'firm')),
	name         TEXT NOT NULL, -- as it is shown; '' until a light account gives one
	given        TEXT NOT NULL, -- first names; '' for a firm
	family       TEXT NOT NULL, -- family name; '' for a firm
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

CREATE TABLE intake_files (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	what      TEXT NOT NULL CHECK (what IN ('registru', 'contribuabili', 'bunuri')),
	name      TEXT NOT NULL, -- sealed: as the official's device calls it
	size      INTEGER NOT NULL, -- bytes
	lines     INTEGER NOT NULL, -- with heads
	by_person TEXT NOT NULL,
	at        INTEGER NOT NULL -- db.Time
) STRICT;

CREATE TABLE intake_parts (
	file TEXT NOT NULL REFERENCES intake_files (id),
	n    INTEGER NOT NULL, -- from 0
	hash TEXT NOT NULL, -- blob.Hash
	PRIMARY KEY (file, n)
) STRICT;

CREATE INDEX intake_parts_hash ON intake_parts (hash);

CREATE TABLE intake_registers (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7; that of the import, too
	year      INTEGER NOT NULL, -- whose law its totals are of
	state     TEXT NOT NULL CHECK (state IN ('reading', 'read', 'failed', 'stopped')),
	fault     TEXT NOT NULL, -- key of the text that says why it has failed; '' if it has not
	args      TEXT NOT NULL, -- of that text: JSON
	first     TEXT NOT NULL REFERENCES intake_files (id),
	second    TEXT NOT NULL, -- intake_files.id; '' after a workbook
	by_person TEXT NOT NULL, -- who has sent it in
	at        INTEGER NOT NULL, -- db.Time
	changed   INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE UNIQUE INDEX intake_registers_reading ON intake_registers (state) WHERE state = 'reading';

CREATE TABLE ledger_bonuses (
	party      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	year       INTEGER NOT NULL,
	edition    INTEGER NOT NULL, -- from 1
	amount     INTEGER NOT NULL CHECK (amount >= 0), -- bani
	until      TEXT NOT NULL, -- last day
	at         INTEGER NOT NULL, -- db.Time
	PRIMARY KEY (party, kind, year, edition)
) STRICT;

CREATE TABLE ledger_entries (
	journal    TEXT NOT NULL, -- not a reference: it would be looked up for each of a million rows
	n          INTEGER NOT NULL, -- from 1
	party      TEXT NOT NULL,
	obligation TEXT NOT NULL, -- '' for the credit of the party
	kind       TEXT NOT NULL,
	cause      TEXT NOT NULL, -- event that it follows from; '' for what is owed
	debit      TEXT NOT NULL,
	credit     TEXT NOT NULL CHECK (credit <> debit),
	amount     INTEGER NOT NULL CHECK (amount > 0), -- bani
	value      TEXT NOT NULL CHECK (value <> ''), -- day on which it counts
	channel    TEXT NOT NULL CHECK ((channel <> '') = (debit = 'money' OR credit = 'money')),
	at         INTEGER NOT NULL, -- db.Time at which it became known
	PRIMARY KEY (journal, n)
) STRICT;

CREATE INDEX ledger_entries_money ON ledger_entries (value, channel) WHERE channel <> '';

CREATE INDEX ledger_entries_party ON ledger_entries (party, value);

CREATE TABLE ledger_events (
	id      TEXT NOT NULL PRIMARY KEY, -- of a payment, what its provider calls it: nothing is credited twice
	kind    TEXT NOT NULL,
	party   TEXT NOT NULL, -- the debtor
	moment  INTEGER NOT NULL, -- db.Time from which it counts: of a payment, CPF art. 163
	at      INTEGER NOT NULL, -- db.Time at which it became known
	amount  INTEGER NOT NULL CHECK (amount >= 0), -- bani
	ref     TEXT NOT NULL, -- obligation or payment that it is about; '' for none
	channel TEXT NOT NULL, -- of money
	body    TEXT NOT NULL
) STRICT;

CREATE INDEX ledger_events_moment ON ledger_events (moment);

CREATE INDEX ledger_events_party ON ledger_events (party, moment);

CREATE TABLE ledger_journals (
	id     TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	at     INTEGER NOT NULL, -- db.Time
	verb   TEXT NOT NULL, -- act.Verb
	rows_n INTEGER NOT NULL CHECK (rows_n > 0),
	amount INTEGER NOT NULL CHECK (amount > 0) -- bani, of all rows
) STRICT;

CREATE TABLE ledger_obligations (
	id          TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party       TEXT NOT NULL, -- act.PartyID of the debtor
	role        TEXT NOT NULL, -- number of the taxpayer's file
	kind        TEXT NOT NULL, -- Kind.Key
	year        INTEGER NOT NULL,
	instalment  INTEGER NOT NULL, -- from 1; 0 if it is alone
	due         TEXT NOT NULL CHECK (due <> ''), -- day
	amount      INTEGER NOT NULL CHECK (amount > 0), -- bani
	provisional INTEGER NOT NULL,
	born        TEXT NOT NULL, -- day of communication; '' for that of entering
	source      TEXT NOT NULL UNIQUE CHECK (source <> ''), -- what it comes from
	difference  INTEGER NOT NULL,
	enforceable INTEGER NOT NULL,
	since       TEXT NOT NULL, -- day from which payments find it
	at          INTEGER NOT NULL  -- db.Time of entering
) STRICT;

CREATE INDEX ledger_obligations_party ON ledger_obligations (party);

CREATE TABLE notices (
	id       TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	party    TEXT NOT NULL, -- act.PartyID: whom it is for
	text_key TEXT NOT NULL,
	args     TEXT NOT NULL, -- sealed
	link     TEXT NOT NULL, -- path in the portal; '' for none
	case_id  TEXT NOT NULL, -- '' for none
	once     TEXT NOT NULL, -- what it is about, so that it is said a single time
	at       INTEGER NOT NULL, -- db.Time
	read_at  INTEGER NOT NULL, -- db.Time; 0 until it was read
	UNIQUE (party, once)
) STRICT;

CREATE INDEX notices_case ON notices (case_id, id) WHERE case_id <> '';

CREATE INDEX notices_party ON notices (party, id);

CREATE INDEX notices_unread ON notices (party, id) WHERE read_at = 0;

CREATE TABLE notices_deliveries (
	item      TEXT NOT NULL, -- ID of a notice or of a letter
	channel   TEXT NOT NULL CHECK (channel IN ('email')),
	state     TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'retrying', 'failed', 'none', 'declined')),
	queued_at INTEGER NOT NULL, -- db.Time
	at        INTEGER NOT NULL, -- db.Time of the last change
	tries     INTEGER NOT NULL,
	unsure    INTEGER NOT NULL, -- how often it is not known whether it arrived
	reason    TEXT NOT NULL, -- text key of what went wrong; '' for nothing
	address   TEXT NOT NULL, -- blind index of where it went; '' if nowhere
	PRIMARY KEY (item, channel)
) STRICT;

CREATE INDEX notices_deliveries_address ON notices_deliveries (address, at) WHERE address <> '';

CREATE TABLE notices_mailbox (
	id   TEXT NOT NULL PRIMARY KEY, -- Mail.ID
	mail TEXT NOT NULL, -- sealed
	at   INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE INDEX notices_mailbox_at ON notices_mailbox (at);

CREATE TABLE notices_wishes (
	party   TEXT NOT NULL, -- act.PartyID of a natural person
	channel TEXT NOT NULL CHECK (channel IN ('email')),
	topic   TEXT NOT NULL, -- '' for the channel as a whole
	wanted  INTEGER NOT NULL,
	PRIMARY KEY (party, channel, topic)
) STRICT;

CREATE TABLE payments_attempts (
	id       TEXT NOT NULL PRIMARY KEY, -- what the bank calls the order
	order_id TEXT NOT NULL REFERENCES payments_orders (id),
	amount   INTEGER NOT NULL CHECK (amount > 0), -- bani, when it began
	state    TEXT NOT NULL CHECK (state IN ('begun', 'redirected', 'unknown', 'expired', 'refused', 'paid', 'refunded')),
	page     TEXT NOT NULL, -- the bank's; '' until it is known
	begun_at INTEGER NOT NULL, -- db.Time
	polls    INTEGER NOT NULL  -- how often the bank was asked on schedule
, provider TEXT NOT NULL DEFAULT '', bank_ref TEXT NOT NULL DEFAULT '') STRICT;

CREATE UNIQUE INDEX payments_attempts_open ON payments_attempts (order_id) WHERE state IN ('begun', 'redirected', 'unknown');

CREATE INDEX payments_attempts_order ON payments_attempts (order_id, id);

CREATE TABLE payments_differences (
	id       TEXT NOT NULL PRIMARY KEY, -- hash of the rest but the time
	at       INTEGER NOT NULL, -- db.Time
	kind     TEXT NOT NULL,
	provider TEXT NOT NULL,
	bank_ref TEXT NOT NULL,
	attempt  TEXT NOT NULL,
	bank     INTEGER NOT NULL, -- bani, as the bank says
	ours     INTEGER NOT NULL, -- bani, as we do
	currency TEXT NOT NULL
) STRICT;

CREATE INDEX payments_differences_at ON payments_differences (at);

CREATE TABLE payments_entries (
	id       TEXT NOT NULL PRIMARY KEY,
	kind     TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
	provider TEXT NOT NULL,
	bank_ref TEXT NOT NULL CHECK (bank_ref <> ''),
	attempt  TEXT NOT NULL REFERENCES payments_attempts (id),
	order_id TEXT NOT NULL REFERENCES payments_orders (id),
	amount   INTEGER NOT NULL CHECK (amount > 0), -- bani
	bank_at  INTEGER NOT NULL, -- db.Time of the transaction
	at       INTEGER NOT NULL, -- db.Time of the entry
	UNIQUE (provider, kind, bank_ref)
) STRICT;

CREATE INDEX payments_entries_day ON payments_entries (provider, bank_at);

CREATE TABLE payments_events (
	provider TEXT NOT NULL,
	digest   TEXT NOT NULL, -- SHA-256 of all that it says
	heard_at INTEGER NOT NULL, -- db.Time
	attempt  TEXT NOT NULL, -- as the bank says; there may be no such attempt
	status   TEXT NOT NULL,
	amount   INTEGER NOT NULL, -- bani
	currency TEXT NOT NULL,
	bank_ref TEXT NOT NULL, -- the bank's transaction
	approval TEXT NOT NULL,
	at       INTEGER NOT NULL, -- db.Time of the authorisation
	PRIMARY KEY (provider, digest)
) STRICT;

CREATE INDEX payments_events_attempt ON payments_events (attempt);

CREATE TABLE payments_ledger (
	entry    TEXT NOT NULL REFERENCES payments_entries (id),
	account  TEXT NOT NULL,
	order_id TEXT NOT NULL,
	debit    INTEGER NOT NULL CHECK (debit >= 0),  -- bani
	credit   INTEGER NOT NULL CHECK (credit >= 0), -- bani
	PRIMARY KEY (entry, account),
	CHECK (debit = 0 AND credit > 0 OR debit > 0 AND credit = 0)
) STRICT;

CREATE INDEX payments_ledger_account ON payments_ledger (account);

CREATE TABLE payments_lines (
	order_id TEXT NOT NULL REFERENCES payments_orders (id),
	n        INTEGER NOT NULL, -- from 1
	label    TEXT NOT NULL, -- by language
	amount   INTEGER NOT NULL CHECK (amount > 0), -- bani
	PRIMARY KEY (order_id, n)
) STRICT;

CREATE TABLE payments_orders (
	id         TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	owner      TEXT NOT NULL, -- act.PartyID: whose debt it is
	unit       TEXT NOT NULL,
	service    TEXT NOT NULL, -- key
	case_id    TEXT NOT NULL, -- '' for none
	number     TEXT NOT NULL, -- registration number of the case
	link       TEXT NOT NULL, -- path of what it is paid for; '' for none
	account    TEXT NOT NULL, -- IBAN that the money goes to
	total      INTEGER NOT NULL CHECK (total > 0), -- bani
	state      TEXT NOT NULL CHECK (state IN ('open', 'pending', 'paid', 'cancelled', 'refunded')),
	created_at INTEGER NOT NULL, -- db.Time
	paid_at    INTEGER NOT NULL, -- db.Time of the authorisation (CPF art. 163); 0 until then
	method     TEXT NOT NULL, -- '' until it was paid
	receipt    TEXT NOT NULL  -- code in the registry; '' until it was issued
) STRICT;

CREATE INDEX payments_orders_case ON payments_orders (case_id) WHERE case_id <> '';

CREATE INDEX payments_orders_owner ON payments_orders (owner, id);

CREATE TABLE payments_sandbox (
	id          TEXT NOT NULL PRIMARY KEY, -- the shop's order: our attempt
	amount      INTEGER NOT NULL, -- bani
	description TEXT NOT NULL,
	back        TEXT NOT NULL, -- address where the payer goes back to
	notify      TEXT NOT NULL, -- address where it reports to
	state       TEXT NOT NULL CHECK (state IN ('open', 'paid', 'refused', 'refunded')),
	made_at     INTEGER NOT NULL, -- db.Time
	decided_at  INTEGER NOT NULL, -- db.Time; 0 while it is open
	bank_ref    TEXT NOT NULL,
	approval    TEXT NOT NULL,
	refunded_at INTEGER NOT NULL, -- db.Time; 0 until then
	refund_ref  TEXT NOT NULL,
	silent_until INTEGER NOT NULL -- db.Time; it answers nothing before
) STRICT;

CREATE INDEX payments_sandbox_decided ON payments_sandbox (decided_at);

CREATE INDEX payments_sandbox_refunded ON payments_sandbox (refunded_at);

CREATE TABLE registry_counters (
	register TEXT NOT NULL CHECK (register <> ''),
	year     INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 9999),
	last     INTEGER NOT NULL CHECK (last > 0),
	at       INTEGER NOT NULL CHECK (at > 0), -- db.Time of the last entry: it only rises
	PRIMARY KEY (register, year)
) STRICT;

CREATE TABLE registry_entries (
	id        TEXT NOT NULL PRIMARY KEY,
	register  TEXT NOT NULL CHECK (register <> ''),
	year      INTEGER NOT NULL,
	n         INTEGER NOT NULL CHECK (n > 0),
	direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
	day       TEXT NOT NULL CHECK (length(day) = 10), -- civil day of at, in the town's zone
	at        INTEGER NOT NULL CHECK (at > 0),           -- db.Time
	unit      TEXT NOT NULL, -- that it is for, or that answers
	sender    TEXT NOT NULL, -- party whose application it is
	service   TEXT NOT NULL,
	case_id   TEXT NOT NULL,
	annexes   INTEGER NOT NULL CHECK (annexes >= 0),
	CHECK (direction = 'out' OR substr(day, 1, 4) = CAST(year AS TEXT))
) STRICT;

CREATE UNIQUE INDEX registry_entries_at ON registry_entries (register, year, at) WHERE direction = 'in';

CREATE UNIQUE INDEX registry_entries_n ON registry_entries (register, year, n) WHERE direction = 'in';

CREATE INDEX registry_entries_out ON registry_entries (register, year, n, at) WHERE direction = 'out';

CREATE INDEX registry_entries_unit ON registry_entries (unit, year, at) WHERE direction = 'in';

CREATE INDEX registry_entries_year ON registry_entries (year, at) WHERE direction = 'in';

CREATE TABLE registry_papers (
	code      TEXT NOT NULL PRIMARY KEY,
	kind      TEXT NOT NULL CHECK (kind IN ('receipt', 'decision', 'payment', 'request')),
	type      TEXT NOT NULL,
	owner     TEXT NOT NULL CHECK (owner <> ''),
	unit      TEXT NOT NULL,
	service   TEXT NOT NULL,
	case_id   TEXT NOT NULL,
	register  TEXT NOT NULL, -- '' for a paper without a registration number, as the next three
	year      INTEGER NOT NULL,
	n         INTEGER NOT NULL,
	day       TEXT NOT NULL,
	document  TEXT NOT NULL CHECK (document <> ''), -- sealed JSON of pdf.Document
	until_day TEXT NOT NULL, -- last day of validity; '' for without end
	at        INTEGER NOT NULL, -- db.Time
	hash      TEXT NOT NULL, -- SHA-256 of the PDF in hex; '' while it is being sealed, and then never changed
	sealed_at INTEGER NOT NULL, -- db.Time
	revoked_at INTEGER NOT NULL, -- db.Time; 0 while it holds
	CHECK ((hash = '') = (sealed_at = 0))
) STRICT;

CREATE UNIQUE INDEX registry_papers_hash ON registry_papers (hash) WHERE hash <> '';

CREATE TABLE reminders_rounds (
	day     TEXT NOT NULL CHECK (day <> ''),
	kind    TEXT NOT NULL CHECK (kind IN ('before', 'after')),
	reached TEXT NOT NULL, -- act.PartyID of the last one that was looked at
	done    INTEGER NOT NULL,
	PRIMARY KEY (day, kind)
) STRICT;

CREATE TABLE reminders_sent (
	party  TEXT NOT NULL, -- act.PartyID of the debtor
	term   TEXT NOT NULL CHECK (term <> ''), -- day by which it has to be paid
	kind   TEXT NOT NULL CHECK (kind IN ('before', 'after')),
	amount INTEGER NOT NULL CHECK (amount > 0), -- bani, as they were told
	at     INTEGER NOT NULL, -- db.Time
	PRIMARY KEY (party, term, kind)
) STRICT;

CREATE TABLE staff_officials (
	party TEXT NOT NULL PRIMARY KEY, -- act.PartyID of a natural person
	roles TEXT NOT NULL CHECK (roles <> ''), -- act.Role, between spaces
	unit  TEXT NOT NULL, -- key of a department; '' for none
	since INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE INDEX staff_officials_unit ON staff_officials (unit) WHERE unit <> '';

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
	at        INTEGER NOT NULL -- db.Time
) STRICT;

CREATE INDEX taxes_certificates_party ON taxes_certificates (party);

CREATE TABLE taxes_closures (
	key       TEXT NOT NULL,
	edition   INTEGER NOT NULL, -- from 1
	begins    INTEGER NOT NULL, -- db.Time
	ends      INTEGER NOT NULL, -- db.Time
	reason_ro TEXT NOT NULL,
	reason_en TEXT NOT NULL,
	source    TEXT NOT NULL,
	by_person TEXT NOT NULL,
	at        INTEGER NOT NULL, -- db.Time
	PRIMARY KEY (key, edition)
) STRICT;

CREATE TABLE taxes_decisions (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	party     TEXT NOT NULL,
	year      INTEGER NOT NULL,
	edition   INTEGER NOT NULL, -- from 1
	paper     TEXT NOT NULL, -- code in the registry
	number    TEXT NOT NULL, -- of registration
	levies    TEXT NOT NULL, -- which editions it is of: "building 1, land 2"
	delivered TEXT NOT NULL, -- day of communication; '' until it is known
	proof     TEXT NOT NULL, -- of that
	at        INTEGER NOT NULL, -- db.Time
	UNIQUE (party, year, edition)
) STRICT;

CREATE TABLE taxes_gaps (
	run    TEXT NOT NULL,
	party  TEXT NOT NULL,
	object TEXT NOT NULL,
	field  TEXT NOT NULL, -- of taxlaw.Object
	fault  TEXT NOT NULL, -- key of a text
	PRIMARY KEY (run, party, object)
) STRICT;

CREATE TABLE taxes_laws (
	id    TEXT NOT NULL PRIMARY KEY, -- of their content
	year  INTEGER NOT NULL,
	state TEXT NOT NULL, -- taxlaw.Law.State
	law   TEXT NOT NULL,
	town  TEXT NOT NULL
) STRICT;

CREATE TABLE taxes_levies (
	party   TEXT NOT NULL,
	year    INTEGER NOT NULL,
	type    TEXT NOT NULL, -- taxlaw.Type
	edition INTEGER NOT NULL, -- from 1
	law     TEXT NOT NULL, -- taxes_laws.id
	run     TEXT NOT NULL, -- taxes_runs.id; '' for one that was done by itself
	total   INTEGER NOT NULL, -- bani
	body    TEXT NOT NULL,
	at      INTEGER NOT NULL, -- db.Time
	PRIMARY KEY (party, year, type, edition)
) STRICT;

CREATE TABLE taxes_runs (
	id          TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	year        INTEGER NOT NULL,
	law         TEXT NOT NULL REFERENCES taxes_laws (id),
	provisional INTEGER NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'done')),
	after_party TEXT NOT NULL, -- how far it came
	summary     TEXT NOT NULL, -- RunSummary
	by_person   TEXT NOT NULL,
	at          INTEGER NOT NULL, -- db.Time
	ended       INTEGER NOT NULL  -- db.Time; 0 while it is open
) STRICT;

CREATE UNIQUE INDEX taxes_runs_open ON taxes_runs (year) WHERE state = 'open';

CREATE TABLE taxpayer_orders (
	id     TEXT NOT NULL PRIMARY KEY, -- of the order: UUIDv7, sorts by age
	payer  TEXT NOT NULL, -- act.PartyID, also of a visitor
	debtor TEXT NOT NULL, -- act.PartyID
	what   TEXT NOT NULL, -- stands for the debts and the sum
	code   INTEGER NOT NULL, -- by a payment code
	choice TEXT NOT NULL, -- ledger.Choice
	at     INTEGER NOT NULL -- db.Time
) STRICT;

CREATE INDEX taxpayer_orders_debtor ON taxpayer_orders (debtor);

CREATE INDEX taxpayer_orders_payer ON taxpayer_orders (payer, debtor, id);

CREATE TABLE taxpayer_tries (
	network TEXT NOT NULL PRIMARY KEY,
	fails   INTEGER NOT NULL CHECK (fails >= 0),
	last_at INTEGER NOT NULL -- db.Time
) STRICT;

CREATE TABLE taxroll_counters (
	name TEXT NOT NULL PRIMARY KEY, -- 'role', 'register'
	last INTEGER NOT NULL
) STRICT;

CREATE TABLE taxroll_imports (
	id        TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	state     TEXT NOT NULL CHECK (state IN ('loading', 'loaded', 'published', 'reverted')),
	year      INTEGER NOT NULL, -- whose law its totals are of
	done      INTEGER NOT NULL, -- lines of both files that were read
	summary   TEXT NOT NULL, -- Summary
	by_person TEXT NOT NULL, -- who has loaded it
	published TEXT NOT NULL CHECK (published <> by_person), -- who has published it; '' for nobody
	at        INTEGER NOT NULL, -- db.Time
	changed   INTEGER NOT NULL  -- db.Time
) STRICT;

CREATE UNIQUE INDEX taxroll_imports_loading ON taxroll_imports (state) WHERE state = 'loading';

CREATE TABLE taxroll_owners (
	party  TEXT NOT NULL,
	object TEXT NOT NULL
) STRICT;

CREATE INDEX taxroll_owners_party ON taxroll_owners (party, object);

CREATE TABLE taxroll_rejects (
	load TEXT NOT NULL REFERENCES taxroll_imports (id),
	tab  TEXT NOT NULL, -- 'contribuabili', 'bunuri'
	line INTEGER NOT NULL, -- from 2
	body TEXT NOT NULL, -- sealed: Reject
	PRIMARY KEY (load, tab, line)
) STRICT;

CREATE TABLE taxroll_roles (
	party  TEXT NOT NULL PRIMARY KEY, -- act.PartyID
	number INTEGER NOT NULL UNIQUE,
	owner  TEXT NOT NULL CHECK (owner IN ('natural', 'legal')),
	code   TEXT NOT NULL UNIQUE, -- by which anybody can pay
	at     INTEGER NOT NULL -- db.Time
) STRICT;

CREATE TABLE taxroll_versions (
	object    TEXT NOT NULL, -- UUIDv7, or of an import a keyed index of its number there
	n         INTEGER NOT NULL, -- from 1
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
	at        INTEGER NOT NULL, -- db.Time
	PRIMARY KEY (object, n)
) STRICT;

CREATE INDEX taxroll_versions_mark ON taxroll_versions (mark) WHERE mark <> '';

CREATE TABLE treasury_checks (
	id   TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	at   INTEGER NOT NULL, -- db.Time
	body TEXT NOT NULL -- ledger.Verified
) STRICT;

CREATE TABLE treasury_closings (
	teller   TEXT NOT NULL,
	day      TEXT NOT NULL,
	cash     INTEGER NOT NULL, -- bani, that should be there
	counted  INTEGER NOT NULL CHECK (counted >= 0),
	terminal INTEGER NOT NULL, -- bani, by the takings
	slips    INTEGER NOT NULL CHECK (slips >= 0), -- bani, by the terminal
	takings  INTEGER NOT NULL, -- how many
	reason   TEXT NOT NULL CHECK (reason <> '' OR cash = counted AND terminal = slips), -- sealed
	at       INTEGER NOT NULL, -- db.Time
	PRIMARY KEY (teller, day)
) STRICT;

CREATE TABLE treasury_gaps (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	day     TEXT NOT NULL,
	channel TEXT NOT NULL,
	source  INTEGER NOT NULL, -- bani: source less ledger
	treasury INTEGER NOT NULL, -- bani: treasury less source
	reason  TEXT NOT NULL CHECK (reason <> ''), -- sealed
	by_person TEXT NOT NULL,
	at      INTEGER NOT NULL -- db.Time
) STRICT;

CREATE INDEX treasury_gaps_day ON treasury_gaps (day);

CREATE TABLE treasury_imports (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	channel TEXT NOT NULL,
	digest  TEXT NOT NULL UNIQUE, -- SHA-256 of what it says
	rows_n  INTEGER NOT NULL CHECK (rows_n > 0),
	amount  INTEGER NOT NULL, -- bani, of all rows, as the statement adds them up
	by_person TEXT NOT NULL,
	at      INTEGER NOT NULL -- db.Time
) STRICT;

CREATE TABLE treasury_lines (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7
	channel TEXT NOT NULL,
	ref     TEXT NOT NULL, -- reference of the bank, post office or ghiseul.ro
	import  TEXT NOT NULL REFERENCES treasury_imports (id),
	day     TEXT NOT NULL,
	moment  INTEGER NOT NULL, -- db.Time
	amount  INTEGER NOT NULL CHECK (amount > 0), -- bani
	body    TEXT NOT NULL, -- sealed: Line
	state   TEXT NOT NULL CHECK (state IN ('entered', 'waiting', 'settlement', 'returned')),
	how     TEXT NOT NULL, -- by what it was matched: 'code', 'role', 'person', 'order', 'official'; '' while it waits
	party   TEXT NOT NULL, -- whose it is; '' for nobody's
	of_channel TEXT NOT NULL, -- of a settlement: what was collected through
	of_day  TEXT NOT NULL, -- and when
	by_person TEXT NOT NULL, -- who has decided; '' if nobody had to
	at      INTEGER NOT NULL, -- db.Time
	UNIQUE (channel, ref),
	CHECK ((state = 'entered') = (party <> '')),
	CHECK ((state = 'settlement') = (of_channel <> '' AND of_day <> ''))
) STRICT;

CREATE INDEX treasury_lines_day ON treasury_lines (day, channel);

CREATE INDEX treasury_lines_settlement ON treasury_lines (of_day) WHERE state = 'settlement';

CREATE INDEX treasury_lines_waiting ON treasury_lines (day) WHERE state = 'waiting';

CREATE TABLE treasury_takings (
	id      TEXT NOT NULL PRIMARY KEY, -- UUIDv7; the ledger has it as "desk ID"
	teller  TEXT NOT NULL, -- who has it
	day     TEXT NOT NULL,
	party   TEXT NOT NULL, -- the debtor
	amount  INTEGER NOT NULL CHECK (amount > 0), -- bani
	means   TEXT NOT NULL CHECK (means IN ('cash', 'terminal')),
	slip    TEXT NOT NULL CHECK ((slip <> '') = (means = 'terminal')), -- number of the terminal's slip
	receipt TEXT NOT NULL, -- code by which the receipt is verified
	at      INTEGER NOT NULL -- db.Time
) STRICT;

CREATE INDEX treasury_takings_day ON treasury_takings (day, teller);

CREATE UNIQUE INDEX treasury_takings_slip ON treasury_takings (teller, day, slip) WHERE slip <> '';
