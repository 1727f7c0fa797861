DROP INDEX nodes_invite;
DROP INDEX users_invite;
DROP INDEX users_suspended;
DROP INDEX users_pending;
ALTER TABLE users DROP COLUMN suspended_at;
ALTER TABLE users DROP COLUMN is_pending;
ALTER TABLE server_identity DROP COLUMN sealed_derivation;
