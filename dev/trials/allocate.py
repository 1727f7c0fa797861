"""How fast resources are leased, by the number of nodes and by engine: rate, p50 and p99 of RequestResources."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

from trials import common
from trials.cluster import database, query
from trials.leases import fill_postgres, fill_sqlite


def arguments(parser):
    parser.add_argument("--sizes", default="1000,10000,100000", help="how many nodes, with commas between")
    parser.add_argument("--engines", default="sqlite,postgres", help="postgres needs dev/servers")
    parser.add_argument("--seconds", type=float, default=20, help="measured for each")
    parser.add_argument("--warm-up", type=float, default=5)
    parser.add_argument("--at-once", type=int, default=16, help="requesters")
    parser.add_argument("--nodes", type=int, default=1, help="nodes of each request")


def measure(arguments, bin, folder, engine, size):
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        # Nobody speaks for these nodes: silence must count for nothing meanwhile.
        settings = {"CPCD_REGISTRY__GRACE_SECONDS": "3600"}
        if engine == "postgres":
            url = stack.enter_context(database())
            settings["CPCD_STORE__URL"] = url
            subprocess.run([bin / "cpcd", "--data-dir", folder, "init"], check=True, stdout=subprocess.DEVNULL)
        daemon = common.Daemon(bin, folder, environment=settings)
        daemon.stop()
        if engine == "postgres":
            fill_postgres(lambda statement: query(url, statement), size)
        else:
            fill_sqlite(folder / "cpcd.sqlite", size)
        daemon = common.Daemon(bin, folder, environment=settings)
        online = lambda: int(json.loads(daemon.run("--local", "-o", "json", "status")).get("nodesOnline", 0))
        common.wait_until(f"{size} nodes are followed", 300, lambda: online() == size)
        time.sleep(2)
        command = ["--local", "-o", "json", "--timeout", "30s", "bench", "allocate", "--at-once", str(arguments.at_once), "--nodes",
                   str(arguments.nodes), "--cpu", "10m", "--memory", "8MiB", "--duration", f"{int(arguments.seconds * 1000)}ms",
                   "--warmup", f"{int(arguments.warm_up * 1000)}ms", "--release-after", "500ms"]
        report = json.loads(daemon.run(*command))
        resident, _ = daemon.memory()
        daemon.stop()
    return report | {"resident": resident}


def run(arguments, folder):
    bin = common.programs()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    print(f"{arguments.at_once} requesters, {arguments.nodes} node(s) each, {arguments.seconds:g} s after {arguments.warm_up:g} s; "
          f"load of this machine {os.getloadavg()[0]:.1f}", flush=True)
    print("| engine | nodes | leases/s | p50 ms | p95 ms | p99 ms | most | granted | refused | MiB |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|---|--:|")
    failed = []
    for engine in arguments.engines.split(","):
        medians = {}
        for size in sizes:
            report = measure(arguments, bin, pathlib.Path(folder) / f"{engine}-{size}", engine, size)
            medians[size] = report["p50Ms"]
            print(f"| {engine} | {size} | {report['rate']:.0f} | {report['p50Ms']:.2f} | {report['p95Ms']:.2f} | {report['p99Ms']:.2f} | "
                  f"{report['maxMs']:.0f} | {report['granted']} | {json.dumps(report['refused'])} {json.dumps(report['errors'])} | "
                  f"{report['resident']} |", flush=True)
        ratio = medians[sizes[-1]] / medians[sizes[0]]
        print(f"{engine}: p50 at {sizes[-1]} nodes is {ratio:.2f} times that at {sizes[0]} (promised: at most 2)", flush=True)
        if ratio > 2:
            failed.append(engine)
    if failed:
        sys.exit(f"verdict: FAILED on {', '.join(failed)}")
    print("verdict: the median does not grow with the fleet")
