-- What a user may do with single things; the rest of a user's permissions is in users.permissions.
CREATE TABLE grants (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    resource TEXT NOT NULL CHECK (resource IN ('nodes', 'allocations', 'content', 'users')),
    object_id UUID NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('read', 'write', 'admin')),
    PRIMARY KEY (user_id, resource, object_id)
);

-- A subject's permissions have changed: its tokens of before are not good any more, its sessions are.
ALTER TABLE revocations DROP CONSTRAINT revocations_kind_check;
ALTER TABLE revocations ADD CONSTRAINT revocations_kind_check
    CHECK (kind IN ('token', 'session', 'subject', 'all', 'permissions'));
