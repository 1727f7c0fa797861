-- The keys of users; users.public_key is the oldest of a user's. The first key of a user has the user's id.
CREATE TABLE user_keys (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(user_id) = 16),
    public_key BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL CHECK (length(name) <= 100),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    -- To the minute.
    last_used_at TEXT CHECK (last_used_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE INDEX user_keys_user ON user_keys (user_id, id);

INSERT INTO user_keys (id, user_id, public_key, name, created_at)
SELECT id, id, public_key, '', created_at FROM users;

-- Which key opened a session: it ends with it. Without one it ends with any.
ALTER TABLE sessions ADD COLUMN opened_with BLOB CHECK (length(opened_with) = 32);

-- By which a user who has lost all keys gets in again. Of a code only the hash is kept; one that is used up is gone.
CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(user_id) = 16),
    code_hash BLOB NOT NULL,
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    -- As with service tokens.
    made_with BLOB CHECK (length(made_with) = 32),
    PRIMARY KEY (user_id, code_hash)
) STRICT;
