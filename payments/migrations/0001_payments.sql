-- What is to be paid.
CREATE TABLE payments_orders (
	id         TEXT NOT NULL PRIMARY KEY, -- UUIDv7: sorts by age
	owner      TEXT NOT NULL, -- act.PartyID: whose debt it is
	unit       TEXT NOT NULL,
	service    TEXT NOT NULL, -- key
	case_id    TEXT NOT NULL, -- '' for none
	number     TEXT NOT NULL, -- registration number of the case
	link       TEXT NOT NULL, -- path of what it is paid for; '' for none
	account    TEXT NOT NULL, -- IBAN that the money goes to
	total      :int NOT NULL CHECK (total > 0), -- bani
	state      TEXT NOT NULL CHECK (state IN ('open', 'pending', 'paid', 'cancelled', 'refunded')),
	created_at :int NOT NULL, -- db.Time
	paid_at    :int NOT NULL, -- db.Time of the authorisation (CPF art. 163); 0 until then
	method     TEXT NOT NULL, -- '' until it was paid
	receipt    TEXT NOT NULL  -- code in the registry; '' until it was issued
):strict;
CREATE INDEX payments_orders_owner ON payments_orders (owner, id);
CREATE INDEX payments_orders_case ON payments_orders (case_id) WHERE case_id <> '';

CREATE TABLE payments_lines (
	order_id TEXT NOT NULL REFERENCES payments_orders (id),
	n        :int NOT NULL, -- from 1
	label    :json NOT NULL, -- by language
	amount   :int NOT NULL CHECK (amount > 0), -- bani
	PRIMARY KEY (order_id, n)
):strict;

-- One row for each visit to the bank. A state is never followed by an earlier
-- one of this list.
CREATE TABLE payments_attempts (
	id       TEXT NOT NULL PRIMARY KEY, -- what the bank calls the order
	order_id TEXT NOT NULL REFERENCES payments_orders (id),
	amount   :int NOT NULL CHECK (amount > 0), -- bani, when it began
	state    TEXT NOT NULL CHECK (state IN ('begun', 'redirected', 'unknown', 'expired', 'refused', 'paid', 'refunded')),
	page     TEXT NOT NULL, -- the bank's; '' until it is known
	begun_at :int NOT NULL, -- db.Time
	polls    :int NOT NULL  -- how often the bank was asked on schedule
):strict;
CREATE INDEX payments_attempts_order ON payments_attempts (order_id, id);
-- Nobody is at the bank twice for the same thing.
CREATE UNIQUE INDEX payments_attempts_open ON payments_attempts (order_id) WHERE state IN ('begun', 'redirected', 'unknown');

-- What banks have said, signed. Rows are only added; the same is there once.
CREATE TABLE payments_events (
	provider TEXT NOT NULL,
	digest   TEXT NOT NULL, -- SHA-256 of all that it says
	heard_at :int NOT NULL, -- db.Time
	attempt  TEXT NOT NULL, -- as the bank says; there may be no such attempt
	status   TEXT NOT NULL,
	amount   :int NOT NULL, -- bani
	currency TEXT NOT NULL,
	bank_ref TEXT NOT NULL, -- the bank's transaction
	approval TEXT NOT NULL,
	at       :int NOT NULL, -- db.Time of the authorisation
	PRIMARY KEY (provider, digest)
):strict;
CREATE INDEX payments_events_attempt ON payments_events (attempt);

-- The ledger, in double entry: rows are only added. An entry stands for one
-- transaction of a bank, which so is entered once; some banks give a refund the
-- number of the payment.
CREATE TABLE payments_entries (
	id       TEXT NOT NULL PRIMARY KEY,
	kind     TEXT NOT NULL CHECK (kind IN ('payment', 'refund')),
	provider TEXT NOT NULL,
	bank_ref TEXT NOT NULL CHECK (bank_ref <> ''),
	attempt  TEXT NOT NULL REFERENCES payments_attempts (id),
	order_id TEXT NOT NULL REFERENCES payments_orders (id),
	amount   :int NOT NULL CHECK (amount > 0), -- bani
	bank_at  :int NOT NULL, -- db.Time of the transaction
	at       :int NOT NULL, -- db.Time of the entry
	UNIQUE (provider, kind, bank_ref)
):strict;
CREATE INDEX payments_entries_day ON payments_entries (provider, bank_at);

-- The accounts are "bank:" with a provider, and "order:" and "overpaid:" with an
-- order. What is in the latter is to be given back.
CREATE TABLE payments_ledger (
	entry    TEXT NOT NULL REFERENCES payments_entries (id),
	account  TEXT NOT NULL,
	order_id TEXT NOT NULL,
	debit    :int NOT NULL CHECK (debit >= 0),  -- bani
	credit   :int NOT NULL CHECK (credit >= 0), -- bani
	PRIMARY KEY (entry, account),
	CHECK (debit = 0 AND credit > 0 OR debit > 0 AND credit = 0)
):strict;
CREATE INDEX payments_ledger_account ON payments_ledger (account);

-- What somebody has to look at: money that was never credited, and where the
-- ledger and the bank do not say the same.
CREATE TABLE payments_differences (
	id       TEXT NOT NULL PRIMARY KEY, -- hash of the rest but the time
	at       :int NOT NULL, -- db.Time
	kind     TEXT NOT NULL,
	provider TEXT NOT NULL,
	bank_ref TEXT NOT NULL,
	attempt  TEXT NOT NULL,
	bank     :int NOT NULL, -- bani, as the bank says
	ours     :int NOT NULL, -- bani, as we do
	currency TEXT NOT NULL
):strict;
CREATE INDEX payments_differences_at ON payments_differences (at);

-- The bank inside the program, for demonstrations and tests. It shares nothing
-- with the tables above.
CREATE TABLE payments_sandbox (
	id          TEXT NOT NULL PRIMARY KEY, -- the shop's order: our attempt
	amount      :int NOT NULL, -- bani
	description TEXT NOT NULL,
	back        TEXT NOT NULL, -- address where the payer goes back to
	notify      TEXT NOT NULL, -- address where it reports to
	state       TEXT NOT NULL CHECK (state IN ('open', 'paid', 'refused', 'refunded')),
	made_at     :int NOT NULL, -- db.Time
	decided_at  :int NOT NULL, -- db.Time; 0 while it is open
	bank_ref    TEXT NOT NULL,
	approval    TEXT NOT NULL,
	refunded_at :int NOT NULL, -- db.Time; 0 until then
	refund_ref  TEXT NOT NULL,
	silent_until :int NOT NULL -- db.Time; it answers nothing before
):strict;
CREATE INDEX payments_sandbox_decided ON payments_sandbox (decided_at);
CREATE INDEX payments_sandbox_refunded ON payments_sandbox (refunded_at);
