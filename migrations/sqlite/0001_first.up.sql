-- The same tables as on PostgreSQL. What its types enforce, checks enforce here: UUIDs are 16 bytes, times one fixed form of
-- RFC 3339 (so that their text sorts as they do), arrays and JSONB are JSON text.

CREATE TABLE users (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    username TEXT NOT NULL UNIQUE CHECK (length(username) <= 50),
    public_key BLOB NOT NULL UNIQUE,
    friends TEXT NOT NULL DEFAULT '[]' CHECK (json_type(friends) IS 'array'),
    permissions TEXT NOT NULL CHECK (json_valid(permissions)),
    permission_epoch INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TABLE nodes (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    public_key BLOB NOT NULL UNIQUE,
    last_seen TEXT CHECK (last_seen GLOB '????-??-??T??:??:??.??????Z'),
    resources TEXT NOT NULL CHECK (json_valid(resources)),
    status TEXT NOT NULL CHECK (status IN ('online', 'offline', 'degraded')),
    owner_id BLOB REFERENCES users (id) CHECK (length(owner_id) = 16),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TABLE content (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES users (id) CHECK (length(owner_id) = 16),
    title TEXT NOT NULL CHECK (length(title) <= 255),
    description TEXT NOT NULL,
    tags TEXT NOT NULL CHECK (json_type(tags) IS 'array'),
    availability INTEGER NOT NULL DEFAULT 0 CHECK (availability BETWEEN -2147483648 AND 2147483647),
    cid TEXT,
    request_id TEXT,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    -- 'friends' is not given out yet; a check cannot be widened later.
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'friends', 'private')),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.??????Z'),
    deleted_at TEXT CHECK (deleted_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE UNIQUE INDEX content_owner_cid ON content (owner_id, cid) WHERE deleted_at IS NULL AND cid IS NOT NULL;
CREATE UNIQUE INDEX content_owner_request ON content (owner_id, request_id) WHERE deleted_at IS NULL AND request_id IS NOT NULL;
-- Lists of all owners walk the primary key backwards.
CREATE INDEX content_owner_id ON content (owner_id, id);
CREATE INDEX content_deleted ON content (deleted_at) WHERE deleted_at IS NOT NULL;

-- Stands for VARCHAR(50)[]: a check may not look into the array.
CREATE TRIGGER content_tags_insert BEFORE INSERT ON content BEGIN
    SELECT RAISE(ABORT, 'a tag is not text of at most 50 characters')
    FROM json_each(NEW.tags) WHERE type <> 'text' OR length(value) > 50;
END;

CREATE TRIGGER content_tags_update BEFORE UPDATE OF tags ON content BEGIN
    SELECT RAISE(ABORT, 'a tag is not text of at most 50 characters')
    FROM json_each(NEW.tags) WHERE type <> 'text' OR length(value) > 50;
END;

CREATE TABLE sessions (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('user', 'node')),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z'),
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE used_challenges (
    id BLOB PRIMARY KEY NOT NULL,
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE INDEX used_challenges_expires ON used_challenges (expires_at);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY NOT NULL,
    sealed_secret BLOB NOT NULL,
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TABLE server_identity (
    singleton INTEGER PRIMARY KEY NOT NULL CHECK (singleton = 1),
    store_id BLOB NOT NULL CHECK (length(store_id) = 16),
    sealed_key BLOB NOT NULL,
    root_key_fingerprint BLOB NOT NULL,
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

-- One writer: ids commit in their order, so a cursor needs nothing else.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BLOB NOT NULL CHECK (length(subject_id) = 16),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

-- The last event that was cleared away: a cursor before it has missed something.
CREATE TABLE event_horizon (
    singleton INTEGER PRIMARY KEY NOT NULL CHECK (singleton = 1),
    xid INTEGER NOT NULL,
    id INTEGER NOT NULL
) STRICT;

INSERT INTO event_horizon (singleton, xid, id) VALUES (1, 0, 0);

CREATE TABLE index_marks (
    content_id BLOB PRIMARY KEY NOT NULL CHECK (length(content_id) = 16),
    version INTEGER NOT NULL,
    marked_at TEXT NOT NULL CHECK (marked_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT, WITHOUT ROWID;

CREATE INDEX index_marks_marked ON index_marks (marked_at, content_id);

-- Which index follows this store, and how far. Without "settled" not all content is marked for it yet.
CREATE TABLE index_state (
    singleton INTEGER PRIMARY KEY NOT NULL CHECK (singleton = 1),
    index_id BLOB NOT NULL CHECK (length(index_id) = 16),
    promised INTEGER NOT NULL,
    settled INTEGER
) STRICT;

CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;
