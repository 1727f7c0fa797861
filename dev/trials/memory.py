"""What a node costs the daemon that follows it."""

import json
import os
import sqlite3
import sys
import time

from trials import common



def arguments(parser):
    parser.add_argument("--nodes", type=int, default=1_000_000)


def run(arguments, folder):
    """Fills a store with nodes and starts a daemon on it, which follows all of them: what each costs."""
    bin = common.programs()
    daemon = common.Daemon(bin, folder)
    time.sleep(2)
    empty, _ = daemon.memory()
    daemon.stop()
    with sqlite3.connect(folder / "cpcd.sqlite") as store:
        store.executemany("INSERT INTO nodes (id, public_key, resources, status, created_at) VALUES (?, ?, '{}', 'online', ?)",
                          ((os.urandom(16), os.urandom(32), "2026-01-01T00:00:00.000000Z") for _ in range(arguments.nodes)))
    store.close()
    before = time.monotonic()
    daemon = common.Daemon(bin, folder)
    started = time.monotonic() - before
    time.sleep(5)
    full, most = daemon.memory()
    nodes = int(json.loads(daemon.run("--local", "-o", "json", "status")).get("nodesOnline", 0))
    print(f"{nodes} nodes are followed {started:.1f} s after the start; resident {empty} MiB without, {full} MiB with them "
          f"({most} MiB at most): {(full - empty) * 2**20 / max(nodes, 1):.0f} bytes a node")
    daemon.stop()
    if nodes != arguments.nodes:
        sys.exit("verdict: FAILED, not all are followed")
