"""What three replicas do while one is paused, all are away, a clock lies, and PostgreSQL is cut off, frozen or slow."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import uuid

from trials import common
from trials.cluster import Client, Cluster, Postgres, Valkey, through_proxy

PARTS = ["pause", "away", "clock", "cut", "frozen", "slow"]


def arguments(parser):
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)} [default: all]")
    parser.add_argument("--nodes", type=int, default=9_999, help="nodes with heartbeats, a third of them at each replica")
    parser.add_argument("--pause", type=int, default=90, help="seconds that one replica is stopped")
    parser.add_argument("--away", type=int, default=600, help="seconds without any replica")
    parser.add_argument("--clock", default="+1h", help="what one replica's clock is wrong by")
    parser.add_argument("--outage", type=int, default=60, help="seconds without PostgreSQL")


class Beats:
    """Heartbeats of a third of the nodes at each replica, each when it is told; they outlive an absence."""

    WARM_UP = 35

    def __init__(self, cluster, nodes, seconds):
        self.running = []
        for number, daemon in enumerate(cluster.daemons):
            connections = max(1, nodes // 3 // 50)
            command = [cluster.bin / "cpcctl", "--local", "-o", "json", "--timeout", "20s", "bench", "heartbeat", "--nodes", nodes // 3,
                       "--to", f"http://{daemon.grpc}", "--agents-file", cluster.folder / f"agents-{number}", "--paced",
                       "--connections", connections, "--streams-per-connection", nodes // 3 // connections + 1,
                       "--warmup", f"{self.WARM_UP}s", "--duration", f"{seconds}s"]
            self.running.append(subprocess.Popen(list(map(str, command)), env=daemon.environment, stdout=subprocess.PIPE,
                                                 stderr=subprocess.PIPE, text=True))
        common.STARTED.extend(self.running)
        deadline = time.monotonic() + 300
        files = [cluster.folder / f"agents-{number}" for number in range(3)]
        while not all(file.exists() for file in files) and time.monotonic() < deadline:
            time.sleep(0.5)

    def end(self):
        """Gives how many heartbeats were answered, and the errors by reason."""
        answers, errors = 0, {}
        for beats in self.running:
            out, err = beats.communicate(timeout=600)
            if not out:
                sys.exit(f"cpcctl bench: {err}")
            report = json.loads(out)
            answers += int(report["answers"])
            for reason, count in report["errors"].items():
                errors[reason] = errors.get(reason, 0) + int(count)
        return answers, errors


class Durable(threading.Thread):
    """Publishes again and again at each replica in turn; keeps when each call began, how long it took and how it ended."""

    def __init__(self, cluster, token):
        super().__init__(daemon=True)
        self.client, self.token, self.ended, self.calls = Client(cluster.daemons), token, threading.Event(), []
        self.start()

    def run(self):
        while not self.ended.wait(0.05):
            begun = time.monotonic()
            body = {"title": f"entry {uuid.uuid4()}", "requestId": str(uuid.uuid4())}
            status, answer = self.client.call("POST", "/v1/content", self.token, body)
            self.calls.append((begun, time.monotonic() - begun, status, answer.get("reason")))

    def end(self):
        self.ended.set()
        self.join(30)
        return self.calls


class Changes:
    """Counts what nodes are called from here on."""

    def __init__(self, postgres):
        self.postgres, self.before = postgres, self.now(postgres)

    @staticmethod
    def now(postgres):
        rows = postgres.query("SELECT coalesce(payload->>'status', kind), count(*) FROM events WHERE kind = 'node.status' GROUP BY 1")
        return {row[0]: int(row[1]) for row in rows}

    def since(self):
        now = self.now(self.postgres)
        return {status: count - self.before.get(status, 0) for status, count in now.items() if count != self.before.get(status, 0)}


class Trial:
    """The replicas, what is behind them, and what was not as promised."""

    def __init__(self, arguments, folder):
        self.arguments, self.faults = arguments, []
        self.postgres, self.valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
        self.proxy, way = through_proxy(self.postgres.url)
        self.cluster = Cluster(common.programs(), folder, 3, way, self.valkey.url, settings={"CPCD_IDENTITY__ACCESS_TOKEN_SECONDS": "86400"})
        _, session = self.cluster.log_in("trial", ["nodes=admin", "content=write"])
        self.token = session["accessToken"]

    def expect(self, is_so, what):
        if not is_so:
            self.faults.append(what)
            print(f"  NOT AS PROMISED: {what}")

    def no_change(self, what, seconds, fault):
        """Does something to heartbeating replicas; nobody may be called anything else for it."""
        beats = Beats(self.cluster, self.arguments.nodes, seconds)
        time.sleep(Beats.WARM_UP)
        changes = Changes(self.postgres)
        fault()
        answers, errors = beats.end()
        came = changes.since()
        print(f"{what}: {answers} heartbeats answered, errors {json.dumps(errors)}; changes of status {json.dumps(came)}", flush=True)
        self.expect(not came, f"{what}: changes of status {came}")

    def pause(self):
        first, seconds = self.cluster.daemons[0].process, self.arguments.pause

        def fault():
            first.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            first.send_signal(signal.SIGCONT)

        self.no_change(f"one of three replicas stopped for {seconds} s", seconds + 120, fault)

    def away(self):
        seconds = self.arguments.away

        def fault():
            for daemon in self.cluster.daemons:
                daemon.stop(signal.SIGKILL)
            time.sleep(seconds)
            for number in range(3):
                self.cluster.start(number)

        self.no_change(f"all replicas killed and away for {seconds} s", seconds + 200, fault)

    def clock(self):
        library = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
        if library is None:
            sys.exit("needs libfaketime")
        true = dict(self.cluster.environment)

        def fault():
            self.cluster.daemons[1].stop()
            self.cluster.environment |= {"LD_PRELOAD": str(library), "FAKETIME": self.arguments.clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            self.cluster.start(1)
            self.cluster.environment = dict(true)
            time.sleep(150)
            self.cluster.daemons[1].stop()
            self.cluster.start(1)

        self.no_change(f"one replica's clock wrong by {self.arguments.clock} for 150 s", 240, fault)

    def outage(self, what, begin, end):
        """Takes PostgreSQL away for a while: heartbeats go on, what must last is refused at once, and all is well soon after."""
        seconds = self.arguments.outage
        beats = Beats(self.cluster, self.arguments.nodes, seconds + 40)
        time.sleep(Beats.WARM_UP)
        changes, durable = Changes(self.postgres), Durable(self.cluster, self.token)
        time.sleep(3)
        began = time.monotonic()
        begin()
        time.sleep(seconds)
        ended = time.monotonic()
        end()
        time.sleep(15)
        calls = durable.end()
        answers, errors = beats.end()
        came = changes.since()
        failed = [call for call in calls if call[2] != 200]
        during = [call for call in failed if began <= call[0] < ended]
        late = [call[0] + call[1] - ended for call in failed if call[0] + call[1] > ended]
        reasons = {}
        for call in failed:
            reasons[f"{call[2]} {call[3]}"] = reasons.get(f"{call[2]} {call[3]}", 0) + 1
        slowest = max((call[1] for call in during), default=0.0)
        share = answers / max(1, answers + sum(errors.values())) * 100
        recovered = max(late, default=0.0)
        print(f"{what} for {seconds} s: {answers} heartbeats answered, errors {json.dumps(errors)} = {share:.3f} %; durable calls refused "
              f"{json.dumps(reasons)}, the slowest after {slowest:.2f} s; the last refusal {recovered:.2f} s after its return; "
              f"changes of status {json.dumps(came)}", flush=True)
        self.expect(share >= 99.9, f"{what}: {share:.3f} % of the heartbeats")
        self.expect(during and slowest <= 1.1, f"{what}: a refusal took {slowest:.2f} s")
        self.expect(recovered <= 5, f"{what}: refused {recovered:.2f} s after its return")
        self.expect(not came, f"{what}: changes of status {came}")

    def cut(self):
        self.outage("PostgreSQL cut off", lambda: self.proxy.cut(True), lambda: self.proxy.cut(False))

    def frozen(self):
        def each(sign):
            pid = (self.postgres.folder / "data/postmaster.pid").read_text().splitlines()[0]
            children = subprocess.run(["pgrep", "-P", pid], capture_output=True, text=True).stdout.split()
            for process in [pid, *children]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(process), sign)

        self.outage("PostgreSQL frozen (SIGSTOP)", lambda: each(signal.SIGSTOP), lambda: each(signal.SIGCONT))

    def slow(self):
        """Puts five seconds before each answer of PostgreSQL: a call of 200 ms ends on time, and leaves no statement behind."""
        daemon = self.cluster.daemons[0]
        self.proxy.ask("POST", f"/proxies/{self.proxy.name}/toxics", {"name": "slow", "type": "latency", "attributes": {"latency": 5000}})
        took, reasons = [], {}
        for _ in range(20):
            begun = time.monotonic()
            done = subprocess.run([self.cluster.bin / "cpcctl", "--timeout", "200ms", "-o", "json", "content", "ls"], env=daemon.environment,
                                  capture_output=True, text=True)
            took.append((time.monotonic() - begun) * 1000)
            reason = json.loads(done.stderr)["reason"] if done.returncode else "answered"
            reasons[reason] = reasons.get(reason, 0) + 1
        time.sleep(1)
        left = self.postgres.query("SELECT query FROM pg_stat_activity WHERE application_name = 'cpcd' AND state = 'active' "
                                   "AND query LIKE '%FROM content%' AND query NOT LIKE '%index_marks%'")
        self.proxy.ask("DELETE", f"/proxies/{self.proxy.name}/toxics/slow")
        print(f"PostgreSQL five seconds slow, 20 calls with a deadline of 200 ms: {json.dumps(reasons)}, the slowest after {max(took):.0f} ms "
              f"(starting cpcctl included); statements that still run a second later: {len(left)}", flush=True)
        self.expect(max(took) <= 300 and "answered" not in reasons, f"a call of 200 ms took {max(took):.0f} ms: {reasons}")
        self.expect(not left, f"statements still run: {left}")


def run(arguments, folder):
    trial = Trial(arguments, folder)
    for part in arguments.parts.split(","):
        getattr(trial, part)()
    trial.cluster.stop()
    trial.proxy.remove()
    if trial.faults:
        sys.exit(f"verdict: FAILED, {len(trial.faults)} not as promised")
    print("verdict: all as promised")
