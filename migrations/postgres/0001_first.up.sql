-- The names and types of nodes, users and content up to "availability" and "status" are a contract; what follows is ours.

CREATE TYPE node_status AS ENUM ('online', 'offline', 'degraded');

CREATE TABLE users (
    id UUID PRIMARY KEY,
    username VARCHAR(50) NOT NULL,
    public_key BYTEA NOT NULL,
    friends UUID[] NOT NULL DEFAULT '{}',
    permissions JSONB NOT NULL,
    permission_epoch BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT users_username_key UNIQUE (username),
    CONSTRAINT users_public_key_key UNIQUE (public_key)
);

CREATE TABLE nodes (
    id UUID PRIMARY KEY,
    public_key BYTEA NOT NULL,
    last_seen TIMESTAMPTZ,
    resources JSONB NOT NULL,
    status node_status NOT NULL,
    owner_id UUID REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT nodes_public_key_key UNIQUE (public_key)
);

CREATE TABLE content (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id),
    title VARCHAR(255) NOT NULL,
    description TEXT NOT NULL,
    tags VARCHAR(50)[] NOT NULL,
    availability INT NOT NULL DEFAULT 0,
    cid TEXT,
    request_id TEXT,
    size_bytes BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    -- 'friends' is not given out yet; SQLite cannot widen a check later.
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'friends', 'private')),
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    deleted_at TIMESTAMPTZ
);

CREATE UNIQUE INDEX content_owner_cid ON content (owner_id, cid) WHERE deleted_at IS NULL AND cid IS NOT NULL;
CREATE UNIQUE INDEX content_owner_request ON content (owner_id, request_id) WHERE deleted_at IS NULL AND request_id IS NOT NULL;
-- Lists of all owners walk the primary key backwards.
CREATE INDEX content_owner_id ON content (owner_id, id);
CREATE INDEX content_deleted ON content (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    subject_id UUID NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('user', 'node')),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);

CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE used_challenges (
    id BYTEA PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX used_challenges_expires ON used_challenges (expires_at);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    sealed_secret BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE server_identity (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    store_id UUID NOT NULL,
    sealed_key BYTEA NOT NULL,
    root_key_fingerprint BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE events (
    id BIGSERIAL PRIMARY KEY,
    -- Ids are handed out before they commit, so a reader that followed ids alone would skip late commits.
    xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
    kind TEXT NOT NULL,
    subject_id UUID NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX events_cursor ON events (xid, id);

-- The last event that was cleared away: a cursor before it has missed something.
CREATE TABLE event_horizon (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    xid BIGINT NOT NULL,
    id BIGINT NOT NULL
);

INSERT INTO event_horizon (singleton, xid, id) VALUES (1, 0, 0);

CREATE TABLE index_marks (
    content_id UUID PRIMARY KEY,
    version BIGINT NOT NULL,
    marked_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX index_marks_marked ON index_marks (marked_at, content_id);

-- Which index follows this store, and how far. Without "settled" not all content is marked for it yet.
CREATE TABLE index_state (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    index_id UUID NOT NULL,
    promised BIGINT NOT NULL,
    settled BIGINT
);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
