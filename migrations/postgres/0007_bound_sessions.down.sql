ALTER TABLE sessions DROP COLUMN bound_key;
