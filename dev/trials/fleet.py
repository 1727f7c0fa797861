"""Real agents and simulated nodes: some are killed, some are slow, the daemon is away and is held up."""

import datetime
import json
import random
import signal
import subprocess
import sys
import time

from trials import common


def arguments(parser):
    parser.add_argument("--seed", type=int)
    parser.add_argument("--short", action="store_true", help="faster heartbeats and shorter absences: to try the trial itself")
    parser.add_argument("--away", type=int, help="seconds for which the daemon is stopped [default: 600, short 40]")
    parser.add_argument("--stopped", type=int, help="seconds for which the daemon is held up [default: 90, short 25]")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--nodes", type=int, help="simulated nodes [default: 10000, short 2000]")


class Nodes:
    """What the daemon says of its nodes, from a watch that outlives the daemon's absence."""

    def __init__(self, daemon, folder):
        self.path, self.read, self.events, self.gaps = folder / "watch.ndjson", 0, [], 0
        environment = daemon.environment
        with open(self.path, "wb") as out, open(folder / "watch.log", "wb") as log:
            self.process = subprocess.Popen([daemon.bin / "cpcctl", "--local", "node", "watch", "-o", "ndjson"], env=environment,
                                            stdout=out, stderr=log)
        deadline = time.monotonic() + 30
        while not self.path.read_text():
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit("the watch did not begin:\n" + (folder / "watch.log").read_text())
            time.sleep(0.05)

    def look(self):
        """Reads what is new: (time, id, status) for each change."""
        with open(self.path, "rb") as file:
            file.seek(self.read)
            text = file.read()
        end = text.rfind(b"\n") + 1
        self.read += end
        for line in text[:end].splitlines():
            event = json.loads(line)
            if "gap" in event:
                self.gaps += 1
            elif node := event.get("changed"):
                self.events.append((parse_time(event["at"]), node["id"], node["status"].removeprefix("NODE_STATUS_").lower()))
        return self.events

    def since(self, start, status):
        """Gives who was called that since then, each with the first time."""
        first = {}
        for at, id, what in self.look():
            if at >= start and what == status:
                first.setdefault(id, at)
        return first


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Agent:
    """A real agent with a key and a log of its own."""

    def __init__(self, daemon, folder, number, invite):
        self.log = folder / f"agent-{number}.log"
        environment = daemon.environment | {"CPCCTL_CONFIG_DIR": str(folder / f"agent-{number}"), "CPCCTL_INVITE": invite}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([daemon.bin / "cpcctl", "-o", "json", "node", "run"], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)

    def count(self, event):
        return sum(f'"event":"{event}"' in line for line in self.log.read_text().splitlines())

    def id(self):
        for line in self.log.read_text().splitlines():
            if '"event":"registered"' in line:
                return json.loads(line)["nodeId"]
        return None


def run(arguments, folder):
    """Kills some, slows some, takes the daemon away and holds it up; counts who was called dead and was not."""
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    random.seed(seed)
    registry = ({"heartbeat": 3, "degraded": 6, "offline": 14, "grace": 40, "damping": 2} if arguments.short
                else {"heartbeat": 30, "degraded": 45, "offline": 90, "grace": 150, "damping": 60})
    away = arguments.away or (40 if arguments.short else 600)
    stopped = arguments.stopped or (25 if arguments.short else 90)
    agents_count, simulated = arguments.agents, arguments.nodes or (2_000 if arguments.short else 10_000)
    settings = {f"CPCD_REGISTRY__{name.upper()}_SECONDS": str(value) for name, value in registry.items()}
    print(f"seed {seed}; {agents_count} agents and {simulated} simulated nodes; daemon away for {away} s, held up for {stopped} s; "
          f"settings {registry}", flush=True)
    daemon = common.Daemon(bin, folder, environment=settings)
    grpc, load_command = daemon.grpc, ["--local", "bench", "heartbeat", "--to", f"http://{daemon.grpc}", "--nodes", str(simulated),
                                       "--agents-file", str(folder / "simulated")]
    # Registered beforehand: those who wait for the last of them to register would be called silent.
    daemon.run(*load_command, "--duration", "100ms", "--warmup", "1ms")
    daemon.stop()
    daemon = common.Daemon(bin, folder, grpc, environment=settings)
    started = time.time()
    watch = Nodes(daemon, folder)
    say = lambda text: print(f"[{time.time() - started:7.1f} s] {text}", flush=True)
    others, load = [], None
    try:
        invite = daemon.run("--local", "invite", "create", "--kind", "node", "--uses", str(agents_count), "-o", "name").strip()
        agents = []
        for number in range(agents_count):
            agents.append(Agent(daemon, folder, number, invite))
            others.append(agents[-1].process)
        connections = -(-simulated // 50)
        # Longer than everything else takes: it is ended, not awaited.
        load = subprocess.Popen([bin / "cpcctl", *load_command, "--paced", "--connections", str(connections),
                                 "--streams-per-connection", "50", "--warmup", f"{registry['heartbeat']}s", "--duration", "24h"],
                                env=daemon.environment, stdout=subprocess.DEVNULL, stderr=open(folder / "load.log", "wb"))
        others.append(load)
        common.wait_until("all agents have registered", 120, lambda: all(agent.id() for agent in agents))
        online = lambda: sum(1 for _ in daemon.run("--local", "node", "list", "--status", "online", "-o", "name").splitlines())
        total = agents_count + simulated
        common.wait_until("all nodes are registered", 600, lambda: online() == total)
        begun = time.time()
        say(f"all {total} nodes are online; {daemon.memory()[0]} MiB")
        names = {agent.id(): f"agent {number}" for number, agent in enumerate(agents)}
        false_deaths, verdicts = {}, []

        def check(what, start, expected=()):
            dead = watch.since(start, "offline")
            wrong = {id: at for id, at in dead.items() if id not in expected}
            false_deaths.update(wrong)
            say(f"{what}: called offline {len(dead)}, of them wrongly {len(wrong)}; "
                f"called degraded {len(watch.since(start, 'degraded'))}; gaps of the watch {watch.gaps}")

        # Silence counts only after the grace of the start.
        quiet = begun + registry["heartbeat"] + 2
        time.sleep(max(0, started + registry["grace"] + 3 - time.time(), quiet - time.time()))
        check("quiet until here", started)

        chosen = random.sample(range(agents_count), 10)
        killed, slow = chosen[:5], chosen[5:]
        start = time.time()
        for number in killed:
            agents[number].process.kill()
        for number in slow:
            agents[number].process.send_signal(signal.SIGSTOP)
        say(f"killed agents {sorted(killed)}; held up agents {sorted(slow)}")
        # So long that a heartbeat is missed wherever in their interval they were, and that nobody is dead by then.
        slow_seconds = registry["degraded"] + (registry["offline"] - registry["degraded"] - registry["heartbeat"]) * 0.6
        time.sleep(slow_seconds)
        for number in slow:
            agents[number].process.send_signal(signal.SIGCONT)
        say(f"let agents {sorted(slow)} go on after {slow_seconds:.1f} s")
        killed_ids = {agents[number].id() for number in killed}
        time.sleep(registry["offline"] + registry["heartbeat"] + registry["damping"] + 8 - slow_seconds + registry["damping"])
        for number in chosen:
            id = agents[number].id()
            calls = [f"{what} after {at - start:.1f} s" for at, who, what in watch.look() if who == id and at >= start]
            say(f"  {'killed' if number in killed else 'slow  '} {names[id]}: {', '.join(calls) or 'nothing'}")
        states = lambda number: [what for at, who, what in watch.look() if who == agents[number].id() and at >= start]
        verdicts.append(("each killed agent was called degraded, then offline", all(states(n) == ["degraded", "offline"] for n in killed)))
        verdicts.append(("each slow agent was called degraded, then online", all(states(n) == ["degraded", "online"] for n in slow)))
        check("killed and slow", start, killed_ids)

        start = time.time()
        say("stopping the daemon")
        daemon.stop()
        time.sleep(away)
        daemon = common.Daemon(bin, folder, grpc, environment=settings)
        say(f"the daemon is back after {time.time() - start:.1f} s")
        time.sleep(registry["grace"] + registry["offline"] + 10)
        check(f"daemon away for {away} s", start, killed_ids)
        told = [agent.count("away") for number, agent in enumerate(agents) if number not in killed]
        say(f"each agent said that the server is away {min(told)} to {max(told)} times")
        common.wait_until("all are online again", 120, lambda: online() == total - len(killed))
        say(f"online: {online()}; {daemon.memory()[0]} MiB")

        start = time.time()
        say("holding the daemon up")
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(stopped)
        daemon.process.send_signal(signal.SIGCONT)
        say(f"the daemon goes on after {time.time() - start:.1f} s")
        time.sleep(registry["grace"] + registry["offline"] + 10)
        check(f"daemon held up for {stopped} s", start, killed_ids)
        common.wait_until("all are online again", 120, lambda: online() == total - len(killed))
        say(f"online: {online()}; {daemon.memory()[0]} MiB")

        verdicts.append(("false deaths: 0", not false_deaths))
        verdicts.append(("the watch had no gap", watch.gaps == 0))
        for id, at in sorted(false_deaths.items(), key=lambda item: item[1])[:10]:
            say(f"  wrongly called offline: {names.get(id, id)} at {at - started:.1f} s")
        running = [agent for number, agent in enumerate(agents) if number not in killed]
        ended = time.monotonic()
        for agent in running:
            agent.process.terminate()
        codes = {agent.process.wait(10) for agent in running}
        verdicts.append((f"agents end within a second, with 0 (took {time.monotonic() - ended:.2f} s, codes {sorted(codes)})", codes == {0}))
    finally:
        for process in others + [watch.process]:
            if process.poll() is None:
                process.kill()
                process.wait()
        daemon.process.send_signal(signal.SIGCONT)
        daemon.stop()
    for what, holds in verdicts:
        print(f"{'holds ' if holds else 'FAILED'}  {what}")
    if not all(holds for _, holds in verdicts):
        sys.exit("verdict: FAILED")
    print(f"verdict: who was killed was called dead, and nobody else (seed {seed})")
