"""Ten times more searches and logins than the daemon takes, in an open loop: what is answered, what is refused and how, memory."""

import base64
import json
import os
import pathlib
import subprocess
import time

from trials import common

VEGETA = "github.com/tsenart/vegeta/v12@v12.12.0"


def arguments(parser):
    parser.add_argument("--entries", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--times", type=float, default=10, help="how many times what is taken at most")
    parser.add_argument("--most", type=int, default=30_000, help="calls a second that the generator tries at most")
    parser.add_argument("--vegeta", help=f"the program; without it {VEGETA} is built by Go")


def generator(given):
    """Gives the open-loop generator, built once into the cache."""
    if given:
        return pathlib.Path(given)
    folder = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "cpc-dev" / "vegeta-v12.12.0"
    if not (folder / "vegeta").exists():
        subprocess.run(["go", "install", VEGETA], check=True, env=os.environ | {"GOBIN": str(folder)})
    return folder / "vegeta"


class Attack:
    """One sort of call, again and again."""

    def __init__(self, program, folder, daemon, name, target):
        self.program, self.daemon, self.name = program, daemon, name
        self.targets = folder / f"{name}.json"
        self.targets.write_text(json.dumps(target) + "\n")

    def run(self, seconds, rate=None):
        """Gives the results, one for each call: status, headers, seconds; in a closed loop of 32 without a rate."""
        pace = [f"-rate={rate}/s", "-max-workers=4000"] if rate else ["-rate=0", "-max-workers=32"]
        attack = subprocess.Popen([self.program, "attack", "-format=json", f"-targets={self.targets}", f"-duration={seconds}s", "-timeout=10s",
                                   "-max-body=0", "-connections=512", *pace], stdout=subprocess.PIPE)
        encode = subprocess.Popen([self.program, "encode", "-to=json"], stdin=attack.stdout, stdout=subprocess.PIPE, text=True)
        common.STARTED.extend([attack, encode])
        results, memory, looked = [], 0, 0.0
        for line in encode.stdout:
            read = json.loads(line)
            results.append((read["code"], read.get("headers") or {}, read["latency"] / 1e6))
            if time.monotonic() - looked > 0.5:
                looked, memory = time.monotonic(), max(memory, self.daemon.memory()[0])
        return results, memory


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def run(arguments, folder):
    program = generator(arguments.vegeta)
    # The rates by caller and address are another trial's (floods): here what stands behind them is to hold by itself.
    settings = {f"CPCD_RATES__{cost}__{level}": "off" for cost in ("SEARCH", "LOGIN") for level in ("KEY", "NETWORK", "ALL")}
    daemon = common.Daemon(common.programs(), folder, environment=settings)
    daemon.log_in()
    entries = folder / "entries.ndjson"
    with open(entries, "w") as lines:
        for number in range(arguments.entries):
            lines.write(json.dumps({"title": f"entry {number} of the harbour", "tags": ["trial"], "requestId": f"o-{number}"}) + "\n")
    daemon.run(*common.publish_arguments(entries), "--wait")
    base = f"http://{daemon.rest}"
    begin = {"begin": {"publicKey": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "kind": "SUBJECT_KIND_USER", "purpose": "CHALLENGE_PURPOSE_LOGIN"}}
    encoded = base64.b64encode(json.dumps(begin).encode()).decode()
    attacks = [
        Attack(program, folder, daemon, "search", {"method": "GET", "url": f"{base}/search?q=harbour+entry&page_size=5"}),
        Attack(program, folder, daemon, "challenge", {"method": "POST", "url": f"{base}/v1/auth", "body": encoded,
                                                      "header": {"content-type": ["application/json"]}}),
    ]
    print("| call | taken at most /s | offered /s | answered /s | share of the most | refused | without Retry-After | other ends "
          "| p99 of refusals, ms | memory before / at most, MiB |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for attack in attacks:
        attack.run(3)
        seconds = max(5, arguments.seconds // 2)
        results, _ = attack.run(seconds)
        most = sum(1 for code, _, _ in results if code == 200) / seconds
        before = daemon.memory()[0]
        rate = min(arguments.most, int(most * arguments.times))
        results, memory = attack.run(arguments.seconds, rate)
        good = sum(1 for code, _, _ in results if code == 200) / arguments.seconds
        refused = [(headers, ms) for code, headers, ms in results if code in (429, 503)]
        silent = sum(1 for headers, _ in refused if not any(name.lower() == "retry-after" for name in headers))
        other = {}
        for code, _, _ in results:
            if code not in (200, 429, 503):
                other[code] = other.get(code, 0) + 1
        print(f"| {attack.name} | {most:.0f} | {rate} | {good:.0f} | {good / most:.2f} | {len(refused)} | {silent} | {json.dumps(other)} | "
              f"{quantile([ms for _, ms in refused], 0.99):.1f} | {before} / {memory} |", flush=True)
    daemon.stop()
