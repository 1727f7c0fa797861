-- How a user stands to another. A friendship is two rows, one for each; users.friends says the same of friendships and nothing else.
CREATE TABLE friends (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    other_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('requested', 'friend', 'blocked')),
    since TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, other_id),
    CHECK (user_id <> other_id)
);

CREATE INDEX friends_other ON friends (other_id, state, user_id);

-- A user who was deleted stays without name, key and rights until the content is gone too.
ALTER TABLE users ADD COLUMN deleted_at TIMESTAMPTZ;

CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
