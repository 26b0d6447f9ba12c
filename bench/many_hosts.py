"""Does the service work on several machines that share one Valkey and no file?

`python -m bench.many_hosts [TICKETS]`. Two web processes, four workers and two clocks on four machines:
network namespaces with addresses of their own where the user may make them (root, iproute2), else mere
folders. Tickets arrive by webhooks that go to both web processes in turn; one machine publishes rules, and
one clock is killed half-way. Each ticket must end with its level, its dates, one note and one reply,
decided by the rules then in force.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from redis import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from bench.backtest import NEW_RULE
from bench.desk import API_KEY, PORTAL, RULES
from bench.forwarder import Forwarder
from bench.hosts import CENTRE, Host, can_have_namespaces, hosts
from bot.local.child import wait_until
from bot.local.ports import LOOPBACK, free_port
from bot.local.processes import HOME
from bot.local.store_binary import find_server
from bot.simulator.automations import Automation
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import Limits, Switches

TICKETS = 400
SECRET = "a-secret-of-the-many-hosts"  # noqa: S105
PASSWORD = "many-hosts-password"  # noqa: S105
# Every host and what runs on it.
LAYOUT = {
    "a": ("web", "clock", "worker"),
    "b": ("web", "clock", "worker --urgent"),
    "c": ("worker",),
    "d": ("worker --urgent",),
}
TEXTS = {4: "El CRM está caído, nadie puede trabajar.", 2: "¿Cómo cambio mi foto de perfil?"}
NO_LIMIT = 1_000_000
# Changes the version of the rules and the level of no ticket.
RULE = NEW_RULE.replace("registros", "zapatos").replace("PREFERENTE", "NORMAL")


@dataclass(frozen=True, slots=True)
class Fleet:
    """Hold all that runs."""

    simulator: SimulatorServer
    redis: Redis
    hosts: list[Host]
    environ: dict[str, str]
    http: requests.Session

    def settled(self, tickets: Sequence[int]) -> bool:
        """Tell whether every ticket has its note and its reply."""
        known = self.simulator.state.tickets
        return all(len(known[ticket].conversations) >= 2 for ticket in tickets)

    def versions(self) -> set[str]:
        """Return the versions of the rules that the web processes hold."""
        webs = [host for host in self.hosts if "web" in host.running]
        pages = (
            self.http.get(f"http://{host.address}:{host.port}/metrics", timeout=60).text for host in webs
        )
        return {re.findall(r'semaforo_rules_info\{version="(\w+)"', page)[0] for page in pages}


def main() -> None:
    """Run it all and print what was seen; exit 1 when a ticket did not end as it should."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    apart, console = can_have_namespaces(), Console()
    with tempfile.TemporaryDirectory(prefix="hosts") as folder, fleet(Path(folder), apart=apart) as one:
        before = one.versions()
        first, seconds = arrive(one, count // 2)
        published = publish(one)
        second, with_one_clock = arrive(one, count - count // 2, kill_clock=True)
        wrong = [problem for ticket in first for problem in problems(one, ticket, before)]
        wrong += [problem for ticket in second for problem in problems(one, ticket, {published})]
        jobs = jobs_by_host(one)
    table = Table("seen", "figure")
    table.add_row("machines", "network namespaces" if apart else "folders and processes of one machine")
    table.add_row("tickets a second, two clocks", f"{len(first) / seconds:.1f}")
    table.add_row("tickets a second, a clock killed", f"{len(second) / with_one_clock:.1f}")
    table.add_row("rules published on c, held by a and b", published[:12])
    table.add_row("jobs done by each machine's worker", ", ".join(f"{n}: {jobs[n]}" for n in sorted(jobs)))
    table.add_row("tickets that did not end as they should", str(len(wrong)))
    console.print(table)
    for problem in wrong[:10]:
        console.print(problem)
    raise SystemExit(bool(wrong))


@contextmanager
def fleet(folder: Path, *, apart: bool) -> Iterator[Fleet]:
    """Start store, account and machines, and wait until the service is ready on both web hosts."""
    centre = CENTRE if apart else LOOPBACK
    with hosts(list(LAYOUT), folder, RULES, apart=apart) as machines, store(folder, centre) as url:
        webs = [(host.address, host.port) for host in machines if "web" in LAYOUT[host.name]]
        with (
            Forwarder(LOOPBACK, webs) as balancer,
            account(balancer.address[1]) as simulator,
            Forwarder(centre, [(LOOPBACK, int(simulator.url.rpartition(":")[2]))]) as gate,
            Redis.from_url(url) as redis,
            requests.Session() as http,
        ):
            environ = environment(url, f"http://{gate.address[0]}:{gate.address[1]}")
            one = Fleet(simulator, redis, machines, environ, http)
            for host in machines:
                for words in LAYOUT[host.name]:
                    own = {
                        "PORT": str(host.port),
                        "HOST": host.address,
                        "RULES_DIR": str(host.folder / "rules"),
                    }
                    host.start(words.replace(" ", ""), words.split(), environ | own)
            pages = [f"http://{address}:{port}/readyz" for address, port in webs]
            if not wait_until(lambda: all(map(_answers, pages)), 90, pause=0.2):
                logs = "\n".join(log.read_text()[-500:] for log in folder.glob("*/*.log"))
                raise RuntimeError(f"the service does not come up:\n{logs}")
            yield one


@contextmanager
def store(folder: Path, address: str) -> Iterator[str]:
    """Run a Valkey that machines reach over the network, with its append-only file."""
    port = free_port()
    options = {"bind": f"{address} {LOOPBACK}", "port": port, "appendonly": "yes", "save": "", "dir": folder}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    words += ["--protected-mode", "no", "--locale-collate", "C"]
    server = subprocess.Popen([find_server(), *words], stdout=subprocess.DEVNULL, env={"LC_ALL": "C"})
    try:
        url = f"redis://{address}:{port}/0"
        with Redis.from_url(url) as redis:
            if not wait_until(lambda: _pings(redis), 20):
                raise RuntimeError("Valkey does not answer")
        yield url
    finally:
        server.terminate()
        server.wait()


@contextmanager
def account(balancer: int) -> Iterator[SimulatorServer]:
    """Run the stand-in account; its webhooks go to the balancer."""
    url = f"http://{LOOPBACK}:{balancer}/webhooks/freshdesk/{PORTAL}"
    hook = Automation(url=url, on="creation", headers={"X-Webhook-Secret": SECRET})
    limits = dict.fromkeys(Limits.model_fields, NO_LIMIT)
    switches = Switches(limits=Limits.model_validate(limits))
    with SimulatorServer(seed=Seed(), switches=switches, automations=(hook,)) as simulator:
        yield simulator


def environment(store_url: str, account_url: str) -> dict[str, str]:
    """Return what every machine is told."""
    return {
        "REDIS_URL": store_url,
        "RULES_WATCH": "0",
        "OPS_PASSWORD": PASSWORD,
        "COALESCE_SECONDS": "0.1",
        "DRY_RUN": "0",
        "API_SHARE": "1",
        "WRITES_PER_HOUR": str(NO_LIMIT),
        "ALLOW_ANY_FRESHDESK_URL": "1",
        "PORTAL_BENCH_DOMAIN": "bench.freshdesk.com",
        "PORTAL_BENCH_URL": account_url,
        "PORTAL_BENCH_API_KEY": API_KEY,
        "PORTAL_BENCH_WEBHOOK_SECRET": SECRET,
    }


def arrive(one: Fleet, count: int, *, kill_clock: bool = False) -> tuple[list[int], float]:
    """Open tickets and wait until all are answered; return them and the seconds it took."""
    start, tickets = time.perf_counter(), []
    for number in range(count):
        if kill_clock and number == count // 2:
            one.hosts[0].kill("clock")
        text = TEXTS[4 if number % 4 == 0 else 2]
        ticket = {"subject": f"Consulta {number}", "text": text, "email": f"c{number}@ejemplo.example"}
        answer = one.http.post(f"{one.simulator.url}/_sim/tickets", json=ticket, timeout=30)
        tickets.append(int(answer.json()["id"]))
    wait_until(lambda: one.settled(tickets), 300, pause=0.1)
    return tickets, time.perf_counter() - start


def publish(one: Fleet) -> str:
    """Publish changed rules from machine c and wait until both web processes hold them."""
    host, before = one.hosts[2], one.versions()
    (host.folder / "rules" / "bench.yaml").write_text(RULE, encoding="utf-8")
    command = [*host.prefix, sys.executable, "-m", "bot.cli", "rules", "publish", str(host.folder / "rules")]
    told = one.environ | _own(host) | {"PYTHONPATH": str(HOME), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    done = subprocess.run(command, cwd=host.folder, env=told, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace"))
    if not wait_until(lambda: len(one.versions() - before) == 1 == len(one.versions()), 60, pause=0.2):
        raise RuntimeError(f"the web processes hold {one.versions()}")
    (version,) = one.versions()
    return version


def problems(one: Fleet, number: int, versions: set[str]) -> Iterator[str]:
    """Yield what is wrong with the end of a ticket."""
    ticket = one.simulator.state.tickets[number]
    urgent = TEXTS[4] in ticket.description
    private = Counter(message.private for message in ticket.conversations)
    if private != {True: 1, False: 1}:
        yield f"{number}: notes and replies {dict(private)}"
    if ticket.priority != (4 if urgent else 2) or ticket.due_by is None:
        yield f"{number}: priority {ticket.priority}, due {ticket.due_by}"
    entry = json.loads(one.redis.get(f"semaforo:journal:{PORTAL}:{number}") or b"{}")
    if entry.get("rules_version") not in versions:
        yield f"{number}: decided by {entry.get('rules_version')}"


def jobs_by_host(one: Fleet) -> Counter[str]:
    """Return how many jobs the worker of each machine did, by RQ's own count."""
    done = Counter[str]()
    for host in one.hosts:
        for label, process in host.running.items():
            if label.startswith("worker"):
                done[host.name] += _jobs_of(one.redis, process.pid)
    return done


def _jobs_of(redis: Redis, pid: int) -> int:
    for name in redis.scan_iter("rq:worker:*"):
        found = redis.hmget(name, "pid", "successful_job_count")
        if found[0] is not None and int(found[0]) == pid:
            return int(found[1] or 0)
    return 0


def _own(host: Host) -> dict[str, str]:
    return {"PORT": str(host.port), "HOST": host.address, "RULES_DIR": str(host.folder / "rules")}


def _answers(page: str) -> bool:
    try:
        return requests.get(page, timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _pings(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


if __name__ == "__main__":
    main()
