-- What everything is derived from that is not in the store: the root key itself while there is nothing here. A new root key
-- takes that of the old one over, so that sessions and invites go on.
ALTER TABLE server_identity ADD COLUMN sealed_derivation BLOB;

-- Whoever waits for approval, or was suspended, opens no session.
ALTER TABLE users ADD COLUMN is_pending INTEGER NOT NULL DEFAULT 0 CHECK (is_pending IN (0, 1));
ALTER TABLE users ADD COLUMN suspended_at TEXT CHECK (suspended_at GLOB '????-??-??T??:??:??.??????Z');

CREATE INDEX users_pending ON users (id) WHERE is_pending;
CREATE INDEX users_suspended ON users (id) WHERE suspended_at IS NOT NULL;

-- Who came by which invite; a node keeps it with what else holds from how it joined.
CREATE INDEX users_invite ON users (invite_id, id) WHERE invite_id IS NOT NULL;
CREATE INDEX nodes_invite ON nodes (joined ->> 'invite_id', id) WHERE joined ->> 'invite_id' IS NOT NULL;
