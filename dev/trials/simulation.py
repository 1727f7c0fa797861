"""Days of a fleet in simulated time, with everything that goes wrong: nobody who lives is called dead, and everybody who is dead."""

import random
import subprocess
import sys

from trials import common


def arguments(parser):
    parser.add_argument("--seed", type=int)
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--profile", default="dist")


def run(arguments, _folder):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    command = ["cargo", "bench", "-p", "cpcd-domain", "--profile", arguments.profile, "--features", "trials", "--bench", "fleet", "--", "--seed", str(seed),
               "--nodes", str(arguments.nodes), "--hours", str(arguments.hours)]
    if subprocess.run(command, cwd=common.ROOT).returncode != 0:
        sys.exit("verdict: FAILED")
