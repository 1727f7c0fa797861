"""What a heartbeat costs, against an empty handler (half an hour and more)."""

import contextlib
import os
import random
import subprocess

from trials import common
from trials.cluster import database, needed


def arguments(parser):
    parser.add_argument("--servers", action="store_true", help="on PostgreSQL and Valkey, each heartbeat written behind to them")
    parser.add_argument("--etcd", help="the program etcd, to be measured beside")
    parser.add_argument("--shapes", default="A,B,C,AS,BS")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--open-warm-up", type=float, default=60)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--profile", default="dist")


def run(arguments, folder):
    command = ["cargo", "bench", "-p", "cpcd", "--profile", arguments.profile, "--features", "trials", "--bench", "heartbeats", "--"]
    for name in ("shapes", "pairs", "seconds", "warm_up", "open_warm_up", "nodes"):
        command += ["--" + name.replace("_", "-"), str(getattr(arguments, name))]
    if arguments.etcd:
        command += ["--etcd", arguments.etcd]
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)
        if arguments.servers:
            key = folder / "root.key"
            key.write_bytes(os.urandom(32))
            key.chmod(0o600)
            environment |= {
                "CPCD_SERVER__ROOT_KEY_FILE": str(key), "CPCD_STORE__URL": stack.enter_context(database()),
                "CPCD_CACHE__URL": needed("CPC_TEST_VALKEY_URL", "Valkey"), "CPCD_CACHE__PREFIX": f"trial{random.getrandbits(32)}",
            }
        subprocess.run(command, cwd=common.ROOT, check=True, env=environment)
