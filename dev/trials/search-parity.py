"""Whether tantivy and OpenSearch give the same answers to the 200 queries that the project ships, on a whole catalogue."""

import os
import subprocess
import sys

from trials import common
from trials.cluster import needed


def arguments(parser):
    parser.add_argument("file", nargs="?")


def run(arguments, folder):
    needed("CPC_TEST_OPENSEARCH_URL", "OpenSearch")
    file, entries = common.catalogue(arguments.file, folder)
    print(f"{entries} entries, 200 queries of cpcd/store/tests/data/queries.txt", flush=True)
    # The same test that runs on a part of a catalogue among the tests.
    test = ["cargo", "test", "--release", "-p", "cpcd-store", "--test", "it", "--", "search_parity", "--nocapture"]
    environment = os.environ | {"CPC_TEST_CATALOGUE": str(file.resolve()), "CPC_TEST_REQUIRE": "all"}
    if subprocess.run(test, cwd=common.ROOT, env=environment).returncode != 0:
        sys.exit("verdict: FAILED")
    print("verdict: ok")
