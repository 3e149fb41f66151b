-- Which debts an order of the room payments is for. Rows are only added.
CREATE TABLE taxpayer_orders (
	id     TEXT NOT NULL PRIMARY KEY, -- of the order: UUIDv7, sorts by age
	payer  TEXT NOT NULL, -- act.PartyID, also of a visitor
	debtor TEXT NOT NULL, -- act.PartyID
	what   TEXT NOT NULL, -- stands for the debts and the sum
	code   :bool NOT NULL, -- by a payment code
	choice :json NOT NULL, -- ledger.Choice
	at     :int NOT NULL -- db.Time
):strict;
CREATE INDEX taxpayer_orders_payer ON taxpayer_orders (payer, debtor, id);

-- Wrong payment codes, by a keyed index of the network they came from.
CREATE TABLE taxpayer_tries (
	network TEXT NOT NULL PRIMARY KEY,
	fails   :int NOT NULL CHECK (fails >= 0),
	last_at :int NOT NULL -- db.Time
):strict;
