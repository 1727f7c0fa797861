ALTER TABLE nodes RESET (fillfactor);
DROP INDEX nodes_owner;
ALTER TABLE nodes DROP COLUMN agent_version;
ALTER TABLE nodes DROP COLUMN realm;
ALTER TABLE nodes DROP COLUMN granted_labels;
ALTER TABLE nodes DROP COLUMN labels;
ALTER TABLE nodes DROP COLUMN addresses;
ALTER TABLE nodes DROP COLUMN record_seq;
ALTER TABLE nodes DROP COLUMN record;
