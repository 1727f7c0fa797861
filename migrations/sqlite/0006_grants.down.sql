CREATE TABLE revocations_narrower (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'all')),
    target BLOB CHECK (length(target) = 16),
    before_at TEXT NOT NULL CHECK (before_at GLOB '????-??-??T??:??:??.??????Z'),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

INSERT INTO revocations_narrower SELECT id, kind, target, before_at, created_at, expires_at FROM revocations WHERE kind <> 'permissions';
DROP TABLE revocations;
ALTER TABLE revocations_narrower RENAME TO revocations;
CREATE INDEX revocations_created ON revocations (created_at);
CREATE INDEX revocations_expires ON revocations (expires_at);

DROP TABLE grants;
