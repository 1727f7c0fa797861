-- A session is a family of refresh tokens of which one is current; only hashes are kept. They are good until expires_at.
ALTER TABLE sessions ADD COLUMN refresh_generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refresh_hash BLOB;
ALTER TABLE sessions ADD COLUMN previous_refresh_hash BLOB;
ALTER TABLE sessions ADD COLUMN refreshed_at TEXT CHECK (refreshed_at GLOB '????-??-??T??:??:??.??????Z');

CREATE INDEX sessions_subject ON sessions (subject_id, id);

-- What was taken back before its time: a token, a session, or the sessions of a subject or of all that began no later than before_at.
CREATE TABLE revocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'all')),
    target BLOB CHECK (length(target) = 16),
    before_at TEXT NOT NULL CHECK (before_at GLOB '????-??-??T??:??:??.??????Z'),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE INDEX revocations_created ON revocations (created_at);
CREATE INDEX revocations_expires ON revocations (expires_at);
