DROP TABLE node_counts;
DROP INDEX nodes_ephemeral;
ALTER TABLE nodes DROP COLUMN joined;
ALTER TABLE invites DROP COLUMN is_uncounted;
ALTER TABLE invites DROP COLUMN namespaces;
ALTER TABLE invites DROP COLUMN is_ephemeral;
ALTER TABLE invites DROP COLUMN node_ttl_seconds;
