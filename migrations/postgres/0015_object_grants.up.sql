-- Single things that are opened to a user, or to the friends of one, by whoever has admin on them. What an administrator sets with a
-- user's permissions is in table grants.
CREATE TABLE object_grants (
    id UUID PRIMARY KEY,
    resource TEXT NOT NULL CHECK (resource IN ('nodes', 'allocations', 'content')),
    object_id UUID NOT NULL,
    user_id UUID REFERENCES users (id) ON DELETE CASCADE,
    friends_of UUID REFERENCES users (id) ON DELETE CASCADE,
    level TEXT NOT NULL CHECK (level IN ('read', 'write', 'admin')),
    -- Nobody for the local administrator.
    granted_by UUID REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    CHECK ((user_id IS NULL) <> (friends_of IS NULL))
);

CREATE UNIQUE INDEX object_grants_user ON object_grants (resource, object_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX object_grants_friends ON object_grants (resource, object_id) WHERE friends_of IS NOT NULL;
CREATE INDEX object_grants_held ON object_grants (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX object_grants_of_friends ON object_grants (friends_of, id) WHERE friends_of IS NOT NULL;
CREATE INDEX object_grants_made ON object_grants (granted_by) WHERE granted_by IS NOT NULL;
CREATE INDEX object_grants_expires ON object_grants (expires_at) WHERE expires_at IS NOT NULL;
