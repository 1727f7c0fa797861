"""Attacks on the daemon and on tonic and warp out of the box: what they cost and what they get."""

import json
import os
import subprocess

from trials import common



def arguments(parser):
    parser.add_argument("--only")


def run(arguments, folder):
    """Runs dev/floods against the daemon and against an open server."""
    bin = common.programs()
    if not (bin / "examples" / "open").exists():
        subprocess.run(["cargo", "build", "--release", "-p", "cpcd", "--example", "open"], cwd=common.ROOT, check=True)
    more = ["--only", arguments.only] if arguments.only else []
    os.environ["CPCD_LIMITS__LIMIT_LOOPBACK"] = "true"
    daemon = common.Daemon(bin, folder)
    print("cpcd, limits by address kept for loopback too:\n", flush=True)
    attack = [common.ROOT / "dev/floods", "--grpc", daemon.grpc, "--rest", daemon.rest, "--pid", str(daemon.process.pid), *more]
    subprocess.run(attack, check=True)
    daemon.stop()
    open_server = subprocess.Popen([bin / "examples" / "open"], stdout=subprocess.PIPE, text=True)
    try:
        addresses = json.loads(open_server.stdout.readline())
        print("\ntonic and warp as they are:\n", flush=True)
        attack = [common.ROOT / "dev/floods", "--grpc", addresses["grpc"], "--rest", addresses["rest"], "--pid", str(open_server.pid), *more]
        subprocess.run(attack, check=True)
    finally:
        open_server.kill()
