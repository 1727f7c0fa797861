-- A session with a key is renewed only with a signature of that key.
ALTER TABLE sessions ADD COLUMN bound_key BYTEA;
