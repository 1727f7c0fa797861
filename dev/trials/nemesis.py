"""Kills daemons, PostgreSQL and Valkey while everything is written that is promised to last: acknowledged and lost."""

import datetime
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid

from trials import bonds, common
from trials.cluster import Client, Cluster, Postgres, Valkey, claims
from trials.leases import broken


def arguments(parser):
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kills", type=int, default=50, help="of each: a daemon, PostgreSQL, Valkey")
    parser.add_argument("--nodes", type=int, default=20_000, help="registrations at most")
    parser.add_argument("--pause", type=float, default=2.0, help="longest time between two faults, in seconds")


class Writer(threading.Thread):
    """Writes one after the other and keeps what was acknowledged; an unclear end is asked again."""

    def __init__(self, cluster, number, stop):
        super().__init__(daemon=True)
        self.client, self.stop_event, self.cluster = Client(cluster.daemons, number), stop, cluster
        self.acknowledged, self.faults = [], []

    def run(self):
        while not self.stop_event.is_set():
            self.step()


class Publisher(Writer):
    def __init__(self, cluster, number, stop, session):
        super().__init__(cluster, number, stop)
        self.session = session

    def step(self):
        request = str(uuid.uuid4())
        body = {"title": f"entry {request}", "requestId": request, "visibility": "VISIBILITY_PUBLIC"}
        status, answer = self.client.insist("POST", "/v1/content", self.session["accessToken"], body)
        if status == 200:
            self.acknowledged.append((request, answer["content"]["id"]))
        else:
            self.faults.append((status, answer.get("reason")))


class Permitter(Writer):
    """Changes the rules of a user of its own again and again; the last one acknowledged must stand."""

    def __init__(self, cluster, number, stop, admin, user):
        super().__init__(cluster, number, stop)
        self.admin, self.user, self.count = admin, user, 0

    def step(self):
        self.count += 1
        scope = {"labels": {"turn": str(self.count)}}
        body = {"permissions": [{"resource": "RESOURCE_NODES", "level": "LEVEL_READ", "scope": scope}]}
        status, answer = self.client.insist("PUT", f"/v1/users/{self.user}/permissions", self.admin["accessToken"], body)
        if status == 200:
            self.acknowledged.append(self.count)
        else:
            self.faults.append((status, answer.get("reason")))


class Renewer(Writer):
    """Renews a session, each token with the one before; and ends the access tokens that it leaves behind."""

    def __init__(self, cluster, number, stop, session):
        super().__init__(cluster, number, stop)
        self.token, self.refresh, self.revoked = session["accessToken"], session["refreshToken"], []

    def step(self):
        # An honest retry is one within ten seconds of the first attempt's success; a longer outage is not the session's fault.
        status, answer = self.client.insist("POST", "/v1/auth/refresh", None, {"refreshToken": self.refresh})
        if status != 200:
            self.faults.append((status, answer.get("reason")))
            self.stop_event.wait(1)
            return
        before, self.token = self.token, answer["tokens"]["accessToken"]
        self.refresh = answer["tokens"]["refreshToken"]
        self.acknowledged.append(self.refresh)
        status, answer = self.client.insist("POST", "/v1/auth/revoke", before, {"tokenId": claims(before)["jti"]})
        if status == 200:
            self.revoked.append(before)
        else:
            self.faults.append((status, answer.get("reason")))


class Leaser(Writer):
    """Leases, renews and gives back; what it does not give back must still be there."""

    def __init__(self, cluster, number, stop, admin):
        super().__init__(cluster, number, stop)
        self.token, self.chance = admin["accessToken"], random.Random(number)
        self.held, self.released, self.renewed, self.renewals = [], [], {}, 0

    def step(self):
        request = str(uuid.uuid4())
        body = {"resources": {"cpuMillicores": "1", "memoryBytes": "1048576"}, "nodes": 1 + len(self.held) % 3, "ttlSeconds": 3600,
                "requestId": request, "wait": True}
        answer = self.ask("/v1/allocations", body)
        if not answer:
            self.stop_event.wait(0.2)
            return
        self.acknowledged.append((request, answer["id"], len(answer.get("parts", []))))
        self.held.append(answer["id"])
        id = self.held[self.chance.randrange(len(self.held))]
        if answer := self.ask(f"/v1/allocations/{id}/renew", {}):
            self.renewed[id] = answer["allocation"]["deadline"]
            self.renewals += 1
        if len(self.held) > 5 and self.ask(f"/v1/allocations/{self.held[0]}/release", {}):
            self.released.append(self.held.pop(0))

    def ask(self, path, body):
        status, answer = self.client.insist("POST", path, self.token, body)
        if status == 200:
            return answer
        self.faults.append((status, answer.get("reason")))
        return None


def lost_leases(leasers, postgres):
    """Gives which grants, renewals and returns that were acknowledged are not in the store, and what is doubled."""
    stored = {row[0]: row[1:] for row in postgres.query(
        "SELECT a.id, a.request_id, a.state, extract(epoch FROM a.deadline), count(p.number) FROM allocations a "
        "LEFT JOIN allocation_parts p ON p.allocation_id = a.id GROUP BY a.id")}
    lost = {"allocations": [], "renewals of allocations": [], "releases": []}
    for leaser in leasers:
        released = set(leaser.released)
        for request, id, parts in leaser.acknowledged:
            row = stored.get(id)
            if row is None or row[0] != request:
                lost["allocations"].append(id)
            elif id in released:
                if row[1] != "released":
                    lost["releases"].append(id)
            # One whose return was never acknowledged may have been given back all the same.
            elif row[1] not in ("active", "pending") and id in leaser.held[1:] or row[1] in ("active", "pending") and int(row[3]) != parts:
                lost["allocations"].append(id)
        for id, deadline in leaser.renewed.items():
            said = datetime.datetime.fromisoformat(deadline.replace("Z", "+00:00")).timestamp()
            if id in stored and float(stored[id][2]) + 0.001 < said:
                lost["renewals of allocations"].append(id)
    requests = [row[0] for row in stored.values() if row[0]]
    return lost, len(requests) - len(set(requests))


def run(arguments, folder):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    bin = common.programs()
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    search = os.environ.get("CPC_TEST_OPENSEARCH_URL", "")
    cluster = Cluster(bin, folder, 3, postgres.url, valkey.url, search, settings={"CPCD_IDENTITY__ACCESS_TOKEN_SECONDS": "86400"})
    _, admin = cluster.log_in("admin", ["users=admin", "nodes=admin", "content=admin", "allocations=admin"])
    users = [cluster.log_in(f"user{number}") for number in range(14)]
    stop = threading.Event()
    publishers = [Publisher(cluster, number, stop, users[number][1]) for number in range(2)]
    permitters = [Permitter(cluster, number, stop, admin, users[number][0]) for number in (2, 3)]
    renewers = [Renewer(cluster, number, stop, users[number][1]) for number in (4, 5)]
    leasers = [Leaser(cluster, number, stop, admin) for number in (6, 7)]
    befrienders = [bonds.Befriender(cluster, number, stop, users[number], users[number + 1]) for number in (6, 8)]
    granters = [bonds.Granter(cluster, number, stop, users[number], users[number + 1]) for number in (10, 12)]
    writers = (*publishers, *permitters, *renewers, *leasers, *befrienders, *granters)
    for writer in writers:
        writer.start()
    record = folder / "registered.txt"
    to = [word for daemon in cluster.daemons for word in ("--to", f"http://{daemon.grpc}")]
    register = subprocess.Popen([bin / "cpcctl", "-o", "json", "--timeout", "20s", "bench", "register", *to, "--at-once", "48", "--count",
                                 str(arguments.nodes), "--failures", "1000000", "--record", record], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, env=cluster.daemons[0].environment)
    common.STARTED.append(register)
    kills = {"cpcd": 0, "postgres": 0, "valkey": 0}
    targets = [what for what in kills for _ in range(arguments.kills)]
    chance.shuffle(targets)
    begin = time.monotonic()
    for what in targets:
        print(f"{time.monotonic() - begin:.1f} s: {what}", file=sys.stderr, flush=True)
        time.sleep(chance.uniform(0.1, arguments.pause))
        number, away = chance.randrange(3), chance.uniform(0, 1.5)
        kills[what] += 1
        if what == "cpcd":
            cluster.daemons[number].process.kill()
            cluster.daemons[number].process.wait()
            time.sleep(away)
            cluster.start(number)
        else:
            server = postgres if what == "postgres" else valkey
            server.kill()
            time.sleep(away)
            server.start()
    time.sleep(2)
    stop.set()
    register.terminate()
    register.wait()
    for writer in writers:
        writer.join(60)
    seconds = time.monotonic() - begin

    client = Client(cluster.daemons)
    common.wait_until("the daemons answer again", 60, lambda: all(client.call("GET", "/v1/content", admin["accessToken"], at=at)[0] == 200 for at in range(3)))
    lost = {}
    registered = record.read_text().split()
    stored = {row[0] for row in postgres.query("SELECT id FROM nodes")}
    lost["registrations"] = [id for id in registered if id not in stored]
    published = [pair for writer in publishers for pair in writer.acknowledged]
    contents = postgres.query("SELECT request_id, id FROM content")
    known = dict(contents)
    lost["publishes"] = [request for request, id in published if known.get(request) != id]
    doubled = len(contents) - len(known)
    permitted = [count for writer in permitters for count in writer.acknowledged]
    lost["permission changes"] = []
    for writer in permitters:
        (rules,), = postgres.query(f"SELECT permissions FROM users WHERE id = '{writer.user}'")
        stands = int(json.loads(rules)["rules"][0]["scope"]["label"]["turn"])
        lost["permission changes"] += [count for count in writer.acknowledged[-1:] if stands < count]
    revoked = [token for writer in renewers for token in writer.revoked]
    lost["revocations"] = [token for token in revoked for at in range(3) if client.call("GET", "/v1/caller", token, at=at)[0] != 401]
    renewed = [token for writer in renewers for token in writer.acknowledged]
    lost["renewals"] = []
    for writer in renewers:
        status, answer = client.insist("POST", "/v1/auth/refresh", None, {"refreshToken": writer.refresh})
        if status != 200:
            lost["renewals"].append(answer.get("reason"))
    lost_by_lease, doubled_leases = lost_leases(leasers, postgres)
    lost, doubled = lost | lost_by_lease, doubled + doubled_leases
    lost |= {"friend edges": bonds.lost(befrienders, postgres.query), "grants": bonds.lost(granters, postgres.query)}
    torn = broken(postgres.query) + bonds.one_sided(postgres.query)
    counts = {"registrations": len(registered), "publishes": len(published), "permission changes": len(permitted),
              "renewals": len(renewed), "revocations": len(revoked),
              "allocations": sum(len(leaser.acknowledged) for leaser in leasers),
              "renewals of allocations": sum(leaser.renewals for leaser in leasers),
              "releases": sum(len(leaser.released) for leaser in leasers),
              "friend edges": sum(len(bond.acknowledged) for bond in befrienders),
              "grants": sum(len(bond.acknowledged) for bond in granters)}
    faults = [fault for writer in writers for fault in writer.faults]
    print(f"seed {seed}: killed {json.dumps(kills)} in {seconds:.0f} s, three replicas")
    for what, count in counts.items():
        print(f"  {what}: {count} acknowledged, {len(lost[what])} lost")
    print(f"  all: {sum(counts.values())} acknowledged, {sum(map(len, lost.values()))} lost, {doubled} doubled, {len(torn)} that do not add up; "
          f"refused after waiting: {json.dumps(faults[:10])} ({len(faults)})")
    cluster.stop()
    valkey.stop()
    postgres.stop()
    if doubled or torn or any(lost.values()):
        print(json.dumps({what: some[:5] for what, some in lost.items()} | {"torn": torn[:5]}), file=sys.stderr)
        sys.exit("verdict: FAILED")
    print("verdict: nothing acknowledged is lost, nothing is doubled")
