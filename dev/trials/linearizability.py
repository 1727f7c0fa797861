"""Many callers ask for more than there is while replicas are killed and connections are cut: is what they saw linearizable?"""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

from trials import common
from trials.cluster import Client, Cluster, Postgres, Toxiproxy, Valkey, through_proxy
from trials.leases import broken

SETTINGS = {"heartbeat": 2, "degraded": 4, "offline": 8, "grace": 10, "damping": 1}
MUTATIONS = ["double-grant", "lost-release", "other-answer", "revived", "two-holders"]
HERE = common.ROOT / "dev/trials/porcupine"


def arguments(parser):
    parser.add_argument("--seed", type=int)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--nodes", type=int, default=5, help="nodes, each with 4 cores and 8 GiB")
    parser.add_argument("--seconds", type=float, default=60, help="how long is asked while things are killed")
    parser.add_argument("--kills", type=int, default=10, help="of replicas, with kill -9")
    parser.add_argument("--cuts", type=int, default=10, help="of callers from a replica, and as many of the replicas from the store")
    parser.add_argument("--silences", type=int, default=3, help="of nodes, to see what moves")
    parser.add_argument("--silent-seconds", type=float, default=30, help="how long a node is silent")
    parser.add_argument("--ttl", type=int, default=10, help="seconds that an allocation lasts where nodes fall silent")
    parser.add_argument("--keep", help="a folder for the histories")


def disturb(chance, arguments, cluster, ways, store_way, done):
    """Kills and cuts at random moments, spread over the time."""
    faults = ["kill"] * arguments.kills + ["cut-callers"] * arguments.cuts + ["cut-store"] * arguments.cuts
    chance.shuffle(faults)
    counts = {"kill": 0, "cut-callers": 0, "cut-store": 0}
    pause = arguments.seconds / (len(faults) + 1)
    for fault in faults:
        if done.wait(chance.uniform(0.3, 1) * pause):
            break
        number, away = chance.randrange(len(cluster.daemons)), chance.uniform(0.05, 0.8)
        print(f"{fault} {number}", file=sys.stderr, flush=True)
        counts[fault] += 1
        if fault == "kill":
            cluster.daemons[number].process.kill()
            cluster.daemons[number].process.wait()
            time.sleep(away)
            cluster.start(number)
            continue
        way = ways[number] if fault == "cut-callers" else store_way
        way.cut(True)
        time.sleep(away)
        way.cut(False)
    return counts


def build(folder):
    program = folder / "porcupine"
    subprocess.run(["go", "build", "-o", program, "."], cwd=HERE, check=True)
    return program


def run(arguments, folder):
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 31)
    chance = random.Random(seed)
    bin, program = common.programs(), build(folder)
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    store_way, store = through_proxy(postgres.url)
    cache_way, cache = through_proxy(valkey.url)
    settings = {f"CPCD_REGISTRY__{name.upper()}_SECONDS": str(value) for name, value in SETTINGS.items()}
    settings |= {"CPCD_IDENTITY__ACCESS_TOKEN_SECONDS": "86400", "CPCD_REGISTRY__ALLOCATIONS__MIN_TTL_SECONDS": "1"}
    cluster = Cluster(bin, folder, 3, store, cache, settings=settings)
    _, session = cluster.log_in("admin", ["allocations=admin", "nodes=admin", "users=admin"])
    first, agents = cluster.daemons[0], folder / "agents"
    first.run("--local", "bench", "heartbeat", "--to", f"http://{first.grpc}", "--agents-file", str(agents), "--nodes", str(arguments.nodes),
              "--duration", "100ms", "--warmup", "1ms")
    ways = [Toxiproxy(daemon.rest) for daemon in cluster.daemons]
    environment = os.environ | {"CPC_TRIAL_TOKEN": session["accessToken"]}
    print(f"seed {seed}; {arguments.clients} callers, {arguments.nodes} nodes with 4 cores each, three replicas, for {arguments.seconds:g} s",
          flush=True)

    def load(name, *more):
        path = folder / f"{name}.json"
        command = [program, "load", "--targets", ",".join(f"http://127.0.0.1:{way.port}" for way in ways), "--direct",
                   ",".join(f"http://{daemon.rest}" for daemon in cluster.daemons), "--agents", agents, "--out", path, "--seed", str(seed), *more]
        return path, subprocess.Popen([str(word) for word in command], env=environment, stdout=subprocess.PIPE, text=True)

    def check(path, *more):
        return subprocess.run([program, "check", "--history", path, *more], capture_output=True, text=True)

    faults = []
    path, process = load("killed", "--clients", str(arguments.clients), "--seconds", str(arguments.seconds))
    common.STARTED.append(process)
    done = threading.Event()
    result = {}
    disturber = threading.Thread(target=lambda: result.update(disturb(chance, arguments, cluster, ways, store_way, done)), daemon=True)
    disturber.start()
    out, _ = process.communicate()
    done.set()
    disturber.join(60)
    print(f"put through {json.dumps(result)}\n{out.strip()}", flush=True)
    if process.returncode:
        sys.exit("verdict: FAILED, the load did not end well")
    if arguments.keep:
        shutil.copy(path, arguments.keep)
    moved = int(postgres.query("SELECT count(*) FROM events WHERE kind LIKE 'allocation.moved%' OR kind LIKE 'allocation.waiting%'")[0][0])
    if moved:
        faults.append(f"{moved} parts were moved although each node was heard all the time")
    verdict = check(path)
    print(f"porcupine: {verdict.stdout.strip()}", flush=True)
    if verdict.returncode:
        faults.append("the history is not linearizable")
    history = json.loads(path.read_text())
    faults += against_store(history, postgres)
    for mutation in MUTATIONS:
        mutated = check(path, "--mutate", mutation, "--seed", str(seed))
        last = (mutated.stdout.strip().splitlines() or [mutated.stderr.strip()])[-1]
        print(f"  broken on purpose ({mutation}): {'rejected' if mutated.returncode else 'ACCEPTED'}: {last}", flush=True)
        if not mutated.returncode or "not linearizable:" not in mutated.stdout:
            faults.append(f"the checker did not reject {mutation}")

    if arguments.silences:
        client = Client(cluster.daemons)
        for (id,) in postgres.query("SELECT id FROM allocations WHERE ended_at IS NULL"):
            client.insist("POST", f"/v1/allocations/{id}/release", session["accessToken"], {})
        seconds = arguments.silences * (arguments.silent_seconds + 2) + 5
        path, process = load("silent", "--clients", "8", "--seconds", str(seconds), "--silences", str(arguments.silences), "--silent",
                             str(arguments.silent_seconds), "--long-ttl", str(arguments.ttl), "--hold", "2")
        common.STARTED.append(process)
        out, _ = process.communicate()
        print(f"nodes silent {arguments.silences} times for {arguments.silent_seconds:g} s, leases of {arguments.ttl} s\n{out.strip()}", flush=True)
        verdict = check(path, "--holds-only")
        if arguments.keep:
            shutil.copy(path, arguments.keep)
        moved = postgres.query("SELECT count(*) FROM events WHERE kind = 'allocation.moved'")[0][0]
        print(f"  moved {moved} times; {verdict.stdout.strip()}", flush=True)
        if verdict.returncode or not int(moved):
            faults.append("an exclusive part had two holders" if verdict.returncode else "nothing was moved")
        faults += broken(postgres.query)
    for way in (*ways, store_way, cache_way):
        way.remove()
    cluster.stop()
    valkey.stop()
    postgres.stop()
    if faults:
        print("\n".join(faults[:20]), file=sys.stderr)
        sys.exit(f"verdict: FAILED (seed {seed})")
    print(f"verdict: linearizable, never above capacity, nothing lost or doubled, no two holders (seed {seed})")


def against_store(history, postgres):
    """Compares what callers were told with what is in the store, and the store with itself."""
    faults = broken(postgres.query)
    states = dict(postgres.query("SELECT id, state FROM allocations"))
    on = {}
    for id, node in postgres.query("SELECT allocation_id, node_id FROM allocation_parts WHERE node_id IS NOT NULL"):
        on.setdefault(id, set()).add(node)
    granted, over, names, maybe = {}, {}, {}, set()
    for op in history["ops"]:
        if op["kind"] == "request" and op["outcome"] in ("granted", "ended"):
            granted[op["id"]] = op
            names.setdefault(op["requestId"], set()).add(op["id"])
        elif op["kind"] == "request" and op["outcome"] == "unclear":
            maybe.add(op["requestId"])
        elif op["kind"] == "release":
            over[op["id"]] = "released" if op["outcome"] == "granted" else "unclear"
        elif op["outcome"] == "ended":
            over.setdefault(op["id"], "over")
    lost = [id for id in granted if id not in states]
    doubled = [name for name, ids in names.items() if len(ids) > 1]
    revived = [id for id, how in over.items() if how == "released" and states.get(id) not in ("released", "expired")]
    gone = [id for id, op in granted.items() if id not in over and not op.get("ttl") and states.get(id) not in ("active", "pending")]
    elsewhere = [id for id, op in granted.items() if states.get(id) == "active" and id in on and set(op["nodes"]) != on[id]]
    unknown = [id for id, name in postgres.query("SELECT id, request_id FROM allocations") if id not in granted and name not in maybe]
    most = postgres.query("SELECT max(granted_cpu), sum(granted_cpu) FROM nodes")[0]
    print(f"  store: {len(states)} allocations, {len(granted)} acknowledged; lost {len(lost)}, doubled {len(doubled)}, given back and live again "
          f"{len(revived)}, gone by themselves {len(gone)}, on other nodes {len(elsewhere)}, that nobody was told of {len(unknown)}; granted "
          f"at the end at most {most[0]} of 4000 millicores of a node", flush=True)
    for what, ids in (("lost", lost), ("doubled", doubled), ("revived", revived), ("gone", gone), ("elsewhere", elsewhere), ("unknown", unknown)):
        if ids:
            faults.append(f"{what}: {ids[:3]}")
    refusals = {}
    for op in history["ops"]:
        if op["outcome"] == "refused":
            refusals[op["reason"]] = refusals.get(op["reason"], 0) + 1
    print(f"  refused: {json.dumps(refusals)}", flush=True)
    return faults
