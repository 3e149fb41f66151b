-- Officials: who works at the town hall, and as what.
CREATE TABLE staff_officials (
	party TEXT NOT NULL PRIMARY KEY, -- act.PartyID of a natural person
	roles TEXT NOT NULL CHECK (roles <> ''), -- act.Role, between spaces
	unit  TEXT NOT NULL, -- key of a department; '' for none
	since :int NOT NULL  -- db.Time
):strict;
CREATE INDEX staff_officials_unit ON staff_officials (unit) WHERE unit <> '';

-- They were in the room identity at first, whose migrations have run before.
INSERT INTO staff_officials (party, roles, unit, since) SELECT party, roles, unit, since FROM identity_staff;
DROP TABLE identity_staff;
