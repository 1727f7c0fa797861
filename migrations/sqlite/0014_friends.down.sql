-- Who does not know friends knows no content for them.
UPDATE content SET visibility = 'private' WHERE visibility = 'friends';
UPDATE nodes SET owner_id = NULL WHERE owner_id IN (SELECT id FROM users WHERE deleted_at IS NOT NULL);
DELETE FROM content WHERE owner_id IN (SELECT id FROM users WHERE deleted_at IS NOT NULL);
DELETE FROM users WHERE deleted_at IS NOT NULL;
DROP INDEX users_deleted;
ALTER TABLE users DROP COLUMN deleted_at;
UPDATE users SET friends = '[]';
DROP TABLE friends;
