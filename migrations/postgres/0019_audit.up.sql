-- Who changed what, and who was refused. Rows come with the change, unsealed; a moment later the sealer gives each its number and its hash.
CREATE TABLE audit (
    id BIGSERIAL PRIMARY KEY,
    -- Ids are handed out before they commit, so a sealer that followed ids alone would skip late commits.
    xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
    time TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    session_id UUID,
    token_id UUID,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'refused')),
    reason TEXT NOT NULL,
    request_id UUID,
    network TEXT NOT NULL,
    -- JSON, as text: its hash is over these bytes.
    details TEXT NOT NULL,
    count BIGINT NOT NULL CHECK (count > 0),
    number BIGINT UNIQUE CHECK (number > 0),
    hash BYTEA CHECK (length(hash) = 32),
    CHECK ((number IS NULL) = (hash IS NULL))
);

CREATE INDEX audit_time ON audit (time, id);
CREATE INDEX audit_actor ON audit (actor_id, time, id);
CREATE INDEX audit_target ON audit (target_id, time, id);
CREATE INDEX audit_unsealed ON audit (xid, id) WHERE number IS NULL;

-- What the server has signed of it: the newest number ("head"), and the last one that was cleared away ("anchor").
CREATE TABLE audit_seals (
    kind TEXT PRIMARY KEY CHECK (kind IN ('head', 'anchor')),
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    time TIMESTAMPTZ NOT NULL,
    signature BYTEA NOT NULL CHECK (length(signature) = 64)
);

-- What is sealed is never changed. Whoever takes this away and changes something all the same is found by the hashes.
CREATE FUNCTION audit_is_sealed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entry % is sealed', OLD.number;
END
$$;

CREATE TRIGGER audit_sealed BEFORE UPDATE ON audit FOR EACH ROW WHEN (OLD.number IS NOT NULL)
    EXECUTE FUNCTION audit_is_sealed();
