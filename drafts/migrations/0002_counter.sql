-- The official who has begun it for its owner at the counter; '' for nobody.
ALTER TABLE drafts ADD COLUMN served_by TEXT NOT NULL DEFAULT ''; -- act.PartyID
