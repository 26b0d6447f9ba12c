"""How does a test speak to the running service and to the desk it serves?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests

from bot.simulator.server import SimulatorServer
from tests.e2e.processes import Processes, wait_for


@dataclass
class Service:
    """Hold the running service and the desk it serves."""

    simulator: SimulatorServer
    processes: Processes
    port: int

    def open(self, **ticket: Any) -> int:
        """Open a ticket as a customer would; the simulator sends the webhook."""
        # Of a customer of its own: only so many replies go to one address in a day.
        email = f"ana-{uuid4().hex[:8]}@cliente.pe"
        fields = {"subject": "No podemos entrar", "text": "El CRM está caído.", "email": email}
        answer = requests.post(f"{self.simulator.url}/_sim/tickets", json=fields | ticket, timeout=10)
        answer.raise_for_status()
        return int(answer.json()["id"])

    def ticket(self, ticket: int) -> dict[str, Any]:
        """Return the whole ticket."""
        found: dict[str, Any] = requests.get(f"{self.simulator.url}/_sim/tickets/{ticket}", timeout=10).json()
        return found

    def counts(self, ticket: int) -> tuple[int, int]:
        """Return how many private notes and public replies a ticket has."""
        messages = self.ticket(ticket)["conversations"]
        return sum(m["private"] for m in messages), sum(not m["private"] for m in messages)

    def requests_for(self, ticket: int) -> dict[str, Any]:
        """Return what was asked of the API about a ticket."""
        found: dict[str, Any] = requests.get(
            f"{self.simulator.url}/_sim/requests", params={"ticket": ticket}, timeout=10
        ).json()
        return found

    def set_faults(self, **faults: Any) -> None:
        """Put faults of the desk in force in place of all earlier ones."""
        requests.put(f"{self.simulator.url}/_sim/faults", json=faults, timeout=5).raise_for_status()

    def has(self, *names: str, **extra: str) -> None:
        """Start those of these processes that do not run."""
        for name in names:
            process = self.processes.running.get(name)
            if process is None or process.poll() is not None:
                self.processes.start(name, **extra)

    def wait_until_ready(self) -> None:
        """Wait until the service says that it is ready."""
        wait_for("ready", lambda: is_ready(self.port))


def is_ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False
