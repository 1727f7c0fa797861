-- Single things that are opened to a user, or to the friends of one, by whoever has admin on them. What an administrator sets with a
-- user's permissions is in table grants.
CREATE TABLE object_grants (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    resource TEXT NOT NULL CHECK (resource IN ('nodes', 'allocations', 'content')),
    object_id BLOB NOT NULL CHECK (length(object_id) = 16),
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE CHECK (length(user_id) = 16),
    friends_of BLOB REFERENCES users (id) ON DELETE CASCADE CHECK (length(friends_of) = 16),
    level TEXT NOT NULL CHECK (level IN ('read', 'write', 'admin')),
    -- Nobody for the local administrator.
    granted_by BLOB REFERENCES users (id) ON DELETE SET NULL CHECK (length(granted_by) = 16),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z'),
    CHECK ((user_id IS NULL) <> (friends_of IS NULL))
) STRICT;

CREATE UNIQUE INDEX object_grants_user ON object_grants (resource, object_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX object_grants_friends ON object_grants (resource, object_id) WHERE friends_of IS NOT NULL;
CREATE INDEX object_grants_held ON object_grants (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX object_grants_of_friends ON object_grants (friends_of, id) WHERE friends_of IS NOT NULL;
CREATE INDEX object_grants_made ON object_grants (granted_by) WHERE granted_by IS NOT NULL;
CREATE INDEX object_grants_expires ON object_grants (expires_at) WHERE expires_at IS NOT NULL;
