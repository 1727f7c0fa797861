-- A session with a key is renewed only with a signature of that key.
ALTER TABLE sessions ADD COLUMN bound_key BLOB CHECK (length(bound_key) = 32);
