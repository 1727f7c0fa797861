"""From a node's death being detected to its requester holding a new route: p50, p99."""

import datetime
import json
import random
import subprocess
import sys
import threading
import time

from trials import common
from trials.cluster import Client, quantiles

SETTINGS = {"heartbeat": 3, "degraded": 5, "offline": 9, "grace": 12, "damping": 1}


def arguments(parser):
    parser.add_argument("--seed", type=int)
    parser.add_argument("--nodes", type=int, default=200, help="nodes that live on")
    parser.add_argument("--dying", type=int, default=10, help="nodes that are killed, together")
    parser.add_argument("--allocations", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="how often some nodes are killed")
    parser.add_argument("--store", default="", help="the URL of an empty store [default: SQLite]")


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Load:
    """Nodes that say that they live, until they are killed."""

    def __init__(self, daemon, folder, name, count):
        self.daemon, self.name = daemon, name
        self.command = ["--local", "bench", "heartbeat", "--to", f"http://{daemon.grpc}", "--agents-file", str(folder / name), "--nodes",
                        str(count)]
        daemon.run(*self.command, "--duration", "100ms", "--warmup", "1ms")
        connections = -(-count // 50)
        self.process = subprocess.Popen(
            [daemon.bin / "cpcctl", *self.command, "--paced", "--connections", str(connections), "--streams-per-connection", "50", "--warmup",
             f"{SETTINGS['heartbeat']}s", "--duration", "24h"], env=daemon.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        common.STARTED.append(self.process)


def lease(daemon, token, count):
    """Leases something of one or two nodes, so often; gives the ids."""
    ids, refused, lock = [], [], threading.Lock()

    def work(number):
        client = Client([daemon], number)
        for turn in range(number, count, 8):
            body = {"resources": {"cpuMillicores": "20", "memoryBytes": str(16 << 20)}, "nodes": 1 + turn % 2, "ttlSeconds": 3600,
                    "requestId": f"lease-{time.time_ns()}-{turn}", "strategy": "PLACEMENT_STRATEGY_SPREAD"}
            status, answer = client.insist("POST", "/v1/allocations", token, body)
            if status != 200:
                return refused.append(f"a lease was refused: {status} {answer}")
            with lock:
                ids.append(answer["id"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        sys.exit(refused[0])
    return ids


def events(path):
    for line in path.read_text().splitlines():
        if line.endswith("}") and "event" in (read := json.loads(line)):
            yield parse_time(read["at"]), read["event"]


def run(arguments, folder):
    """Kills some nodes at once, and looks when each requester heard of a new route for what it had there."""
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    settings = {f"CPCD_REGISTRY__{name.upper()}_SECONDS": str(value) for name, value in SETTINGS.items()}
    settings["CPCD_IDENTITY__ACCESS_TOKEN_SECONDS"] = "86400"
    if arguments.store:
        settings["CPCD_STORE__URL"] = arguments.store
    daemon = common.Daemon(common.programs(), folder, environment=settings)
    daemon.run("key", "generate")
    daemon.run("--local", "user", "create", "holder", "--permission", "allocations=write", "--permission", "nodes=read")
    daemon.run("login")
    token = json.loads((folder / "cpcctl/sessions.json").read_text())["default"]["accessToken"]
    print(f"seed {seed}; {arguments.nodes} nodes live on, {arguments.dying} are killed in each of {arguments.rounds} rounds; "
          f"{arguments.allocations} allocations; settings {SETTINGS}", flush=True)
    Load(daemon, folder, "living", arguments.nodes)
    path, delays, never, moved_parts = folder / "watch.ndjson", [], 0, 0
    watch = subprocess.Popen([daemon.bin / "cpcctl", "allocation", "watch", "-o", "ndjson"], env=daemon.environment, stdout=open(path, "wb"),
                             stderr=open(folder / "watch.log", "wb"))
    common.STARTED.append(watch)
    common.wait_until("the watch begins", 30, lambda: path.read_text())
    held = []
    for number in range(arguments.rounds):
        dying = Load(daemon, folder, f"dying-{number}", arguments.dying)
        time.sleep(2)
        if not held:
            held = lease(daemon, token, arguments.allocations)
        else:
            # Something has to lie on those that die next.
            held += lease(daemon, token, arguments.allocations // 4)
        time.sleep(SETTINGS["heartbeat"] + 1 if number else SETTINGS["grace"])
        before = len(list(events(path)))
        dying.process.kill()
        killed = time.time()
        news = lambda: list(events(path))[before:]
        common.wait_until("somebody is called dead", 60, lambda: any(event["kind"] == "allocation.waiting" for _, event in news()))
        detected = time.time()
        # What was promised, and some more, to see those that are late.
        time.sleep(15)
        waiting = {}
        for at, event in news():
            id = event["subjectId"]
            if event["kind"] == "allocation.waiting":
                waiting.setdefault(id, parse_time(event["time"]))
            elif event["kind"] == "allocation.moved" and id in waiting and event.get("allocation", {}).get("state") == "ALLOCATION_STATE_ACTIVE":
                delays.append(at - waiting.pop(id))
        never += len(waiting)
        print(f"round {number + 1}: called dead {detected - killed:.1f} s after they were killed; {len(delays) - moved_parts} allocations moved, "
              f"{len(waiting)} did not", flush=True)
        moved_parts = len(delays)
    client = Client([daemon])
    offline = {node["id"] for node in json.loads(daemon.run("--local", "-o", "json", "node", "list", "--status", "offline"))}
    astray = [id for id in held
              if any(part.get("nodeId") in offline for part in client.insist("GET", f"/v1/allocations/{id}", token)[1]["allocation"]["parts"])]
    daemon.stop()
    if not delays:
        sys.exit("verdict: FAILED, nothing moved")
    p50, p95, p99, most = (value * 1000 for value in quantiles(delays))
    print(f"{len(delays)} moves; from the death's event to the requester's new route: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, "
          f"most {most:.0f} ms; never {never}; still on dead nodes {len(astray)}")
    if p99 > 5000 or never or astray:
        sys.exit("verdict: FAILED")
    print("verdict: each requester had its new route within 5 s")
