DELETE FROM revocations WHERE kind = 'permissions';
ALTER TABLE revocations DROP CONSTRAINT revocations_kind_check;
ALTER TABLE revocations ADD CONSTRAINT revocations_kind_check CHECK (kind IN ('token', 'session', 'subject', 'all'));
DROP TABLE grants;
