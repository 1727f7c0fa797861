-- What a user may do with single things; the rest of a user's permissions is in users.permissions.
CREATE TABLE grants (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE CHECK (length(user_id) = 16),
    resource TEXT NOT NULL CHECK (resource IN ('nodes', 'allocations', 'content', 'users')),
    object_id BLOB NOT NULL CHECK (length(object_id) = 16),
    level TEXT NOT NULL CHECK (level IN ('read', 'write', 'admin')),
    PRIMARY KEY (user_id, resource, object_id)
) STRICT;

-- A subject's permissions have changed: its tokens of before are not good any more, its sessions are. SQLite cannot widen a check.
CREATE TABLE revocations_wider (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'all', 'permissions')),
    target BLOB CHECK (length(target) = 16),
    before_at TEXT NOT NULL CHECK (before_at GLOB '????-??-??T??:??:??.??????Z'),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

INSERT INTO revocations_wider SELECT id, kind, target, before_at, created_at, expires_at FROM revocations;
DROP TABLE revocations;
ALTER TABLE revocations_wider RENAME TO revocations;
CREATE INDEX revocations_created ON revocations (created_at);
CREATE INDEX revocations_expires ON revocations (expires_at);
