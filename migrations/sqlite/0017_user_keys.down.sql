DROP TABLE recovery_codes;
ALTER TABLE sessions DROP COLUMN opened_with;
DROP TABLE user_keys;
