"""Replicas and the servers behind them, each of which can be killed and started again."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse

from trials import common


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """A private PostgreSQL that survives kill -9: it syncs, as one in earnest does."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        folder.chmod(0o755)
        self.bin = pathlib.Path(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip() or "/")
        if not (self.bin / "initdb").exists():
            self.bin = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.as_user = []
        if os.geteuid() == 0:
            for parent in [folder, *folder.parents]:
                if parent != pathlib.Path("/") and not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        self.run("initdb", "--pgdata", folder / "data", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        common.AT_THE_END.append(self.stop)
        self.start()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program, *arguments):
        done = subprocess.run([*self.as_user, self.bin / program, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL, stderr=subprocess.STDOUT)
        if done.returncode:
            sys.exit(f"{program} failed: {done.stdout}")

    def start(self):
        options = (f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder} "
                   "-c max_connections=200 -c shared_buffers=128MB")
        self.run("pg_ctl", "start", "--pgdata", self.folder / "data", "--log", self.folder / "log", "--silent", "--wait",
                 "--options", options)

    def kill(self):
        pid = int((self.folder / "data/postmaster.pid").read_text().splitlines()[0])
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
        for process in [pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        common.wait_until("PostgreSQL is gone", 10, lambda: not pathlib.Path(f"/proc/{pid}").exists())
        time.sleep(0.2)

    def query(self, statement):
        """Gives the rows of a statement, each a list of texts."""
        return query(self.url, statement)

    def stop(self):
        if not self.folder.exists():
            return
        with contextlib.suppress(SystemExit):
            self.run("pg_ctl", "stop", "--pgdata", self.folder / "data", "--mode=immediate", "--silent")


def query(url, statement):
    done = subprocess.run(["psql", url, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t", "--file", "-"],
                          input=statement, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{statement}: {done.stderr}")
    return [line.split("\t") for line in done.stdout.splitlines()]


class Valkey:
    """A private Valkey; it keeps nothing when it is killed."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        self.url = f"valkey://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(["valkey-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "",
                                             "--appendonly", "no", "--dir", self.folder], stdout=log, stderr=log)
        common.STARTED.append(self.process)
        common.wait_until("Valkey answers", 10, self.answers)

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7).startswith(b"+PONG")
        return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    stop = kill


class Toxiproxy:
    """A way to a server that can be cut; needs dev/servers, which starts toxiproxy."""

    def __init__(self, upstream):
        api = os.environ.get("CPC_TEST_TOXIPROXY_URL") or sys.exit("needs toxiproxy: dev/servers run -- dev/trial ...")
        self.api, self.name = urllib.parse.urlsplit(api).netloc, f"trial-{random.SystemRandom().randrange(1 << 40)}"
        self.port = free_port()
        self.ask("POST", "/proxies", {"name": self.name, "listen": f"127.0.0.1:{self.port}", "upstream": upstream, "enabled": True})

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.api, timeout=10)
        connection.request(method, path, json.dumps(body) if body else None)
        answer = connection.getresponse()
        if answer.status >= 300:
            sys.exit(f"toxiproxy: {answer.read()}")

    def cut(self, is_cut):
        self.ask("POST", f"/proxies/{self.name}", {"enabled": not is_cut})

    def remove(self):
        self.ask("DELETE", f"/proxies/{self.name}")


def through_proxy(url):
    """Gives a way that can be cut to the server of a URL, and the URL of that way."""
    parts = urllib.parse.urlsplit(url)
    proxy = Toxiproxy(f"{parts.hostname}:{parts.port}")
    user = parts.netloc.rsplit("@", 1)[0] + "@" if "@" in parts.netloc else ""
    return proxy, parts._replace(netloc=f"{user}127.0.0.1:{proxy.port}").geturl()


def needed(name, what):
    return os.environ.get(name) or sys.exit(f"needs {what}: dev/servers run -- dev/trial ...")


@contextlib.contextmanager
def database():
    """Gives the URL of a new database on the tests' PostgreSQL, which goes with the trial."""
    server = needed("CPC_TEST_POSTGRES_URL", "PostgreSQL")
    name = f"trial_{random.SystemRandom().randrange(1 << 40)}"
    query(server, f"CREATE DATABASE {name}")
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        query(server, f"DROP DATABASE {name} WITH (FORCE)")


class Cluster:
    """Equal daemons on the same engines, each on a folder and ports of its own."""

    def __init__(self, bin, folder, count, store, cache="", search="", settings=None):
        self.bin, self.folder = bin, folder
        self.prefix = f"trial{random.SystemRandom().randrange(1 << 32)}"
        self.environment = {
            "CPCD_SERVER__ROOT_KEY_FILE": str(folder / "root.key"), "CPCD_STORE__URL": store, "CPCD_IDENTITY__JOIN": "open",
        } | (settings or {})
        if cache:
            self.environment |= {"CPCD_CACHE__URL": cache, "CPCD_CACHE__PREFIX": self.prefix}
        if search:
            self.environment |= {"CPCD_SEARCH__URL": search, "CPCD_SEARCH__INDEX_PREFIX": self.prefix}
        self.search = search
        subprocess.run([bin / "cpcd", "--data-dir", folder / "init", "init"], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | self.environment)
        self.daemons = []
        for number in range(count):
            (folder / str(number)).mkdir()
            self.daemons.append(common.Daemon(bin, folder / str(number), environment=self.environment))

    def start(self, number):
        """Starts a daemon that was stopped or killed, at the ports that it had."""
        before = self.daemons[number]
        self.daemons[number] = common.Daemon(self.bin, before.folder, before.grpc, environment=self.environment, rest=before.rest)

    def log_in(self, name, permissions=()):
        """Makes a user at the first daemon; gives its id and its session."""
        folder, first = self.folder / f"user-{name}", self.daemons[0]
        first.environment["CPCCTL_CONFIG_DIR"] = str(folder)
        first.run("key", "generate")
        given = [word for rule in permissions for word in ("--permission", rule)]
        user = json.loads(first.run("--local", "-o", "json", "user", "create", name, *given))
        first.run("login")
        session = json.loads((folder / "sessions.json").read_text())["default"]
        return user["id"], session

    def stop(self):
        for daemon in self.daemons:
            if daemon.process.poll() is None:
                daemon.stop(signal.SIGTERM)
        if self.search:
            connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.search).netloc, timeout=30)
            connection.request("DELETE", f"/{self.prefix}-*")
            connection.getresponse().read()


class Client:
    """Calls over REST, each at the next daemon in turn; connections are kept."""

    def __init__(self, daemons, turn=0, timeout=15):
        self.daemons, self.turn, self.timeout, self.connections = daemons, turn, timeout, {}

    def call(self, method, path, token=None, body=None, at=None):
        """Gives the status and the answer; 0 if there is no connection."""
        self.turn += 1
        number = self.turn % len(self.daemons) if at is None else at
        address = self.daemons[number].rest
        connection = self.connections.get(address)
        if connection is None:
            host, port = address.rsplit(":", 1)
            connection = self.connections[address] = http.client.HTTPConnection(host, int(port), timeout=self.timeout)
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            self.connections.pop(address, None)
            return 0, {"reason": type(error).__name__}

    def insist(self, method, path, token=None, body=None, tries=200):
        """Calls until there is an answer that is not of an engine or a daemon that is away."""
        for _ in range(tries):
            status, answer = self.call(method, path, token, body)
            if status not in (0, 429, 503, 504):
                return status, answer
            time.sleep(0.1)
        return status, answer


def claims(token):
    return part(token, 1)


def header(token):
    return part(token, 0)


def part(token, number):
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def quantiles(values):
    """Gives p50, p95, p99 and the greatest."""
    ordered = sorted(values)
    at = lambda share: ordered[min(len(ordered) - 1, int(len(ordered) * share))]
    return at(0.5), at(0.95), at(0.99), ordered[-1]


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
