"""Cuts OpenSearch off during steady publishing: how long after its return rows and documents are equal."""

import http.client
import json
import sys
import threading
import time
import urllib.parse
import uuid

from trials import common
from trials.cluster import Client, Cluster, database, needed, query, through_proxy


def arguments(parser):
    parser.add_argument("--rate", type=float, default=200, help="publishes a second")
    parser.add_argument("--outage", type=float, default=120, help="seconds without OpenSearch")
    parser.add_argument("--before", type=float, default=15, help="seconds before it")


def run(arguments, folder):
    cache, search = needed("CPC_TEST_VALKEY_URL", "Valkey"), needed("CPC_TEST_OPENSEARCH_URL", "OpenSearch")
    proxy, way = through_proxy(search)
    with database() as store:
        cluster = Cluster(common.programs(), folder, 3, store, cache, way)
        cluster.search = search
        _, session = cluster.log_in("publisher")
        stop, published, failed, degraded = threading.Event(), [0], [], [0, 0]
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(search).netloc, timeout=30)

        def documents():
            connection.request("POST", f"/{cluster.prefix}-content/_refresh")
            connection.getresponse().read()
            connection.request("GET", f"/{cluster.prefix}-content/_count")
            return json.loads(connection.getresponse().read()).get("count", -1)

        def rows():
            return int(query(store, "SELECT count(*) FROM content")[0][0])

        def publish(client, rate):
            due = time.monotonic()
            while not stop.is_set():
                time.sleep(max(0, due - time.monotonic()))
                due += 1 / rate
                body = {"title": f"entry {uuid.uuid4()}", "requestId": str(uuid.uuid4())}
                status, answer = client.call("POST", "/v1/content", session["accessToken"], body)
                if status == 200:
                    published[0] += 1
                else:
                    failed.append((status, answer.get("reason")))

        def look():
            client = Client(cluster.daemons)
            while not stop.is_set():
                status, answer = client.call("GET", "/search?q=entry", session["accessToken"])
                degraded[0] += status != 200
                degraded[1] += bool(answer.get("degraded"))
                time.sleep(0.2)

        threads = [threading.Thread(target=publish, args=(Client(cluster.daemons, number), arguments.rate / 4), daemon=True) for number in range(4)]
        threads.append(threading.Thread(target=look, daemon=True))
        for thread in threads:
            thread.start()
        time.sleep(arguments.before)
        proxy.cut(True)
        time.sleep(arguments.outage)
        behind = rows() - documents()
        proxy.cut(False)
        back = time.monotonic()
        # Publishing goes on: equal is as many documents as there were rows a moment before.
        while True:
            wanted = rows()
            if documents() >= wanted:
                break
            if time.monotonic() - back > 300:
                sys.exit("verdict: FAILED, not equal within 300 s")
            time.sleep(0.05)
        caught_up = time.monotonic() - back
        stop.set()
        for thread in threads:
            thread.join(20)
        deadline = time.monotonic() + 30
        while (end := (rows(), documents()))[0] != end[1] and time.monotonic() < deadline:
            time.sleep(0.1)
        print(f"{published[0]} published at {arguments.rate:.0f}/s, failed {len(failed)} {failed[:3]}; OpenSearch away {arguments.outage:.0f} s, "
              f"{behind} documents behind; equal {caught_up:.1f} s after its return, publishing going on")
        print(f"searches meanwhile: refused {degraded[0]}, answered from the store and marked degraded {degraded[1]}")
        print(f"at the end: {end[0]} rows, {end[1]} documents")
        cluster.stop()
        proxy.remove()
        if end[0] != end[1] or failed:
            sys.exit("verdict: FAILED")
        print("verdict: nothing failed, rows and documents are equal")
