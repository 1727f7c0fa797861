"""Two peers of js-libp2p that have never met connect by what FindPeers returned, and by nothing else.

Each makes its record with its own library, registers through POST /register, and stays. One asks FindPeers over REST, opens the record with its
own library and dials the other. Needs Node.js and npm; the libraries are installed into the trial's folder, or CPC_TRIAL_NODE_MODULES names a
folder that has them.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

from trials import common

SCRIPT = pathlib.Path(__file__).resolve().parent / "peers" / "peer.mjs"
PACKAGES = ["libp2p@3", "@libp2p/tcp@11", "@chainsafe/libp2p-noise@17", "@chainsafe/libp2p-yamux@8", "@libp2p/identify@4", "@libp2p/ping@3",
            "@libp2p/peer-record@9", "@libp2p/crypto@5"]


def arguments(parser):
    parser.add_argument("--realm", default="trial", help="realm of both: they are on this machine, and such addresses stay in one")


def install(folder):
    folder.mkdir()
    if given := os.environ.get("CPC_TRIAL_NODE_MODULES"):
        (folder / "node_modules").symlink_to(pathlib.Path(given).resolve())
    else:
        (folder / "package.json").write_text('{ "private": true }')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES], cwd=folder, check=True)
    shutil.copy(SCRIPT, folder / "peer.mjs")
    for name in ["libp2p", "@libp2p/peer-record"]:
        version = json.loads((folder / "node_modules" / name / "package.json").read_text())["version"]
        print(f"{name} {version}")


class Peer:
    def __init__(self, folder, rest, invite, name):
        self.name = name
        self.log = open(folder / f"{name}.log", "wb")
        self.process = subprocess.Popen(["node", "peer.mjs", rest, invite, "/ip4/127.0.0.1/tcp/0"], cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        common.STARTED.append(self.process)
        self.about = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended:\n" + pathlib.Path(self.log.name).read_text())
        return json.loads(line)

    def ask(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self.read()


def run(arguments, folder):
    scripts = folder / "js"
    install(scripts)
    (folder / "daemon").mkdir()
    daemon = common.Daemon(common.programs(), folder / "daemon")
    peers = []
    for name in ["first", "second"]:
        invite = daemon.run("--local", "invite", "create", "--kind", "node", "--realm", arguments.realm, "-o", "name").strip()
        peer = Peer(scripts, daemon.rest, invite, name)
        print(f"{name}: {peer.about['peerId']} at {', '.join(peer.about['addresses'])}")
        if not peer.about["same"]:
            sys.exit("the server and the library give the key different names")
        peers.append(peer)
    first, second = peers
    deadline = time.monotonic() + 30
    while not (answer := first.ask("find")).get("found"):
        if time.monotonic() > deadline:
            sys.exit(f"the first does not find the second: {answer}")
        time.sleep(0.2)
    [found] = answer["found"]
    print(f"the first found {found['peerId']}, whose record names {', '.join(found['addresses'])}; it knew {found['knownBefore']} others before")
    print(f"dialled: connected to {found['remote']}, the remote key is the record's: {found['connected']}, libp2p ping {found['pingMs']} ms")
    if not found["connected"] or found["peerId"] != second.about["peerId"]:
        sys.exit("that is not the second")
    for peer in peers:
        peer.process.stdin.write("end\n")
        peer.process.stdin.close()
        peer.process.wait(10)
    daemon.stop()
    print("two peers that had never met connected by what FindPeers returned")
