"""Ten times more searches and logins than the daemon takes, in an open loop: what is answered, what is refused and how, memory."""

import json
import os
import random
import re
import subprocess
import sys

from trials import common


def arguments(parser):
    parser.add_argument("file", nargs="?", help="what is searched in")
    parser.add_argument("--calls", default="search,login")
    parser.add_argument("--seed", type=int, help="of what is searched for")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--times", type=float, default=10, help="how many times what is taken at most")
    parser.add_argument("--memory", type=int, default=1024, help="MiB that the daemon may take at most")
    parser.add_argument("--profile", default="dist")


def queries(file, source, count=5_000):
    """Gives searches for two words of a title each."""
    with open(file) as lines:
        titles = [words for line in lines if len(words := re.findall(r"[a-z]{3,}", json.loads(line)["title"].lower())) > 1]
    return [" ".join(source.sample(source.choice(titles), 2)) for _ in range(count)]


def offer(arguments, daemon, call, searches):
    """Offers calls from a core of its own; gives what became of them."""
    command = ["cargo", "bench", "-p", "cpcd", "--profile", arguments.profile, "--features", "trials", "--bench", "overload", "--",
               "--address", daemon.grpc, "--pid", daemon.process.pid, "--call", call, "--queries", searches, "--times", arguments.times,
               "--seconds", arguments.seconds]
    done = subprocess.run(list(map(str, command)), cwd=common.ROOT, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        sys.exit("verdict: FAILED\n" + done.stdout)
    return json.loads(lines[0])


def on_core(core, start):
    """Starts a program that stays on one core: what is measured is one core of a server, with the generator on another."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core} if len(cores) > 1 else cores)
    try:
        return start()
    finally:
        os.sched_setaffinity(0, cores)


def run(arguments, folder):
    file, count = common.catalogue(arguments.file, folder)
    # The rates by caller and address are another trial's (floods): here what stands behind them is to hold by itself.
    settings = {f"CPCD_RATES__{cost}__{level}": "off" for cost in ("SEARCH", "LOGIN") for level in ("KEY", "NETWORK", "ALL")}
    settings |= {"CPCD_IDENTITY__JOIN": "open", "CPCD_IDENTITY__CHALLENGE_SECONDS": "600"}
    inside = folder / "daemon"
    inside.mkdir()
    daemon = on_core(0, lambda: common.Daemon(common.programs(), inside, environment=settings))
    daemon.log_in()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    searches = folder / "searches"
    searches.write_text("\n".join(queries(file, random.Random(seed))))
    print(f"publishing {count} entries", flush=True)
    daemon.run(*common.publish_arguments(file), "--wait")
    print("| call | taken at most /s | its cpu, us | offered /s | answered /s | share of the most | refused | p50, p99 of refusals, ms "
          "| p99 of answers, ms | looked at, wrong | reset, open | memory before, at most, MiB | cores: daemon, generator |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    good = True
    for call in arguments.calls.split(","):
        found = offer(arguments, daemon, call, searches)
        share = found["answered"] / found["most"]
        print(f"| {call} | {found['most']:.0f} | {found['cpuMicros']:.0f} | {found['offered']:.0f} | {found['answered']:.0f} | {share:.2f} "
              f"| {found['refused']} | {found['refusedP50Ms']:.1f}, {found['refusedP99Ms']:.1f} | {found['answeredP99Ms']:.0f} "
              f"| {found['sampled']}, {len(found['sampledWrong'])} | {found['reset']}, {found['open']} | {found['residentMiB']}, {found['residentMostMiB']} "
              f"| {found['daemonCores']:.2f}, {found['generatorCores']:.2f} |", flush=True)
        if found["sampledWrong"]:
            print("wrong, for instance:", found["sampledWrong"][0])
        if found["offered"] < 0.9 * arguments.times * found["most"]:
            print("the generator did not offer as much as it should")
            good = False
        good &= found["residentMostMiB"] <= arguments.memory
        good &= share >= 0.8 and found["refusedP99Ms"] < 50 and not found["sampledWrong"] and not found["reset"]
    daemon.stop()
    if not good:
        sys.exit("verdict: FAILED")
    print("verdict: ok")
