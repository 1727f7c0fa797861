-- What a node said when it registered, and what its invite grants. The record is kept byte for byte; the addresses are its own.
ALTER TABLE nodes ADD COLUMN record BYTEA NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN record_seq BIGINT;
ALTER TABLE nodes ADD COLUMN addresses JSONB NOT NULL DEFAULT '[]';
ALTER TABLE nodes ADD COLUMN labels JSONB NOT NULL DEFAULT '{}';
ALTER TABLE nodes ADD COLUMN granted_labels JSONB NOT NULL DEFAULT '{}';
ALTER TABLE nodes ADD COLUMN realm TEXT NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN agent_version TEXT NOT NULL DEFAULT '';

CREATE INDEX nodes_owner ON nodes (owner_id, id);

-- Heartbeats change last_seen and nothing that is indexed: with room on the page the row stays where it is (HOT).
ALTER TABLE nodes SET (fillfactor = 70);
