-- A session is a family of refresh tokens of which one is current; only hashes are kept. They are good until expires_at.
ALTER TABLE sessions ADD COLUMN refresh_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refresh_hash BYTEA;
ALTER TABLE sessions ADD COLUMN previous_refresh_hash BYTEA;
ALTER TABLE sessions ADD COLUMN refreshed_at TIMESTAMPTZ;

CREATE INDEX sessions_subject ON sessions (subject_id, id);

-- What was taken back before its time: a token, a session, or the sessions of a subject or of all that began no later than before_at.
CREATE TABLE revocations (
    id BIGSERIAL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'subject', 'all')),
    target UUID,
    before_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX revocations_created ON revocations (created_at);
CREATE INDEX revocations_expires ON revocations (expires_at);
