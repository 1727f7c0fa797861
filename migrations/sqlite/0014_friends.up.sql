-- How a user stands to another. A friendship is two rows, one for each; users.friends says the same of friendships and nothing else.
CREATE TABLE friends (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(user_id) = 16),
    other_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(other_id) = 16),
    state TEXT NOT NULL CHECK (state IN ('requested', 'friend', 'blocked')),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??.??????Z'),
    PRIMARY KEY (user_id, other_id),
    CHECK (user_id <> other_id)
) STRICT;

CREATE INDEX friends_other ON friends (other_id, state, user_id);

-- A user who was deleted stays without name, key and rights until the content is gone too.
ALTER TABLE users ADD COLUMN deleted_at TEXT CHECK (deleted_at GLOB '????-??-??T??:??:??.??????Z');

CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
