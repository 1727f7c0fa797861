"""Kills the daemon again and again while a catalogue is published: lost and doubled entries."""

import json
import random
import signal
import sys
import time

from trials import common



def arguments(parser):
    parser.add_argument("file", nargs="?")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--kills", type=int, default=50)


def run(arguments, folder):
    """Kills the daemon at random moments of a publish; the client takes the stream up again, and the last run is a repetition."""
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    random.seed(seed)
    bin = common.programs()
    file, entries = common.catalogue(arguments.file, folder)
    daemon = common.Daemon(bin, folder)
    daemon.log_in()
    grpc, kills, lost = daemon.grpc, 0, 0
    publishing = daemon.start(*common.publish_arguments(file))
    while publishing.poll() is None and kills < arguments.kills:
        time.sleep(random.uniform(0.05, 1.0))
        if publishing.poll() is not None:
            break
        before, _ = daemon.status()
        daemon.stop(signal.SIGKILL)
        kills += 1
        daemon = common.Daemon(bin, folder, grpc)
        after, _ = daemon.status()
        lost += max(0, before - after)
    out, error = publishing.communicate(timeout=600)
    first = json.loads(out) if out else {"error": error}
    contents, _ = daemon.status()
    again = json.loads(daemon.run(*common.publish_arguments(file)))
    after_all, _ = daemon.status()
    print(f"seed {seed}: killed {kills} times; client ended with {publishing.returncode}: {json.dumps(first)}")
    print(f"entries {entries}, stored {contents}, acknowledged and lost {lost + max(0, entries - contents)}, doubled {max(0, contents - entries)}")
    print(f"the same command again: {json.dumps(again)}; stored {after_all}")
    daemon.stop()
    if publishing.returncode or lost or contents != entries or after_all != entries:
        sys.exit("verdict: FAILED")
    print("verdict: nothing acknowledged is missing, nothing is doubled")
