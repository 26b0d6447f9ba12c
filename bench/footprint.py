"""Do the processes and Redis stay small over many tickets? `python -m bench.footprint [TICKETS] [MINUTES]`.

The real web, worker, urgent worker and clock against the simulator over HTTP, webhooks included; each second
ticket is closed once it was answered. What has an end of its own in Redis is counted apart from what has
none: of a closed ticket nothing may be left once the longest retention is over.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests
from redis import Redis
from rich.console import Console
from rich.table import Table

from bot.local.child import Child, wait_until
from bot.local.ports import free_port
from bot.local.processes import HOME, Machine
from bot.local.stand_in import PORTAL, StandIn
from bot.local.store_server import EmbeddedStore
from bot.local.tether import Tether
from bot.simulator.automations import Automation
from bot.simulator.seed import Seed
from bot.simulator.server import SimulatorServer
from bot.simulator.switches import UNLIMITED, Switches

AT_ONCE = 40
WARM = 300  # the first tickets fill caches; growth is counted from here
SAMPLE_EVERY = 100
DELIVERIES = 20_000
CLOSED = 5
FOR_EVER = -1  # what TTL says of a key without an end
TICKET = ":<ticket>"
MEBI = 1024 * 1024
TEXTS = (
    "El CRM está caído, nadie puede trabajar.",
    "¿Cómo cambio mi foto de perfil?",
    "Gracias, quedo atento.",
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Hold the running service."""

    simulator: SimulatorServer
    redis: Redis
    children: list[Child]
    http: requests.Session
    stand_in: StandIn

    def open(self, number: int) -> int:
        """Open a ticket as a customer would and return its id; the simulator sends the webhook."""
        text = TEXTS[number % len(TEXTS)]
        ticket = {"subject": f"Consulta {number}", "text": text, "email": f"c{number % 997}@ejemplo.example"}
        return int(self.call("POST", "tickets", ticket)["id"])

    def close(self, ticket: int) -> None:
        """Close a ticket as an agent would."""
        self.call("POST", f"tickets/{ticket}/update", {"fields": {"status": CLOSED}})

    def call(self, method: str, path: str, body: object) -> dict[str, object]:
        """Call a control route of the simulator."""
        answer = self.http.request(method, f"{self.simulator.url}/_sim/{path}", json=body, timeout=10)
        answer.raise_for_status()
        found: dict[str, object] = answer.json() if answer.content else {}
        return found

    def states(self, tickets: list[int]) -> list[str]:
        """Return what the journal says of tickets; empty for one it does not hold yet."""
        raw = self.redis.mget([f"semaforo:journal:{PORTAL}:{ticket}" for ticket in tickets])
        return [json.loads(entry)["state"] if entry else "" for entry in raw]

    def due(self) -> int:
        """Return how many tickets wait to be looked at, in line or not yet."""
        return int(self.redis.zcount("semaforo:wakeups", "-inf", time.time() * 1e6))

    def memory(self) -> dict[str, float]:
        """Return the resident memory of each long-lived process, gunicorn's two together, in MiB."""
        found = {}
        for child in self.children:
            leader = psutil.Process(child.pid)
            # A worker's only children are its jobs, which live for one ticket.
            family = [leader, *leader.children()] if child.name == "web" else [leader]
            found[child.name] = sum(one.memory_info().rss for one in family) / MEBI
        return found

    def descriptors(self) -> dict[str, int]:
        """Return how many files and connections each process holds open."""
        return {child.name: psutil.Process(child.pid).num_fds() for child in self.children}


def main() -> None:
    """Run, then print memory over time and keys a ticket."""
    tickets, minutes = (*map(float, sys.argv[1:3]), *(20_000, 6)[len(sys.argv[1:3]) :])
    console = Console(width=120)
    with desk() as one:
        samples, opened, closed = drive(one, int(tickets), time.monotonic() + minutes * 60)
        report_memory(console, samples, one)
        report_keys(console, one, opened - closed, closed)
        deliver_again(one, opened)


@contextmanager
def desk() -> Iterator[Desk]:
    """Start everything on an empty store, and stop it afterwards."""
    port = free_port()
    stand_in = StandIn(0, port)
    hook = {"url": stand_in.webhook_url, "headers": {"X-Webhook-Secret": stand_in.webhook_secret}}
    rules = tuple(Automation.model_validate(hook | {"on": on}) for on in ("creation", "update"))
    with (
        tempfile.TemporaryDirectory(prefix="bench") as folder,
        EmbeddedStore(Path(folder) / "var") as url,
        SimulatorServer(seed=Seed(), switches=Switches(limits=UNLIMITED), automations=rules) as simulator,
        Tether() as tether,
        Redis.from_url(url) as redis,
        requests.Session() as http,
    ):
        environ = stand_in.environ() | {
            "PORTAL_ACELERA_URL": simulator.url,
            "PORTAL_ACELERA_API_KEY": "sim-key",
            "REDIS_URL": url,
            "RULES_DIR": str(HOME / "rules"),
            "RULES_WATCH": "0",
            "PORT": str(port),
            "OPS_PASSWORD": "una contraseña",
            "COALESCE_SECONDS": "0.1",
        }
        children = Machine(Path(folder) / "logs", port, environ).service(tether)
        try:
            for child in children:
                child.start()
            if not wait_until(lambda: all(child.is_ready() for child in children), 60):
                raise RuntimeError(
                    "the service does not come up:\n" + "\n".join(map(Child.last_words, children))
                )
            yield Desk(simulator, redis, children, http, stand_in)
        finally:
            for child in reversed(children):
                child.stop()


def drive(one: Desk, tickets: int, ends: float) -> tuple[dict[int, dict[str, float]], int, int]:
    """Open tickets, a few at once, and close each second one; return memory by tickets opened."""
    samples: dict[int, dict[str, float]] = {0: one.memory()}
    waiting: list[int] = []
    opened = closed = 0
    while opened < tickets and time.monotonic() < ends:
        while len(waiting) < AT_ONCE and one.due() < AT_ONCE:
            opened += 1
            waiting.append(one.open(opened))
            if opened % SAMPLE_EVERY == 0:
                samples[opened] = one.memory()
        answered = {ticket for ticket, state in zip(waiting, one.states(waiting), strict=True) if state}
        for ticket in answered:
            if ticket % 2:
                one.close(ticket)
                closed += 1
        waiting = [ticket for ticket in waiting if ticket not in answered]
        time.sleep(0.1)
    settle(one)
    samples[opened] = one.memory()
    return samples, opened, closed


def deliver_again(one: Desk, opened: int) -> None:
    """Repeat the webhooks of known tickets, and print by how much the web process grows."""
    before, headers = one.memory()["web"], {"X-Webhook-Secret": one.stand_in.webhook_secret}
    for number in range(DELIVERIES):
        body = {"freshdesk_webhook": {"ticket_id": number % opened + 1}}
        one.http.post(one.stand_in.webhook_url, json=body, headers=headers, timeout=10).raise_for_status()
    grown = one.memory()["web"] - before
    Console().print(f"web after {DELIVERIES:,} more deliveries: {grown:+.1f} MiB")


def settle(one: Desk) -> None:
    """Wait until nothing is due any more."""
    if not wait_until(lambda: one.due() == 0, 120, pause=0.5):
        Console().print(f"still due after two minutes: {one.due()}")


def report_memory(console: Console, samples: dict[int, dict[str, float]], one: Desk) -> None:
    """Print memory at the start, after the caches are warm, half-way and at the end."""
    warm = min((count for count in samples if count >= WARM), default=max(samples))
    chosen = sorted({0, warm, sorted(samples)[len(samples) // 2], max(samples)})
    descriptors = one.descriptors()
    table = Table("MiB", *(f"{count:,} tickets" for count in chosen), "since warm", "open files")
    for name in samples[0]:
        grown = samples[max(samples)][name] - samples[warm][name]
        figures = (f"{samples[count][name]:.1f}" for count in chosen)
        table.add_row(name, *figures, f"{grown:+.1f}", str(descriptors[name]))
    console.print(table)


def report_keys(console: Console, one: Desk, left_open: int, closed: int) -> None:
    """Print Redis keys by kind: whose end is set, and whose is not."""
    with_end, without = Counter[str](), Counter[str]()
    for raw in one.redis.scan_iter(count=1000):
        kept = without if one.redis.ttl(raw) == FOR_EVER else with_end
        kept[_kind(raw.decode())] += 1
    table = Table("keys", "with an end", "without")
    for kind in sorted(with_end | without):
        table.add_row(kind.replace(":", " "), str(with_end[kind]), str(without[kind]))
    console.print(table)
    for_ever = sum(count for kind, count in without.items() if kind.endswith(TICKET))
    own = sum(count for kind, count in with_end.items() if kind.endswith(TICKET)) + for_ever
    shared = {name: one.redis.zcard(f"semaforo:{name}") for name in ("journal", "wakeups")}
    shared["ranks"] = one.redis.hlen("semaforo:ranks")
    used = one.redis.info("memory")["used_memory"] / MEBI
    console.print(f"{left_open:,} open and {closed:,} closed tickets; Redis uses {used:.1f} MiB")
    console.print(f"own keys a ticket: {own / (left_open + closed):.2f}, of them without an end: {for_ever}")
    console.print(f"members of shared keys: {shared}")


def _kind(name: str) -> str:
    """Return a key's kind; replies are counted by requester, all else that ends in a number by ticket."""
    parts = name.split(":")
    about_ticket = parts[-1].isdigit() and parts[1] != "replies"
    return ":".join(parts[:2]) + (TICKET if about_ticket else "")


if __name__ == "__main__":
    main()
