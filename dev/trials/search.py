"""What SearchContent costs over the same query sent straight to OpenSearch, and what a popular query costs from the cache."""

import http.client
import http.server
import json
import socket
import socketserver
import sys
import threading
import time
import urllib.parse

from trials import common
from trials.catalogue import QUERIES
from trials.cluster import Client, Cluster, database, needed, quantiles


def arguments(parser):
    parser.add_argument("file", nargs="?")
    parser.add_argument("--rounds", type=int, default=100)


class Recorder(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Passes requests on to OpenSearch and keeps the searches among them."""

    daemon_threads = True

    def __init__(self, upstream):
        self.upstream, self.searches = urllib.parse.urlsplit(upstream).netloc, []
        super().__init__(("127.0.0.1", 0), Passing)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if "_search" in self.path:
            self.server.searches.append((self.path, body))
        connection = http.client.HTTPConnection(self.server.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "accept-encoding")}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do

    def log_message(self, *_):
        pass


class Wire:
    """A connection with as little of a client as there can be, so that what is measured is the server."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.host, self.socket = address, socket.create_connection((host, int(port)), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=b"", headers=()):
        lines = [f"{method} {path} HTTP/1.1", f"host: {self.host}", f"content-length: {len(body)}",
                 *(f"{name}: {value}" for name, value in dict(headers).items())]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self.socket.recv(1 << 20) or sys.exit("the connection ended")
        head = answer[:end].lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        got = len(answer) - end - 4
        while got < length:
            got += len(self.socket.recv(1 << 20)) or sys.exit("the connection ended")
        return int(head.split()[1])


def run(arguments, folder):
    cache, search = needed("CPC_TEST_VALKEY_URL", "Valkey"), needed("CPC_TEST_OPENSEARCH_URL", "OpenSearch")
    file, entries = common.catalogue(arguments.file, folder)
    recorder = Recorder(search)
    with database() as store:
        cluster = Cluster(common.programs(), folder, 1, store, cache, search)
        _, session = cluster.log_in("publisher")
        daemon = cluster.daemons[0]
        daemon.run(*common.publish_arguments(file))
        while daemon.status()[1]:
            time.sleep(0.2)
        # The same index through the recorder, by another daemon: its searches are what is sent straight.
        (folder / "recorded").mkdir()
        environment = cluster.environment | {"CPCD_SEARCH__URL": f"http://127.0.0.1:{recorder.server_port}"}
        recording = common.Daemon(cluster.bin, folder / "recorded", environment=environment)
        straight = {}
        path = lambda query: "/search?" + urllib.parse.urlencode({"q": query, "page_size": 20})
        token = session["accessToken"]
        for query in QUERIES:
            recorder.searches.clear()
            status, answer = Client([recording]).call("GET", path(query), token)
            if status != 200 or not recorder.searches:
                sys.exit(f"{query}: {status} {answer}, {len(recorder.searches)} searches recorded")
            straight[query] = recorder.searches[-1]
        recording.stop()
        there, here = Wire(urllib.parse.urlsplit(search).netloc), Wire(daemon.rest)
        times = {"straight": [], "SearchContent": [], "popular": []}

        def ask(what, connection, *request):
            before = time.perf_counter()
            status = connection.ask(*request)
            times[what].append((time.perf_counter() - before) * 1000)
            if status != 200:
                sys.exit(f"{what}: {status}")

        for number in range(-5, arguments.rounds):
            if number == 0:
                times.update({what: [] for what in times})
            for query in QUERIES:
                where, body = straight[query]
                ask("straight", there, "POST", where, body, {"content-type": "application/json"})
                # Whoever has a token is no public viewer, so nothing comes from the cache of candidates.
                ask("SearchContent", here, "GET", path(query), b"", {"authorization": f"Bearer {token}"})
                ask("popular", here, "GET", path(query))
        print(f"{entries} entries, {len(QUERIES)} queries, {arguments.rounds} rounds, one after the other\n")
        print("| | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|")
        read = {what: quantiles(values) for what, values in times.items()}
        for what, values in read.items():
            print(f"| {what} | " + " | ".join(f"{value:.2f}" for value in values) + " |")
        print(f"\noverhead at the median {read['SearchContent'][0] - read['straight'][0]:.2f} ms, at p95 {read['SearchContent'][1] / read['straight'][1]:.2f} times; "
              f"a popular query takes 1/{read['straight'][0] / read['popular'][0]:.1f} of OpenSearch's time at the median")
        cluster.stop()
    recorder.shutdown()
