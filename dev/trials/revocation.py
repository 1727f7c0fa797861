"""How long after a revocation on one daemon another on the same PostgreSQL takes the token."""

import base64
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time

from trials import common



def arguments(parser):
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)


def run(arguments, folder):
    """Revokes tokens one by one on one daemon, and asks another on the same store until it refuses them."""
    url = os.environ.get("CPC_TEST_POSTGRES_URL") or sys.exit("needs PostgreSQL: dev/servers run -- dev/trial revocation")
    bin = common.programs()
    os.environ["CPCD_SERVER__ROOT_KEY_FILE"] = str(folder / "root.key")
    for name in "ab":
        (folder / name).mkdir()
    store = ["--store-url", url]
    subprocess.run([bin / "cpcd", "--data-dir", folder / "a", *store, "init"], check=True, stdout=subprocess.DEVNULL)
    here = common.Daemon(bin, folder / "a", settings=store)
    there = common.Daemon(bin, folder / "b", settings=store)
    here.log_in()
    session = json.loads((folder / "a/cpcctl/sessions.json").read_text())["default"]
    token, refresh = session["accessToken"], session["refreshToken"]
    connections = {daemon: http.client.HTTPConnection(*daemon.rest.rsplit(":", 1)) for daemon in (here, there)}

    def call(daemon, method, path, token=None, body=None):
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        connections[daemon].request(method, path, json.dumps(body) if body else None, headers)
        answer = connections[daemon].getresponse()
        return answer.status, json.loads(answer.read())

    random.seed(arguments.seed)
    delays = []
    for _ in range(arguments.count):
        # The last round ended just after the replica asked the store: the next begins at any moment of its interval.
        time.sleep(random.uniform(0, 0.5))
        status, answer = call(there, "GET", "/v1/caller", token)
        if status != 200:
            sys.exit(f"the replica refuses a good token: {answer}")
        claims = token.split(".")[1]
        token_id = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["jti"]
        status, answer = call(here, "POST", "/v1/auth/revoke", token, {"tokenId": token_id})
        revoked = time.perf_counter()
        if status != 200:
            sys.exit(f"the token was not revoked: {answer}")
        while call(there, "GET", "/v1/caller", token)[0] == 200:
            if time.perf_counter() - revoked > 30:
                sys.exit("verdict: FAILED, a revoked token is good for more than 30 s")
        delays.append((time.perf_counter() - revoked) * 1000)
        _, answer = call(here, "POST", "/v1/auth/refresh", None, {"refreshToken": refresh})
        token, refresh = answer["tokens"]["accessToken"], answer["tokens"]["refreshToken"]
    here.stop()
    there.stop()
    quantiles = statistics.quantiles(delays, n=100)
    print(f"{len(delays)} revocations, seed {arguments.seed}; from the answer on one daemon until the other refuses the token: "
          f"p50 {quantiles[49]:.0f} ms, p99 {quantiles[98]:.0f} ms, max {max(delays):.0f} ms")
    if max(delays) > 1000:
        sys.exit("verdict: FAILED, more than a second")
    print("verdict: each within a second")
