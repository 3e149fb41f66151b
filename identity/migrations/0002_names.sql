-- How parties are found by the beginnings of their names: a name is here once for
-- each of its words, from that word on and then around. Ion Pop is found at
-- "ion pop" and at "pop ion".
CREATE TABLE identity_names (
	turned TEXT NOT NULL, -- folded words
	party  TEXT NOT NULL REFERENCES identity_parties (id),
	PRIMARY KEY (turned, party)
):strict;

INSERT INTO identity_names (turned, party)
WITH RECURSIVE cut (party, words) AS (
	SELECT id, rtrim(substr(folded, 1, 300)) FROM identity_parties
), places (place) AS (
	SELECT 1 UNION ALL
	SELECT place + 1 FROM places WHERE place < (SELECT COALESCE(MAX(length(words)), 0) FROM cut)
)
SELECT DISTINCT substr(words, place + 1) || substr(words, 1, place - 1), party
FROM cut JOIN places ON place <= length(words) AND substr(words, place, 1) = ' ';
ALTER TABLE identity_parties DROP COLUMN folded;
