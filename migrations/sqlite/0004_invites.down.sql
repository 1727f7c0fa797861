ALTER TABLE users DROP COLUMN invite_id;
DROP TABLE invites;
