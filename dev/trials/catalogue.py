"""Publishes a catalogue, searches it: rates, latencies, memory."""

import http.client
import json
import statistics
import time
import urllib.parse

from trials import common

QUERIES = ["pdf to text", "image viewer", "network monitor", "python library", "library", "game", "\"text editor\"",
           "compiler -gcc", "font", "video player", "web server", "astronomy", "spell checker", "music", "database client"]


def arguments(parser):
    parser.add_argument("file", nargs="?")


def run(arguments, folder):
    bin = common.programs()
    file, entries = common.catalogue(arguments.file, folder)
    daemon = common.Daemon(bin, folder)
    daemon.log_in()
    started = time.monotonic()
    summary = json.loads(daemon.run(*common.publish_arguments(file)))
    durable = time.monotonic() - started
    while daemon.status()[1]:
        time.sleep(0.05)
    indexed = time.monotonic() - started
    contents, _ = daemon.status()
    print(f"published: {json.dumps(summary)}")
    print(f"entries {entries}, stored {contents}; durable after {durable:.1f} s ({entries / durable:.0f}/s), "
          f"all indexed after {indexed:.1f} s ({entries / indexed:.0f}/s)")
    print("memory after publishing: {} MiB now, {} MiB at most".format(*daemon.memory()))

    host, port = daemon.rest.rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port))
    times = {query: [] for query in QUERIES}
    totals = {}
    for _ in range(200):
        for query in QUERIES:
            path = "/search?" + urllib.parse.urlencode({"q": query, "page_size": 20})
            before = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse().read()
            times[query].append((time.perf_counter() - before) * 1000)
            totals[query] = int(json.loads(answer).get("total", 0))
    print("\n| query | hits | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|")
    quantile = lambda values, share: statistics.quantiles(values, n=100)[share - 1]
    for query, took in times.items():
        print(f"| `{query}` | {totals[query]} | {quantile(took, 50):.2f} | {quantile(took, 95):.2f} | {quantile(took, 99):.2f} |")
    everything = [value for took in times.values() for value in took]
    print(f"| all {len(everything)} | | {quantile(everything, 50):.2f} | {quantile(everything, 95):.2f} | {quantile(everything, 99):.2f} |")
    print("\nmemory after searching: {} MiB now, {} MiB at most".format(*daemon.memory()))
    print("\n$ cpcctl search pdf to text")
    print(daemon.run("search", "--limit", "8", "pdf", "to", "text"))
    daemon.stop()
