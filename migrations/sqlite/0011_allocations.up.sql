-- What may be placed on a node (apart from whether it lives), how long it stays, and where it is to be found.
ALTER TABLE nodes ADD COLUMN scheduling TEXT NOT NULL DEFAULT 'active'
    CHECK (scheduling IN ('active', 'cordoned', 'draining', 'drained'));
ALTER TABLE nodes ADD COLUMN is_pending INTEGER NOT NULL DEFAULT 0 CHECK (is_pending IN (0, 1));
ALTER TABLE nodes ADD COLUMN is_ephemeral INTEGER NOT NULL DEFAULT 0 CHECK (is_ephemeral IN (0, 1));
ALTER TABLE nodes ADD COLUMN expires_at TEXT CHECK (expires_at GLOB '????-??-??T??:??:??.??????Z');
ALTER TABLE nodes ADD COLUMN namespaces TEXT NOT NULL DEFAULT '[]' CHECK (json_type(namespaces) IS 'array');

CREATE INDEX nodes_expires ON nodes (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX nodes_pending ON nodes (id) WHERE is_pending;
CREATE INDEX nodes_draining ON nodes (id) WHERE scheduling = 'draining';

-- What of a node's resources is granted: never more than it has, but where it has said since that it has less.
ALTER TABLE nodes ADD COLUMN is_overcommitted INTEGER NOT NULL DEFAULT 0 CHECK (is_overcommitted IN (0, 1));
ALTER TABLE nodes ADD COLUMN granted_cpu INTEGER NOT NULL DEFAULT 0
    CHECK (granted_cpu >= 0 AND (is_overcommitted OR granted_cpu <= coalesce(resources ->> 'cpu_millicores', 0)));
ALTER TABLE nodes ADD COLUMN granted_memory INTEGER NOT NULL DEFAULT 0
    CHECK (granted_memory >= 0 AND (is_overcommitted OR granted_memory <= coalesce(resources ->> 'memory_bytes', 0)));
ALTER TABLE nodes ADD COLUMN granted_bandwidth INTEGER NOT NULL DEFAULT 0
    CHECK (granted_bandwidth >= 0
        AND (is_overcommitted OR granted_bandwidth <= coalesce(resources ->> 'bandwidth_bits_per_second', 0)));
-- Version of what the node is to do: rises with each change.
ALTER TABLE nodes ADD COLUMN directives INTEGER NOT NULL DEFAULT 0;

-- Resources of nodes, leased until a deadline. What has ended stays for a day, so that the same request has the same answer.
CREATE TABLE allocations (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    -- The nil id for the local administrator.
    requester_id BLOB NOT NULL CHECK (length(requester_id) = 16),
    requester_kind TEXT NOT NULL CHECK (requester_kind IN ('user', 'node', 'local')),
    -- The user whom it counts for, or a node that nobody owns; empty for the local administrator.
    owner_id BLOB CHECK (length(owner_id) = 16),
    request_id TEXT,
    request_hash BLOB NOT NULL,
    request TEXT NOT NULL CHECK (json_type(request) IS 'object'),
    labels TEXT NOT NULL CHECK (json_type(labels) IS 'object'),
    is_exclusive INTEGER NOT NULL CHECK (is_exclusive IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'released', 'expired')),
    epoch INTEGER NOT NULL,
    ttl_seconds INTEGER NOT NULL,
    deadline TEXT NOT NULL CHECK (deadline GLOB '????-??-??T??:??:??.??????Z'),
    created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??.??????Z'),
    CHECK ((state IN ('released', 'expired')) = (ended_at IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX allocations_request ON allocations (requester_id, request_id) WHERE request_id IS NOT NULL;
-- What a node has asked for is told it.
CREATE INDEX allocations_requester ON allocations (requester_id) WHERE ended_at IS NULL AND requester_kind = 'node';
CREATE INDEX allocations_owner ON allocations (owner_id, id);
CREATE INDEX allocations_deadline ON allocations (deadline) WHERE ended_at IS NULL;
CREATE INDEX allocations_ended ON allocations (ended_at) WHERE ended_at IS NOT NULL;

-- What one node provides for an allocation.
CREATE TABLE allocation_parts (
    allocation_id BLOB NOT NULL REFERENCES allocations (id) ON DELETE CASCADE CHECK (length(allocation_id) = 16),
    number INTEGER NOT NULL,
    node_id BLOB REFERENCES nodes (id) CHECK (length(node_id) = 16),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'placed', 'accepted')),
    cpu INTEGER NOT NULL,
    memory INTEGER NOT NULL,
    bandwidth INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    -- Nodes that refused it.
    refused TEXT NOT NULL DEFAULT '[]' CHECK (json_type(refused) IS 'array'),
    -- Before this it is not placed: until then the node that it was on may think that it is there.
    not_before TEXT CHECK (not_before GLOB '????-??-??T??:??:??.??????Z'),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??.??????Z'),
    PRIMARY KEY (allocation_id, number),
    CHECK ((state = 'waiting') = (node_id IS NULL))
) STRICT;

-- No two parts of an allocation lie on one node.
CREATE UNIQUE INDEX allocation_parts_node ON allocation_parts (node_id, allocation_id) WHERE node_id IS NOT NULL;
CREATE INDEX allocation_parts_waiting ON allocation_parts (coalesce(not_before, since), allocation_id, number)
    WHERE state = 'waiting';

-- What each owner has, so that quotas are kept exactly.
CREATE TABLE allocation_owners (
    owner_id BLOB PRIMARY KEY NOT NULL CHECK (length(owner_id) = 16),
    allocations INTEGER NOT NULL CHECK (allocations >= 0),
    cpu INTEGER NOT NULL CHECK (cpu >= 0),
    memory INTEGER NOT NULL CHECK (memory >= 0),
    bandwidth INTEGER NOT NULL CHECK (bandwidth >= 0)
) STRICT;
