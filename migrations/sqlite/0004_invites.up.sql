-- Invites: whoever has the code may join. Of the code only the hash is kept.
CREATE TABLE invites (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    code_hash BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'node')),
    uses INTEGER NOT NULL CHECK (uses > 0),
    uses_left INTEGER NOT NULL CHECK (uses_left BETWEEN 0 AND uses),
    labels TEXT NOT NULL CHECK (json_type(labels) IS 'object'),
    realm TEXT CHECK (length(realm) <= 50),
    -- JSON's null stands for the server's default.
    permissions TEXT NOT NULL CHECK (json_valid(permissions)),
    -- Empty for the local administrator.
    made_by BLOB REFERENCES users (id) ON DELETE CASCADE CHECK (length(made_by) = 16),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z'),
    revoked_at TEXT CHECK (revoked_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE INDEX invites_expires ON invites (expires_at);

-- By which invite a user joined; it may be cleared away by now.
ALTER TABLE users ADD COLUMN invite_id BLOB CHECK (length(invite_id) = 16);
