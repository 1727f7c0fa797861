"""What trials of allocations share: what must hold in the store, and nodes that are made by a loader."""

import json
import os
import sqlite3

CPU, MEMORY = 4_000, 8 << 30
RESOURCES = json.dumps({"cpu_millicores": CPU, "memory_bytes": MEMORY, "bandwidth_bits_per_second": 1_000_000_000})


def broken(query):
    """Gives what does not hold in a store, as texts; `query` gives the rows of a statement."""
    faults = []
    for (node, *amounts) in query(
            "SELECT n.id, n.granted_cpu, n.granted_memory, n.granted_bandwidth, coalesce(sum(p.cpu), 0), coalesce(sum(p.memory), 0), "
            "coalesce(sum(p.bandwidth), 0) FROM nodes n LEFT JOIN allocation_parts p ON p.node_id = n.id "
            "GROUP BY n.id, n.granted_cpu, n.granted_memory, n.granted_bandwidth"):
        amounts = [int(amount) for amount in amounts]
        if amounts[:3] != amounts[3:]:
            faults.append(f"node {node}: granted {amounts[:3]}, its parts are {amounts[3:]}")
    for (node,) in query(
            "SELECT id FROM nodes WHERE NOT is_overcommitted AND (granted_cpu > coalesce((resources ->> 'cpu_millicores')::BIGINT, 0) "
            "OR granted_memory > coalesce((resources ->> 'memory_bytes')::BIGINT, 0))"):
        faults.append(f"node {node}: more is granted than it has")
    for (allocation, state, parts, nodes, placed) in query(
            "SELECT a.id, a.state, count(p.number), count(DISTINCT p.node_id), count(p.node_id) FROM allocations a "
            "LEFT JOIN allocation_parts p ON p.allocation_id = a.id GROUP BY a.id, a.state"):
        if state in ("released", "expired") and int(parts):
            faults.append(f"allocation {allocation} is {state} and has {parts} parts")
        if state in ("active", "pending") and not int(parts):
            faults.append(f"allocation {allocation} is {state} and has no part")
        if nodes != placed:
            faults.append(f"allocation {allocation}: two of its parts lie on one node")
        if state == "active" and placed != parts:
            faults.append(f"allocation {allocation} is active, but only {placed} of {parts} parts have a node")
    return faults


def fill_postgres(query, count):
    """Puts nodes that are online into an empty store."""
    query("INSERT INTO nodes (id, public_key, resources, status, created_at) SELECT gen_random_uuid(), "
          "decode(md5(i::text) || md5((-i)::text), 'hex'), "
          f"'{RESOURCES}', 'online', now() FROM generate_series(1, {count}) AS i")


def fill_sqlite(path, count):
    """Does the same in a file."""
    with sqlite3.connect(path) as store:
        store.executemany("INSERT INTO nodes (id, public_key, resources, status, created_at) "
                          f"VALUES (?, ?, '{RESOURCES}', 'online', '2026-01-01T00:00:00.000000Z')",
                          ((os.urandom(16), os.urandom(32)) for _ in range(count)))
    store.close()
