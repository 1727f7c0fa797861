-- What a node said when it registered, and what its invite grants. The record is kept byte for byte; the addresses are its own.
ALTER TABLE nodes ADD COLUMN record BLOB NOT NULL DEFAULT x'';
ALTER TABLE nodes ADD COLUMN record_seq INTEGER;
ALTER TABLE nodes ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]' CHECK (json_type(addresses) IS 'array');
ALTER TABLE nodes ADD COLUMN labels TEXT NOT NULL DEFAULT '{}' CHECK (json_type(labels) IS 'object');
ALTER TABLE nodes ADD COLUMN granted_labels TEXT NOT NULL DEFAULT '{}' CHECK (json_type(granted_labels) IS 'object');
ALTER TABLE nodes ADD COLUMN realm TEXT NOT NULL DEFAULT '';
ALTER TABLE nodes ADD COLUMN agent_version TEXT NOT NULL DEFAULT '';

CREATE INDEX nodes_owner ON nodes (owner_id, id);
