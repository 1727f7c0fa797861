-- A session is a family of refresh tokens of which one is current; only hashes are kept. They are good until expires_at.
ALTER TABLE sessions ADD COLUMN refresh_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refresh_hash BYTEA;
ALTER TABLE sessions ADD COLUMN previous_refresh_hash BYTEA;
ALTER TABLE sessions ADD COLUMN refreshed_at TIMESTAMPTZ;
