-- What programs show that act for a user. Of a token only the hash is kept.
CREATE TABLE service_tokens (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name VARCHAR(100) NOT NULL,
    secret_hash BYTEA NOT NULL,
    permissions JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    -- To the minute: it costs no write for each use.
    last_used_at TIMESTAMPTZ,
    -- The key that opened the session in which it was made: it ends when that key is revoked. Without one it ends with any.
    made_with BYTEA,
    revoked_at TIMESTAMPTZ
);

CREATE INDEX service_tokens_owner ON service_tokens (owner_id, id);
CREATE INDEX service_tokens_expires ON service_tokens (expires_at);
