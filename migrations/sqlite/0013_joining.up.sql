-- What an invite says of the nodes that join by it.
ALTER TABLE invites ADD COLUMN node_ttl_seconds INTEGER;
ALTER TABLE invites ADD COLUMN is_ephemeral INTEGER NOT NULL DEFAULT 0 CHECK (is_ephemeral IN (0, 1));
-- Namespaces that such nodes may be found under; empty for any.
ALTER TABLE invites ADD COLUMN namespaces TEXT NOT NULL DEFAULT '[]' CHECK (json_type(namespaces) IS 'array');
-- Whether such nodes count for no network.
ALTER TABLE invites ADD COLUMN is_uncounted INTEGER NOT NULL DEFAULT 0 CHECK (is_uncounted IN (0, 1));

-- What of that holds for a node for as long as it is there, and the network that it counts for.
ALTER TABLE nodes ADD COLUMN joined TEXT NOT NULL DEFAULT '{}' CHECK (json_type(joined) IS 'object');

CREATE INDEX nodes_ephemeral ON nodes (id) WHERE is_ephemeral AND status = 'offline';

-- How many nodes count for a network (203.0.113.0/24, 2001:db8:0:1::/64), and for "all" and "pending".
CREATE TABLE node_counts (
    name TEXT PRIMARY KEY NOT NULL,
    nodes INTEGER NOT NULL CHECK (nodes >= 0),
    -- When the hour began in which new ones are counted now, and how many came in it.
    hour TEXT NOT NULL CHECK (hour GLOB '????-??-??T??:??:??.??????Z'),
    new_nodes INTEGER NOT NULL CHECK (new_nodes >= 0)
) STRICT;

CREATE INDEX node_counts_none ON node_counts (hour) WHERE nodes = 0;
