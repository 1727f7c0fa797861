"""How long after a revocation on one replica the others refuse the token, while the push is cut and restored in between."""

import os
import random
import sys
import time

from trials import common
from trials.cluster import Client, Cluster, claims, database, quantiles, through_proxy


def arguments(parser):
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--cuts", type=int, default=5, help="how often the way to Valkey is cut, each time for a tenth of the trials")
    parser.add_argument("--seed", type=int, default=1)


def run(arguments, folder):
    chance = random.Random(arguments.seed)
    valkey = os.environ.get("CPC_TEST_VALKEY_URL")
    proxy, cache = through_proxy(valkey) if valkey else (None, "")
    with database() as store:
        cluster = Cluster(common.programs(), folder, arguments.replicas, store, cache, settings={"CPCD_LOG__FILTER": "warn"})
        _, session = cluster.log_in("subject")
        token, refresh = session["accessToken"], session["refreshToken"]
        client = Client(cluster.daemons)
        delays = {"pushed": [], "push cut": []}
        period = max(1, arguments.count // (2 * max(1, arguments.cuts)))
        is_cut = False
        for number in range(arguments.count):
            if proxy and arguments.cuts and number % period == 0:
                is_cut = (number // period) % 2 == 1
                proxy.cut(is_cut)
            # The last round ended just after a replica asked the store: the next begins at any moment of its interval.
            time.sleep(chance.uniform(0, 0.5))
            here = chance.randrange(arguments.replicas)
            others = [at for at in range(arguments.replicas) if at != here]
            for at in others:
                status, answer = client.call("GET", "/v1/caller", token, at=at)
                if status != 200:
                    sys.exit(f"a replica refuses a good token: {answer}")
            status, answer = client.call("POST", "/v1/auth/revoke", token, {"tokenId": claims(token)["jti"]}, at=here)
            revoked = time.perf_counter()
            if status != 200:
                sys.exit(f"the token was not revoked: {answer}")
            while others:
                others = [at for at in others if client.call("GET", "/v1/caller", token, at=at)[0] == 200]
                if time.perf_counter() - revoked > 30:
                    sys.exit("verdict: FAILED, a revoked token is good for more than 30 s")
            delays["push cut" if is_cut or not proxy else "pushed"].append((time.perf_counter() - revoked) * 1000)
            status, answer = client.call("POST", "/v1/auth/refresh", None, {"refreshToken": refresh}, at=here)
            token, refresh = answer["tokens"]["accessToken"], answer["tokens"]["refreshToken"]
        proxy and proxy.cut(False)
        cluster.stop()
        proxy and proxy.remove()
    print(f"{arguments.count} revocations, {arguments.replicas} replicas, seed {arguments.seed}; from the answer on one until all others refuse the token")
    print("\n| | trials | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|---|")
    for what, values in delays.items():
        if values:
            print(f"| {what} | {len(values)} | " + " | ".join(f"{value:.0f}" for value in quantiles(values)) + " |")
    if max(sum(delays.values(), [])) > 1000:
        sys.exit("verdict: FAILED, more than a second")
    print("\nverdict: each within a second")
