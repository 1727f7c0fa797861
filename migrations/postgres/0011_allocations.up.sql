-- What may be placed on a node (apart from whether it lives), how long it stays, and where it is to be found.
ALTER TABLE nodes ADD COLUMN scheduling TEXT NOT NULL DEFAULT 'active'
    CHECK (scheduling IN ('active', 'cordoned', 'draining', 'drained'));
ALTER TABLE nodes ADD COLUMN is_pending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE nodes ADD COLUMN is_ephemeral BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE nodes ADD COLUMN expires_at TIMESTAMPTZ;
ALTER TABLE nodes ADD COLUMN namespaces JSONB NOT NULL DEFAULT '[]';

CREATE INDEX nodes_expires ON nodes (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX nodes_pending ON nodes (id) WHERE is_pending;
CREATE INDEX nodes_draining ON nodes (id) WHERE scheduling = 'draining';

-- What of a node's resources is granted: never more than it has, but where it has said since that it has less.
ALTER TABLE nodes ADD COLUMN is_overcommitted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE nodes ADD COLUMN granted_cpu BIGINT NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD COLUMN granted_memory BIGINT NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD COLUMN granted_bandwidth BIGINT NOT NULL DEFAULT 0;
-- Version of what the node is to do: rises with each change.
ALTER TABLE nodes ADD COLUMN directives BIGINT NOT NULL DEFAULT 0;
ALTER TABLE nodes ADD CONSTRAINT nodes_granted CHECK (granted_cpu >= 0 AND granted_memory >= 0 AND granted_bandwidth >= 0);
ALTER TABLE nodes ADD CONSTRAINT nodes_capacity CHECK (is_overcommitted OR (
    granted_cpu <= coalesce((resources ->> 'cpu_millicores')::BIGINT, 0)
    AND granted_memory <= coalesce((resources ->> 'memory_bytes')::BIGINT, 0)
    AND granted_bandwidth <= coalesce((resources ->> 'bandwidth_bits_per_second')::BIGINT, 0)
));

-- Resources of nodes, leased until a deadline. What has ended stays for a day, so that the same request has the same answer.
CREATE TABLE allocations (
    id UUID PRIMARY KEY,
    -- The nil id for the local administrator.
    requester_id UUID NOT NULL,
    requester_kind TEXT NOT NULL CHECK (requester_kind IN ('user', 'node', 'local')),
    -- The user whom it counts for, or a node that nobody owns; empty for the local administrator.
    owner_id UUID,
    request_id TEXT,
    request_hash BYTEA NOT NULL,
    request JSONB NOT NULL,
    labels JSONB NOT NULL,
    is_exclusive BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'released', 'expired')),
    epoch BIGINT NOT NULL,
    ttl_seconds BIGINT NOT NULL,
    deadline TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    CHECK ((state IN ('released', 'expired')) = (ended_at IS NOT NULL))
);

CREATE UNIQUE INDEX allocations_request ON allocations (requester_id, request_id) WHERE request_id IS NOT NULL;
-- What a node has asked for is told it.
CREATE INDEX allocations_requester ON allocations (requester_id) WHERE ended_at IS NULL AND requester_kind = 'node';
CREATE INDEX allocations_owner ON allocations (owner_id, id);
CREATE INDEX allocations_deadline ON allocations (deadline) WHERE ended_at IS NULL;
CREATE INDEX allocations_ended ON allocations (ended_at) WHERE ended_at IS NOT NULL;

-- What one node provides for an allocation.
CREATE TABLE allocation_parts (
    allocation_id UUID NOT NULL REFERENCES allocations (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    node_id UUID REFERENCES nodes (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'placed', 'accepted')),
    cpu BIGINT NOT NULL,
    memory BIGINT NOT NULL,
    bandwidth BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    -- Nodes that refused it.
    refused JSONB NOT NULL DEFAULT '[]',
    -- Before this it is not placed: until then the node that it was on may think that it is there.
    not_before TIMESTAMPTZ,
    since TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (allocation_id, number),
    CHECK ((state = 'waiting') = (node_id IS NULL))
);

-- No two parts of an allocation lie on one node.
CREATE UNIQUE INDEX allocation_parts_node ON allocation_parts (node_id, allocation_id) WHERE node_id IS NOT NULL;
CREATE INDEX allocation_parts_waiting ON allocation_parts (coalesce(not_before, since), allocation_id, number)
    WHERE state = 'waiting';

-- What each owner has, so that quotas are kept exactly.
CREATE TABLE allocation_owners (
    owner_id UUID PRIMARY KEY,
    allocations BIGINT NOT NULL CHECK (allocations >= 0),
    cpu BIGINT NOT NULL CHECK (cpu >= 0),
    memory BIGINT NOT NULL CHECK (memory >= 0),
    bandwidth BIGINT NOT NULL CHECK (bandwidth >= 0)
);
