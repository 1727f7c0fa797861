"""What a heartbeat costs, against an empty handler (half an hour and more)."""

import subprocess

from trials import common


def arguments(_parser):
    pass


def run(_arguments, _folder):
    subprocess.run(["cargo", "bench", "-p", "cpcd", "--profile", "dist", "--bench", "heartbeats"], cwd=common.ROOT, check=True)
