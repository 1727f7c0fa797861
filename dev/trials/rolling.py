"""Restarts three replicas in turn under load: calls that fail with one retry, latencies, memory. An hour of it is the soak.

With --rotate the key that signs tokens is changed in place of that, while sessions are renewed.
"""

import json
import random
import signal
import subprocess
import sys
import threading
import time
import uuid

from trials import common
from trials.cluster import Client, Cluster, database, header, needed, quantiles


def arguments(parser):
    parser.add_argument("--seed", type=int)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--calm", type=float, default=0.3, help="share of the time before the first restart")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--rate", type=float, default=15, help="calls a second of each thread")
    parser.add_argument("--nodes", type=int, default=3000, help="nodes with heartbeats")
    parser.add_argument("--rotate", action="store_true", help="change the key that signs tokens in place of restarting")


class Caller(threading.Thread):
    """Calls at a rate, each call at the next daemon; what fails for want of a daemon is tried once more, at another."""

    def __init__(self, cluster, number, session, rate, until, seed):
        super().__init__(daemon=True)
        self.client, self.session, self.rate, self.until = Client(cluster.daemons, number), session, rate, until
        self.chance, self.took, self.retried, self.failed = random.Random(seed), [], 0, []
        self.keys = set()

    def run(self):
        due = time.monotonic()
        while (now := time.monotonic()) < self.until:
            if now < due:
                time.sleep(due - now)
            # Open loop: what is late is late from the time that it was meant to begin.
            self.call(due)
            due += 1 / self.rate

    def call(self, meant):
        token = self.session["accessToken"]
        self.keys.add(header(token)["kid"])
        kind = self.chance.random()
        if kind < 0.3:
            call = ("POST", "/v1/content", token, {"title": f"entry {uuid.uuid4()}", "requestId": str(uuid.uuid4())})
        elif kind < 0.6:
            call = ("GET", "/search?q=entry&page_size=5", token, None)
        elif kind < 0.8:
            call = ("GET", "/v1/content?page_size=5", token, None)
        elif kind < 0.95:
            call = ("GET", "/v1/caller", token, None)
        else:
            call = ("POST", "/v1/auth/refresh", None, {"refreshToken": self.session["refreshToken"]})
        status, answer = self.client.call(*call)
        if status in (0, 503):
            self.retried += 1
            status, answer = self.client.call(*call)
        if status == 200 and call[1] == "/v1/auth/refresh":
            self.session = answer["tokens"]
        if status != 200:
            self.failed.append((round(meant, 1), call[0], call[1].split("?")[0], status, answer.get("reason")))
        self.took.append((meant, (time.monotonic() - meant) * 1000))


def run(arguments, folder):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    cache, search = needed("CPC_TEST_VALKEY_URL", "Valkey"), needed("CPC_TEST_OPENSEARCH_URL", "OpenSearch")
    with database() as store:
        settings = {"CPCD_IDENTITY__ACCESS_TOKEN_SECONDS": "86400"}
        cluster = Cluster(common.programs(), folder, 3, store, cache, search, settings)
        sessions = [cluster.log_in(f"caller-{number}")[1] for number in range(arguments.threads)]
        begin = time.monotonic()
        until = begin + arguments.minutes * 60
        to = f"http://{cluster.daemons[0].grpc}"
        beats = subprocess.Popen([cluster.bin / "cpcctl", "--local", "-o", "json", "--timeout", "20s", "bench", "heartbeat", "--to", to,
                                  "--nodes", str(arguments.nodes), "--paced", "--connections", "50", "--streams-per-connection",
                                  str(arguments.nodes // 50 + 1), "--warmup", "30s", "--duration", f"{arguments.minutes * 60:.0f}s"],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=cluster.daemons[0].environment, text=True)
        common.STARTED.append(beats)
        callers = [Caller(cluster, number, sessions[number], arguments.rate, until, seed + number) for number in range(arguments.threads)]
        for caller in callers:
            caller.start()
        calm = arguments.minutes * 60 * arguments.calm
        memory, restarts, next_restart, turn = [], [], begin + calm, 0
        gap = max(15.0, (until - next_restart - 10) / (3 * max(1, round(arguments.minutes / 20))))
        while time.monotonic() < until:
            time.sleep(min(5, max(0.1, until - time.monotonic())))
            now = time.monotonic()
            memory.append((now - begin, [daemon.memory()[0] for daemon in cluster.daemons]))
            if now >= next_restart and now < until - 12:
                which = turn % 3
                started = time.monotonic()
                if arguments.rotate:
                    cluster.daemons[which].run("--local", "token-key", "rotate")
                else:
                    cluster.daemons[which].stop(signal.SIGTERM)
                    cluster.start(which)
                restarts.append((started, time.monotonic()))
                turn, next_restart = turn + 1, next_restart + gap
        for caller in callers:
            caller.join(60)
        out, _ = beats.communicate(timeout=120)
        took = [one for caller in callers for one in caller.took]
        failed = [one for caller in callers for one in caller.failed]
        retried = sum(caller.retried for caller in callers)
        near = lambda meant: any(start - 1 <= meant <= end + 5 for start, end in restarts)
        print(f"seed {seed}: {len(took)} calls in {arguments.minutes} min at {arguments.rate * arguments.threads:.0f}/s over 3 replicas, "
              f"{len(restarts)} {'rotations' if arguments.rotate else 'restarts'} ({', '.join(f'{end - start:.1f} s' for start, end in restarts)})")
        if arguments.rotate:
            print(f"keys that signed the tokens of calls: {len(set().union(*(caller.keys for caller in callers)))}")
        print(f"failed after one retry: {len(failed)} {failed[:10]}; retried {retried}")
        print("\n| | calls | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|---|")
        for what, chosen in (("calm", [ms for meant, ms in took if not near(meant)]), ("within 5 s of a restart", [ms for meant, ms in took if near(meant)])):
            if chosen:
                print(f"| {what} | {len(chosen)} | " + " | ".join(f"{value:.1f}" for value in quantiles(chosen)) + " |")
        beat = json.loads(out) if out else {}
        print(f"\nheartbeats: {beat.get('answers')} answered, errors {json.dumps(beat.get('errors'))}")
        quarter = len(memory) // 4
        if quarter:
            early = [max(values) for _, values in memory[quarter:2 * quarter]]
            late = [max(values) for _, values in memory[3 * quarter:]]
            minutes = (memory[-1][0] - memory[quarter][0]) / 60 * 0.67
            slope = (sum(late) / len(late) / (sum(early) / len(early)) - 1) * 100 / max(minutes, 0.1) * 10
            print(f"memory of the largest replica: {sum(early) / len(early):.0f} MiB in the second quarter, {sum(late) / len(late):.0f} MiB in the "
                  f"last: {slope:+.1f} % in ten minutes (restarts begin it anew)")
        cluster.stop()
        if failed:
            sys.exit("verdict: FAILED")
        print("verdict: no call failed with one retry")
