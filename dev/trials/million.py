"""What a heartbeat and a node cost where there are a million, beside a thousand."""

import sys

from trials import fleets


def arguments(parser):
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--shapes", default="A,B")
    parser.add_argument("--profile", default="dist")


def median(values):
    return sorted(values)[len(values) // 2]


def run(arguments, folder):
    found = {}
    for nodes in (arguments.few, arguments.nodes):
        inside = folder / str(nodes)
        inside.mkdir()
        # So long that every node has been heard of before, and its token is known.
        warm_up = max(10, nodes // 15_000)
        _, lines = fleets.bench("--loaded", "--alone", "--json", "--nodes", nodes, "--shapes", arguments.shapes, "--pairs",
                                arguments.pairs, "--seconds", arguments.seconds, "--warm-up", warm_up, "--folder", inside,
                                profile=arguments.profile)
        for shape in arguments.shapes.split(","):
            mine = [line for line in lines if line["shape"] == shape]
            found[nodes, shape] = {name: median([line[name] for line in mine]) for name in ("rate", "cpuMicros", "p99Micros", "residentMebibytes")}
            print(f"{nodes} nodes, shape {shape}: " + ", ".join(f"{name} {value:.1f}" for name, value in found[nodes, shape].items()), flush=True)
    good = True
    for shape in arguments.shapes.split(","):
        few, many = found[arguments.few, shape], found[arguments.nodes, shape]
        factor = many["cpuMicros"] / few["cpuMicros"]
        size = (many["residentMebibytes"] - few["residentMebibytes"]) * 2**20 / arguments.nodes
        good &= factor <= 1.3 and size <= 512
        print(f"shape {shape}: a heartbeat costs {factor:.2f} times as much cpu (at most 1.3); a node takes {size:.0f} bytes, its token's "
              f"entry included (at most 512)")
    if not good:
        sys.exit("verdict: FAILED")
    print("verdict: ok")
