-- Who changed what, and who was refused. Rows come with the change, unsealed; a moment later the sealer gives each its number and its hash.
CREATE TABLE audit (
    -- Never given out a second time, whatever is removed.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    time TEXT NOT NULL CHECK (time GLOB '????-??-??T??:??:??.??????Z'),
    actor_kind TEXT NOT NULL,
    actor_id BLOB CHECK (length(actor_id) = 16),
    session_id BLOB CHECK (length(session_id) = 16),
    token_id BLOB CHECK (length(token_id) = 16),
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'refused')),
    reason TEXT NOT NULL,
    request_id BLOB CHECK (length(request_id) = 16),
    network TEXT NOT NULL,
    -- JSON, as text: its hash is over these bytes.
    details TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    number INTEGER UNIQUE CHECK (number > 0),
    hash BLOB CHECK (length(hash) = 32),
    CHECK ((number IS NULL) = (hash IS NULL))
) STRICT;

CREATE INDEX audit_time ON audit (time, id);
CREATE INDEX audit_actor ON audit (actor_id, time, id);
CREATE INDEX audit_target ON audit (target_id, time, id);
CREATE INDEX audit_unsealed ON audit (id) WHERE number IS NULL;

-- What the server has signed of it: the newest number ("head"), and the last one that was cleared away ("anchor").
CREATE TABLE audit_seals (
    kind TEXT PRIMARY KEY NOT NULL CHECK (kind IN ('head', 'anchor')),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    time TEXT NOT NULL CHECK (time GLOB '????-??-??T??:??:??.??????Z'),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- What is sealed is never changed. Whoever takes this away and changes something all the same is found by the hashes.
CREATE TRIGGER audit_sealed BEFORE UPDATE ON audit WHEN OLD.number IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'the audit entry is sealed');
END;
