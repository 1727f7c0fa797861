"""What the trials of large fleets share: the bench of heartbeats, with nodes that never registered."""

import json
import pathlib
import sqlite3
import subprocess
import sys

from trials import common


def bench(*arguments, profile="dist"):
    """Runs the bench; gives what it prints, and what of that are measurements."""
    command = ["cargo", "bench", "-p", "cpcd", "--profile", profile, "--features", "trials", "--bench", "heartbeats", "--",
               *map(str, arguments)]
    done = subprocess.run(command, cwd=common.ROOT, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0:
        print(done.stdout)
        sys.exit("verdict: FAILED")
    return done.stdout, [json.loads(line) for line in lines]


def changes(folder):
    """Gives how often nodes of a folder were called what."""
    with sqlite3.connect(pathlib.Path(folder) / "data" / "cpcd.sqlite") as store:
        rows = store.execute("SELECT json_extract(payload, '$.status'), count(*) FROM events WHERE kind = 'node.status' GROUP BY 1")
        return dict(rows.fetchall())
