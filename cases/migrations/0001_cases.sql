-- Applications that were registered. Columns said to be sealed hold what
-- package vault makes, for the place "table.column:id".
CREATE TABLE cases (
	id       TEXT NOT NULL PRIMARY KEY,
	draft    TEXT NOT NULL UNIQUE, -- that it was sent as: two clicks or two windows make one case
	register TEXT NOT NULL,
	year     :int NOT NULL,
	n        :int NOT NULL,
	day      TEXT NOT NULL, -- civil day of registration
	number   TEXT NOT NULL UNIQUE, -- as it stands on papers
	service  TEXT NOT NULL,
	version  :int NOT NULL,
	owner    TEXT NOT NULL, -- act.PartyID, as below
	filed_by TEXT NOT NULL,
	mandate  TEXT NOT NULL, -- '' for one's own
	at_desk  :bool NOT NULL,
	called   TEXT NOT NULL, -- words of the owner's name for the search at the desk, folded, each after a space
	unit     TEXT NOT NULL,
	clerk    TEXT NOT NULL, -- '' for nobody
	state    TEXT NOT NULL CHECK (state IN
		('filed', 'claimed', 'asked', 'answered', 'proposed', 'approved', 'refused', 'tacit', 'withdrawn', 'closed')),
	filed_at :int NOT NULL, -- db.Time, as below
	changed_at :int NOT NULL,
	over_at  :int NOT NULL, -- 0 while it runs
	clock    :json NOT NULL, -- deadline.Clock; its reasons are not kept here but in the events
	due      TEXT NOT NULL, -- last day in time; of a paused clock, as it was when the case last changed; '' for no term
	running  :bool NOT NULL, -- the clock is
	edition  :int NOT NULL, -- from 1
	fee      :int NOT NULL, -- bani
	fee_order TEXT NOT NULL, -- ID in payments; '' for none
	paid_at  :int NOT NULL, -- 0 while it is not
	receipt  TEXT NOT NULL, -- code in the registry
	objects  TEXT NOT NULL, -- the case that it contests; '' for none
	came_at  :int NOT NULL, -- when something last came in from the applicant
	warned   TEXT NOT NULL, -- the due day that the clerk was reminded of; '' for none
	late_at  :int NOT NULL, -- when the heads heard that it is late; 0 if they did not
	CHECK ((over_at = 0) = (state IN ('filed', 'claimed', 'asked', 'answered', 'proposed')))
):strict;
CREATE INDEX cases_owner ON cases (owner, id);
CREATE INDEX cases_unit ON cases (unit, due) WHERE over_at = 0;
CREATE INDEX cases_unit_over ON cases (unit, over_at) WHERE over_at <> 0;
CREATE INDEX cases_clerk ON cases (clerk) WHERE over_at = 0;
CREATE INDEX cases_due ON cases (due) WHERE over_at = 0 AND running;
CREATE INDEX cases_service ON cases (service, over_at) WHERE over_at <> 0;
CREATE INDEX cases_objects ON cases (objects) WHERE objects <> '';

-- What was answered. Rows are only added: the latest holds, the others say what
-- was answered before a correction.
CREATE TABLE cases_answers (
	id      TEXT NOT NULL PRIMARY KEY,
	case_id TEXT NOT NULL REFERENCES cases (id),
	author  TEXT NOT NULL, -- natural person
	at      :int NOT NULL,
	body    TEXT NOT NULL -- sealed JSON of procedures.Answers
):strict;
CREATE INDEX cases_answers_case ON cases_answers (case_id, id);

CREATE TABLE cases_messages (
	id        TEXT NOT NULL PRIMARY KEY,
	case_id   TEXT NOT NULL REFERENCES cases (id),
	author    TEXT NOT NULL, -- natural person
	acted_for TEXT NOT NULL,
	staff     :bool NOT NULL,
	unit      TEXT NOT NULL, -- of the official
	at        :int NOT NULL,
	body      TEXT NOT NULL, -- sealed
	files     TEXT NOT NULL, -- IDs of documents, between spaces
	internal  :bool NOT NULL,
	read_at   :int NOT NULL -- by the other side; 0 if not yet
):strict;
CREATE INDEX cases_messages_case ON cases_messages (case_id, id);

-- Requests for what is missing. One at a time is open.
CREATE TABLE cases_asks (
	id        TEXT NOT NULL PRIMARY KEY,
	case_id   TEXT NOT NULL REFERENCES cases (id),
	author    TEXT NOT NULL,
	unit      TEXT NOT NULL,
	at        :int NOT NULL,
	until     TEXT NOT NULL, -- civil day
	body      TEXT NOT NULL, -- sealed
	fields    TEXT NOT NULL, -- keys, between spaces
	documents TEXT NOT NULL, -- types, between spaces
	reason    TEXT NOT NULL, -- sealed
	answered_at :int NOT NULL, -- 0 if it was not
	lapsed_at :int NOT NULL, -- when its time ran out without an answer; 0 if it did not
	half      TEXT NOT NULL, -- civil day of the first reminder; '' once it was sent
	soon      TEXT NOT NULL  -- that of the second
):strict;
CREATE UNIQUE INDEX cases_asks_open ON cases_asks (case_id) WHERE answered_at = 0 AND lapsed_at = 0;
CREATE INDEX cases_asks_case ON cases_asks (case_id, id);

-- Decisions, from their proposal on. Of a case, one is open or signed.
CREATE TABLE cases_proposals (
	id          TEXT NOT NULL PRIMARY KEY,
	case_id     TEXT NOT NULL REFERENCES cases (id),
	outcome     TEXT NOT NULL CHECK (outcome IN ('approve', 'refuse', 'close')),
	reason      TEXT NOT NULL, -- key in the service; '' for none
	detail      TEXT NOT NULL, -- sealed
	plain       TEXT NOT NULL, -- sealed
	body        TEXT NOT NULL, -- sealed
	author      TEXT NOT NULL,
	at          :int NOT NULL,
	alone       :bool NOT NULL, -- the service wants one signature
	signed_by   TEXT NOT NULL,
	signed_at   :int NOT NULL, -- 0 while it waits
	paper       TEXT NOT NULL, -- code in the registry
	returned    TEXT NOT NULL, -- sealed
	returned_at :int NOT NULL, -- 0 unless the signatory sent it back, or the case ended without it
	CHECK (alone OR signed_by <> author)
):strict;
CREATE UNIQUE INDEX cases_proposals_one ON cases_proposals (case_id) WHERE returned_at = 0;
CREATE INDEX cases_proposals_case ON cases_proposals (case_id, id);

CREATE TABLE cases_events (
	id      TEXT NOT NULL PRIMARY KEY,
	case_id TEXT NOT NULL REFERENCES cases (id),
	at      :int NOT NULL,
	key     TEXT NOT NULL, -- of a text
	args    TEXT NOT NULL, -- sealed JSON
	author  TEXT NOT NULL, -- '' for the program
	public  :bool NOT NULL
):strict;
CREATE INDEX cases_events_case ON cases_events (case_id, id);

-- Which officials have opened a case, and when last. Every single time is in the
-- register of acts.
CREATE TABLE cases_openings (
	case_id TEXT NOT NULL REFERENCES cases (id),
	person  TEXT NOT NULL,
	unit    TEXT NOT NULL,
	at      :int NOT NULL,
	PRIMARY KEY (case_id, person)
):strict;
