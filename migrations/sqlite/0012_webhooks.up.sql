-- Events that are sent to a URL, by the rights of whoever asked for it.
CREATE TABLE webhooks (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(owner_id) = 16),
    url TEXT NOT NULL CHECK (length(url) <= 2000),
    -- What signs them, under the root key.
    sealed_secret BLOB NOT NULL,
    kinds TEXT NOT NULL CHECK (json_type(kinds) IS 'array'),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    -- The last event that was taken, or that there was when it began.
    cursor_xid INTEGER NOT NULL,
    cursor_id INTEGER NOT NULL,
    delivered_at TEXT CHECK (delivered_at GLOB '????-??-??T??:??:??.??????Z'),
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT CHECK (failing_since GLOB '????-??-??T??:??:??.??????Z'),
    next_attempt_at TEXT CHECK (next_attempt_at GLOB '????-??-??T??:??:??.??????Z'),
    disabled_at TEXT CHECK (disabled_at GLOB '????-??-??T??:??:??.??????Z'),
    last_error TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX webhooks_owner ON webhooks (owner_id, id);
