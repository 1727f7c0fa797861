-- The keys of users; users.public_key is the oldest of a user's. The first key of a user has the user's id.
CREATE TABLE user_keys (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    public_key BYTEA NOT NULL,
    name VARCHAR(100) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- To the minute.
    last_used_at TIMESTAMPTZ,
    CONSTRAINT user_keys_public_key_key UNIQUE (public_key)
);

CREATE INDEX user_keys_user ON user_keys (user_id, id);

INSERT INTO user_keys (id, user_id, public_key, name, created_at)
SELECT id, id, public_key, '', created_at FROM users;

-- Which key opened a session: it ends with it. Without one it ends with any.
ALTER TABLE sessions ADD COLUMN opened_with BYTEA;

-- By which a user who has lost all keys gets in again. Of a code only the hash is kept; one that is used up is gone.
CREATE TABLE recovery_codes (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- As with service tokens.
    made_with BYTEA,
    PRIMARY KEY (user_id, code_hash)
);
