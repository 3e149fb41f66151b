-- Applications that were not sent yet. What is sealed is so for the place
-- "table.column:id".
CREATE TABLE drafts (
	id        TEXT NOT NULL PRIMARY KEY,
	owner     TEXT NOT NULL, -- act.PartyID, or that of a visitor
	begun_by  TEXT NOT NULL, -- act.PartyID of a natural person; '' for a visitor
	service   TEXT NOT NULL,
	version   :int NOT NULL, -- of the service
	form      TEXT NOT NULL, -- sealed JSON of Form; '' once it was sent
	step      TEXT NOT NULL,
	field     TEXT NOT NULL,
	objects   TEXT NOT NULL, -- ID of the case that it contests; '' if none
	began_at  :int NOT NULL, -- db.Time
	saved_at  :int NOT NULL, -- db.Time, of the last activity
	binned_at :int NOT NULL, -- db.Time; 0 unless it is in the bin
	warned    :int NOT NULL CHECK (warned BETWEEN 0 AND 2), -- how often since the last activity
	case_id   TEXT NOT NULL, -- that it became; '' while it is a draft
	edition   :int NOT NULL
):strict;
CREATE INDEX drafts_owner ON drafts (owner);
CREATE INDEX drafts_saved ON drafts (saved_at);

-- Answers that are offered again when the same party asks for the same service.
CREATE TABLE drafts_kept (
	owner   TEXT NOT NULL,
	service TEXT NOT NULL,
	answers TEXT NOT NULL, -- sealed JSON of procedures.Values; the id is "owner/service"
	PRIMARY KEY (owner, service)
):strict;

-- Pages that came after their sender was signed out, until they have signed in
-- again.
CREATE TABLE drafts_held (
	id      TEXT NOT NULL PRIMARY KEY,
	visitor TEXT NOT NULL, -- act.PartyID of the browser that they came from
	draft   TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
	page    TEXT NOT NULL, -- sealed JSON of Page
	held_at :int NOT NULL  -- db.Time
):strict;
CREATE INDEX drafts_held_visitor ON drafts_held (visitor);
CREATE INDEX drafts_held_draft ON drafts_held (draft);
