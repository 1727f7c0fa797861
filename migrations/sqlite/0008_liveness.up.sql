-- The daemons that hear nodes on this store. One that says goodbye takes its row away; one that is silent for 15 seconds has died.
CREATE TABLE liveness_replicas (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    started_at TEXT NOT NULL CHECK (started_at GLOB '????-??-??T??:??:??.??????Z'),
    seen_at TEXT NOT NULL CHECK (seen_at GLOB '????-??-??T??:??:??.??????Z'),
    -- Whether it knows all that was heard for long enough to judge.
    is_warm INTEGER NOT NULL CHECK (is_warm IN (0, 1)),
    -- Whether it cannot read the cache, so that the others are to write here what they hear.
    is_deaf INTEGER NOT NULL CHECK (is_deaf IN (0, 1))
) STRICT;

-- Whom they heard, where the cache cannot bring it. It may be lost: each batch says which one it follows.
CREATE TABLE liveness_batches (
    replica_id BLOB NOT NULL CHECK (length(replica_id) = 16),
    seq INTEGER NOT NULL,
    written_at TEXT NOT NULL CHECK (written_at GLOB '????-??-??T??:??:??.??????Z'),
    batch BLOB NOT NULL,
    PRIMARY KEY (replica_id, seq)
) STRICT;
CREATE INDEX liveness_batches_written_at ON liveness_batches (written_at);
