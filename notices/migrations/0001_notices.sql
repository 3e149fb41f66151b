-- Messages to people. What a message says is made of a text and its arguments
-- when it is read, in the language of who reads it.
CREATE TABLE notices (
	id       TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	party    TEXT NOT NULL, -- act.PartyID: whom it is for
	text_key TEXT NOT NULL,
	args     TEXT NOT NULL, -- sealed
	link     TEXT NOT NULL, -- path in the portal; '' for none
	case_id  TEXT NOT NULL, -- '' for none
	once     TEXT NOT NULL, -- what it is about, so that it is said a single time
	at       :int NOT NULL, -- db.Time
	read_at  :int NOT NULL, -- db.Time; 0 until it was read
	UNIQUE (party, once)
):strict;
CREATE INDEX notices_party ON notices (party, id);
CREATE INDEX notices_unread ON notices (party, id) WHERE read_at = 0;
CREATE INDEX notices_case ON notices (case_id, id) WHERE case_id <> '';

-- What became of each on a channel outside the portal; and of the letters of the
-- room access, of which nothing else is known here. A row is in the state
-- sending before the mail leaves: a program that dies then may send it a second
-- time, and never a third.
CREATE TABLE notices_deliveries (
	item      TEXT NOT NULL, -- ID of a notice or of a letter
	channel   TEXT NOT NULL CHECK (channel IN ('email')),
	state     TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'retrying', 'failed', 'none', 'declined')),
	queued_at :int NOT NULL, -- db.Time
	at        :int NOT NULL, -- db.Time of the last change
	tries     :int NOT NULL,
	unsure    :int NOT NULL, -- how often it is not known whether it arrived
	reason    TEXT NOT NULL, -- text key of what went wrong; '' for nothing
	address   TEXT NOT NULL, -- blind index of where it went; '' if nowhere
	PRIMARY KEY (item, channel)
):strict;
CREATE INDEX notices_deliveries_address ON notices_deliveries (address, at) WHERE address <> '';

-- What people do not want, or want again. Nothing said means wanted.
CREATE TABLE notices_wishes (
	party   TEXT NOT NULL, -- act.PartyID of a natural person
	channel TEXT NOT NULL CHECK (channel IN ('email')),
	topic   TEXT NOT NULL, -- '' for the channel as a whole
	wanted  :bool NOT NULL,
	PRIMARY KEY (party, channel, topic)
):strict;

-- The mails that a demonstration shows instead of sending them.
CREATE TABLE notices_mailbox (
	id   TEXT NOT NULL PRIMARY KEY, -- Mail.ID
	mail TEXT NOT NULL, -- sealed
	at   :int NOT NULL  -- db.Time
):strict;
CREATE INDEX notices_mailbox_at ON notices_mailbox (at);
