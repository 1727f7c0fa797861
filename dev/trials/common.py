"""What trials share: the programs, the catalogue, a daemon on a folder of its own."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def programs():
    """Gives the folder of cpcd and cpcctl, built if need be."""
    if folder := os.environ.get("CPC_TRIAL_BIN"):
        return pathlib.Path(folder)
    subprocess.run(["cargo", "build", "--release"], cwd=ROOT, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def catalogue(given, folder):
    """Gives the file to publish and the number of its entries."""
    file = pathlib.Path(given) if given else folder / "catalogue.ndjson"
    if not given:
        subprocess.run([ROOT / "dev/debian-catalogue", "--out", file], check=True)
    with open(file, "rb") as lines:
        return file, sum(1 for _ in lines)


def wait_until(what, seconds, condition):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.05)


STARTED = []
AT_THE_END = []


def kill_started():
    """Ends every program that a trial began and that still runs, however the trial ended."""
    for process in STARTED:
        if process.poll() is None:
            process.kill()


class Daemon:
    """A daemon on a folder of its own."""

    def __init__(self, bin, folder, grpc="127.0.0.1:0", settings=(), environment=None, rest="127.0.0.1:0"):
        self.bin, self.folder = bin, folder
        addresses = folder / "addresses.json"
        addresses.unlink(missing_ok=True)
        command = [bin / "cpcd", "--data-dir", folder, "--grpc-listen", grpc, "--rest-listen", rest, "--addr-file", addresses, *settings]
        self.log = open(folder / "cpcd.log", "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.log, env=os.environ | (environment or {}))
        STARTED.append(self.process)
        deadline = time.monotonic() + 60
        while not addresses.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("cpcd did not start:\n" + (folder / "cpcd.log").read_text())
            time.sleep(0.02)
        read = json.loads(addresses.read_text())
        self.grpc, self.rest = read["grpc"], read["rest"]
        self.environment = os.environ | {"CPCCTL_CONFIG_DIR": str(folder / "cpcctl"), "CPCCTL_SOCKET": str(folder / "cpcd.sock"),
                                         "CPCCTL_ENDPOINT": f"http://{self.grpc}"}

    def start(self, *arguments):
        return subprocess.Popen([self.bin / "cpcctl", *arguments], env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *arguments):
        done = subprocess.run([self.bin / "cpcctl", *arguments], env=self.environment, capture_output=True, text=True)
        if done.returncode not in (0, 8):
            sys.exit(f"cpcctl {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def log_in(self):
        self.run("key", "generate")
        self.run("--local", "user", "create", "trial")
        self.run("login")

    def status(self):
        status = json.loads(self.run("--local", "-o", "json", "status"))
        return int(status.get("contents", 0)), int(status.get("indexPending", 0))

    def memory(self):
        """Gives the resident set now and at most, in MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        read = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in text.splitlines() if line.startswith("Vm") and "kB" in line}
        return read["VmRSS"], read["VmHWM"]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)
        self.log.close()


def publish_arguments(file):
    return ["-o", "json", "--progress", "none", "--timeout", "30s", "content", "publish", "--from", str(file)]
