"""How fast friends are asked, accepted and listed where there are many: p50 and p99 by engine, and whether all is whole afterwards."""

import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import random
import sqlite3
import sys
import time
import uuid

from trials import common
from trials.cluster import Client, Cluster, database, quantiles, query

NOW = "2026-01-01T00:00:00.000000Z"

# Friendships with one side, and users whose column says something else than the table.
AWRY = """SELECT (SELECT count(*) FROM friends f WHERE state = 'friend' AND NOT EXISTS (
    SELECT 1 FROM friends o WHERE o.user_id = f.other_id AND o.other_id = f.user_id AND o.state = 'friend'))
  + (SELECT count(*) FROM users u WHERE {length}(friends) <> (SELECT count(*) FROM friends f WHERE f.user_id = u.id AND f.state = 'friend'))"""


def arguments(parser):
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--friends", type=int, default=50, help="of each user; an even number")
    parser.add_argument("--count", type=int, default=2_000, help="calls of each kind")
    parser.add_argument("--acting", type=int, default=16, help="users who make the calls")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--engines", default="sqlite,postgres", help="postgres needs dev/servers")
    parser.add_argument("--seed", type=int, default=1)


def user_id(number):
    return uuid.UUID(hashlib.md5(f"u{number}".encode()).hexdigest())


def near(arguments):
    """Gives how far away in the ring the friends of each user are."""
    half = arguments.friends // 2
    return [step for step in range(-half, half + 1) if step]


def fill_postgres(url, arguments, acting, asking):
    count, half = arguments.users, arguments.friends // 2
    steps = f"generate_series(-{half}, {half}) AS step WHERE step <> 0"
    query(url, f"""INSERT INTO users (id, username, public_key, permissions, created_at, friends)
        SELECT md5('u' || i)::UUID, 'u' || i, decode(md5('k' || i) || md5('l' || i), 'hex'), '{{"rules": []}}', '{NOW}',
            ARRAY(SELECT md5('u' || ((i + step + {count}) % {count}))::UUID FROM {steps})
        FROM generate_series(0, {count - 1}) AS i""")
    query(url, f"""INSERT INTO friends SELECT md5('u' || i)::UUID, md5('u' || ((i + step + {count}) % {count}))::UUID, 'friend', '{NOW}'
        FROM generate_series(0, {count - 1}) AS i CROSS JOIN {steps}""")
    rows = [f"(md5('u{number}')::UUID, '{user}', 'requested', '{NOW}')" for user, number in asking]
    query(url, f"INSERT INTO friends VALUES {', '.join(rows)}")
    for user, friends in acting.items():
        rows = [f"('{user}', '{user_id(number)}', 'friend', '{NOW}'), ('{user_id(number)}', '{user}', 'friend', '{NOW}')" for number in friends]
        query(url, f"INSERT INTO friends VALUES {', '.join(rows)}")
        ids = ", ".join(f"'{user_id(number)}'" for number in friends)
        query(url, f"UPDATE users SET friends = ARRAY[{ids}]::UUID[] WHERE id = '{user}'")
        query(url, f"UPDATE users SET friends = array_append(friends, '{user}'::UUID) WHERE id IN ({ids})")
    query(url, "ANALYZE users; ANALYZE friends")


def fill_sqlite(path, arguments, acting, asking):
    count, steps = arguments.users, near(arguments)
    ids = [user_id(number) for number in range(count)]
    said = {number: [ids[(number + step) % count] for step in steps] for number in range(count)}
    for user, friends in acting.items():
        for number in friends:
            said[number].append(uuid.UUID(user))
    texts = lambda friends: json.dumps([str(friend) for friend in friends], separators=(",", ":"))
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA cache_size = -262144")
        store.executemany("INSERT INTO users (id, username, public_key, permissions, created_at, friends) VALUES (?, ?, ?, '{\"rules\":[]}', ?, ?)",
                          ((ids[number].bytes, f"u{number}", os.urandom(32), NOW, texts(said[number])) for number in range(count)))
        # In the order of the key, as they would lie after years.
        rows = sorted((ids[number].bytes, friend.bytes) for number in range(count) for friend in said[number])
        store.executemany(f"INSERT INTO friends VALUES (?, ?, 'friend', '{NOW}')", rows)
        store.executemany(f"INSERT INTO friends VALUES (?, ?, 'requested', '{NOW}')",
                          ((ids[number].bytes, uuid.UUID(user).bytes) for user, number in asking))
        for user, friends in acting.items():
            store.executemany(f"INSERT INTO friends VALUES (?, ?, 'friend', '{NOW}')",
                              ((uuid.UUID(user).bytes, ids[number].bytes) for number in friends))
            store.execute("UPDATE users SET friends = ? WHERE id = ?", (texts([ids[number] for number in friends]), uuid.UUID(user).bytes))
    store.close()


def measure(arguments, bin, folder, engine, chance):
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(database()) if engine == "postgres" else ""
        more = str(max(1000, arguments.count))
        settings = {"CPCD_LOG__FILTER": "warn", "CPCD_IDENTITY__FRIEND_REQUESTS": more, "CPCD_IDENTITY__FRIEND_REQUESTS_RECEIVED": more,
                    "CPCD_IDENTITY__ACCESS_TOKEN_SECONDS": "86400"}
        cluster = Cluster(bin, folder, 1, url, settings=settings)
        sessions = {}
        for number in range(arguments.acting):
            user, session = cluster.log_in(f"acting{number}")
            sessions[user] = session["accessToken"]
        users = list(sessions)
        cluster.daemons[0].stop()
        numbers = chance.sample(range(arguments.users), 2 * arguments.count + arguments.friends * arguments.acting)
        asked, asking, known = numbers[:arguments.count], numbers[arguments.count:2 * arguments.count], numbers[2 * arguments.count:]
        acting = {user: known[at * arguments.friends:(at + 1) * arguments.friends] for at, user in enumerate(users)}
        pairs = lambda numbers: [(users[at % len(users)], number) for at, number in enumerate(numbers)]
        asked, asking = pairs(asked), pairs(asking)
        began = time.monotonic()
        if engine == "postgres":
            fill_postgres(url, arguments, acting, asking)
        else:
            fill_sqlite(folder / "0" / "cpcd.sqlite", arguments, acting, asking)
        print(f"{engine}: {arguments.users} users with {arguments.friends} friends each, loaded in {time.monotonic() - began:.0f} s", flush=True)
        cluster.start(0)

        def work(calls):
            client, times = Client(cluster.daemons), []
            for method, path, token, body, state in calls:
                start = time.perf_counter()
                status, answer = client.call(method, path, token, body)
                times.append((time.perf_counter() - start) * 1000)
                if status != 200 or (state and answer.get("state") != state):
                    sys.exit(f"{method} {path} {body}: {status} {answer}")
            return times

        kinds = {
            "request": [("POST", "/v1/friends", sessions[user], {"request": {"id": str(user_id(number))}}, "FRIEND_STATE_OUTGOING")
                        for user, number in asked],
            "accept": [("POST", "/v1/friends", sessions[user], {"accept": {"id": str(user_id(number))}}, "FRIEND_STATE_FRIENDS")
                       for user, number in asking],
            "list": [("GET", "/v1/friends?page_size=50", sessions[user], None, None) for user, _ in pairs(range(arguments.count))],
        }
        found = {}
        with concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
            for kind, calls in kinds.items():
                parts = [calls[at::arguments.at_once] for at in range(arguments.at_once)]
                began = time.monotonic()
                times = sum(pool.map(work, parts), [])
                found[kind] = (*quantiles(times), len(times) / (time.monotonic() - began))
        cluster.stop()
        if engine == "postgres":
            awry = int(query(url, AWRY.format(length="cardinality"))[0][0])
        else:
            with contextlib.closing(sqlite3.connect(folder / "0" / "cpcd.sqlite")) as store:
                awry = store.execute(AWRY.format(length="json_array_length")).fetchone()[0]
    return found, awry


def run(arguments, folder):
    bin, chance = common.programs(), random.Random(arguments.seed)
    print(f"{arguments.count} calls of each kind over REST by {arguments.acting} users, {arguments.at_once} at once, seed {arguments.seed}; "
          f"load of this machine {os.getloadavg()[0]:.1f}", flush=True)
    rows, failed = [], []
    for engine in arguments.engines.split(","):
        found, awry = measure(arguments, bin, pathlib.Path(folder) / engine, engine, chance)
        rows += [(engine, kind, *figures) for kind, figures in found.items()]
        if awry:
            failed.append(f"{awry} friendships or users are not whole on {engine}")
    print("\n| engine | call | p50 ms | p95 ms | p99 ms | max ms | calls/s |\n|---|---|--:|--:|--:|--:|--:|")
    for engine, kind, *figures, rate in rows:
        print(f"| {engine} | {kind} | " + " | ".join(f"{figure:.2f}" for figure in figures) + f" | {rate:.0f} |")
    if failed:
        sys.exit("verdict: FAILED, " + "; ".join(failed))
    print("\nverdict: every friendship has two sides, and the column of users says what the table says")
