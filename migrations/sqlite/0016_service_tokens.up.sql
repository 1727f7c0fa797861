-- What programs show that act for a user. Of a token only the hash is kept.
CREATE TABLE service_tokens (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(owner_id) = 16),
    name TEXT NOT NULL CHECK (length(name) <= 100),
    secret_hash BLOB NOT NULL,
    permissions TEXT NOT NULL CHECK (json_valid(permissions)),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z'),
    -- To the minute: it costs no write for each use.
    last_used_at TEXT CHECK (last_used_at GLOB '????-??-??T??:??:??.??????Z'),
    -- The key that opened the session in which it was made: it ends when that key is revoked. Without one it ends with any.
    made_with BLOB CHECK (length(made_with) = 32),
    revoked_at TEXT CHECK (revoked_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE INDEX service_tokens_owner ON service_tokens (owner_id, id);
CREATE INDEX service_tokens_expires ON service_tokens (expires_at);
