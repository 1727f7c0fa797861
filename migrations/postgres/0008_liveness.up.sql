-- The daemons that hear nodes on this store. One that says goodbye takes its row away; one that is silent for 15 seconds has died.
CREATE TABLE liveness_replicas (
    id UUID PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    -- Whether it knows all that was heard for long enough to judge.
    is_warm BOOLEAN NOT NULL,
    -- Whether it cannot read the cache, so that the others are to write here what they hear.
    is_deaf BOOLEAN NOT NULL
);

-- Whom they heard, where the cache cannot bring it. It may be lost: each batch says which one it follows.
CREATE UNLOGGED TABLE liveness_batches (
    replica_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    batch BYTEA NOT NULL,
    PRIMARY KEY (replica_id, seq)
);
CREATE INDEX liveness_batches_written_at ON liveness_batches (written_at);
