-- A signing key is at first only accepted; it signs from activated_at on, and is only accepted again from retired_at on.
ALTER TABLE signing_keys ADD COLUMN activated_at TIMESTAMPTZ;
ALTER TABLE signing_keys ADD COLUMN retired_at TIMESTAMPTZ;
UPDATE signing_keys SET activated_at = created_at;

-- The daemons on this store, each with the newest signing key that it accepts. One that is silent for ten seconds is gone.
CREATE TABLE replicas (
    id UUID PRIMARY KEY,
    newest_kid TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);
