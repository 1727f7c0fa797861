"""The candidates for the gRPC edge's runtimes in one run."""

import subprocess

from trials import common


def arguments(_parser):
    pass


def run(_arguments, _folder):
    subprocess.run(["cargo", "bench", "-p", "cpcd", "--profile", "dist", "--bench", "runtimes"], cwd=common.ROOT, check=True)
