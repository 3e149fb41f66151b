-- Which bank an attempt was begun at, and what it calls it: NETOPIA wants to hear
-- its own number when it is asked. Both are '' for what began before.
ALTER TABLE payments_attempts ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE payments_attempts ADD COLUMN bank_ref TEXT NOT NULL DEFAULT '';
