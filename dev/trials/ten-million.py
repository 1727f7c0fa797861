"""Ten million nodes on one machine, each with a heartbeat in 30 s, or as many as it takes: who is called dead, and what gives first."""

import sys

from trials import fleets


def arguments(parser):
    parser.add_argument("--nodes", type=int, default=10_000_000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--profile", default="dist")


def run(arguments, folder):
    """Loads rows and tokens, starts a daemon on a core of its own, and sends each node's heartbeat once in 30 s from another core."""
    print("loading rows and tokens", flush=True)
    _, lines = fleets.bench("--loaded", "--alone", "--json", "--nodes", arguments.nodes, "--shapes", "C", "--pairs", 1, "--seconds",
                            int(arguments.minutes * 60), "--open-warm-up", 60, "--folder", folder, profile=arguments.profile)
    found = lines[0]
    wanted = arguments.nodes / 30
    print(f"{arguments.nodes} nodes: {found['rate']:.0f} answers/s of {wanted:.0f} that are due; p50 {found['p50Micros'] / 1000:.1f} ms, "
          f"p99 {found['p99Micros'] / 1000:.1f} ms, most {found['mostMicros'] / 1000:.1f} ms")
    print(f"server's core busy {found['rate'] * found['cpuMicros'] / 1e6:.2f} ({found['cpuMicros']:.1f} us an answer), generator's core busy "
          f"{found['generatorCores']:.2f}, resident {found['residentMebibytes']} MiB "
          f"({found['residentMebibytes'] * 2**20 / arguments.nodes:.0f} bytes a node)")
    called = fleets.changes(folder)
    print(f"nodes at the end {found['nodes']}; called while it ran: {called}")
    # All of them live as long as they are sent for.
    if called.get("offline") or called.get("degraded"):
        sys.exit("verdict: FAILED, so many were more than it takes: what is busy above gives first")
    print("verdict: ok, 0 false deaths")
