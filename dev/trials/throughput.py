"""Registrations and bulk publishes a second into PostgreSQL."""

import json
import time

from trials import common
from trials.cluster import Cluster, database


def arguments(parser):
    parser.add_argument("file", nargs="?")
    parser.add_argument("--nodes", type=int, default=20_000)
    parser.add_argument("--replicas", type=int, default=1)


def cpu(daemon):
    fields = open(f"/proc/{daemon.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def run(arguments, folder):
    file, entries = common.catalogue(arguments.file, folder)
    with database() as store:
        cluster = Cluster(common.programs(), folder, arguments.replicas, store)
        cluster.log_in("publisher")
        first = cluster.daemons[0]
        to = [word for daemon in cluster.daemons for word in ("--to", f"http://{daemon.grpc}")]
        for _ in range(3):
            before = sum(map(cpu, cluster.daemons))
            report = json.loads(first.run("-o", "json", "--timeout", "30s", "bench", "register", *to, "--count", str(arguments.nodes)))
            used = (sum(map(cpu, cluster.daemons)) - before) * 1e6 / report["registered"]
            print(f"registrations: {report['registered']} in {report['seconds']:.2f} s, {report['rate']:.0f}/s, {used:.0f} us of cpcd's cpu each", flush=True)
        began = time.monotonic()
        summary = json.loads(first.run(*common.publish_arguments(file)))
        seconds = time.monotonic() - began
        print(f"publishes: {summary['published']} of {entries} in {seconds:.2f} s, {entries / seconds:.0f}/s")
        cluster.stop()
