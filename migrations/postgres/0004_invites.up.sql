-- Invites: whoever has the code may join. Of the code only the hash is kept.
CREATE TABLE invites (
    id UUID PRIMARY KEY,
    code_hash BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'node')),
    uses BIGINT NOT NULL CHECK (uses > 0),
    uses_left BIGINT NOT NULL CHECK (uses_left BETWEEN 0 AND uses),
    labels JSONB NOT NULL,
    realm VARCHAR(50),
    -- JSON's null stands for the server's default.
    permissions JSONB NOT NULL,
    -- Empty for the local administrator.
    made_by UUID REFERENCES users (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);

CREATE INDEX invites_expires ON invites (expires_at);

-- By which invite a user joined; it may be cleared away by now.
ALTER TABLE users ADD COLUMN invite_id UUID;
