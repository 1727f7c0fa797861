-- Events that are sent to a URL, by the rights of whoever asked for it.
CREATE TABLE webhooks (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    url VARCHAR(2000) NOT NULL,
    -- What signs them, under the root key.
    sealed_secret BYTEA NOT NULL,
    kinds JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- The last event that was taken, or that there was when it began.
    cursor_xid BIGINT NOT NULL,
    cursor_id BIGINT NOT NULL,
    delivered_at TIMESTAMPTZ,
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since TIMESTAMPTZ,
    next_attempt_at TIMESTAMPTZ,
    disabled_at TIMESTAMPTZ,
    last_error TEXT NOT NULL DEFAULT ''
);

CREATE INDEX webhooks_owner ON webhooks (owner_id, id);
