"""Where is everything the simulator knows? One object, guarded by one lock."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.simulator.automations import Automation, TicketEvent
from bot.simulator.clock import Clock
from bot.simulator.endpoints import Endpoint
from bot.simulator.faults import Dice, Faults
from bot.simulator.rate_limit import RateLimiter, Verdict
from bot.simulator.records import Agent, Company, Contact, Conversation, Group, Json, Ticket, TimeEntry
from bot.simulator.seed import FieldSeed, Seed, StatusSeed
from bot.simulator.switches import Switches


@dataclass(slots=True)
class RequestRecord:
    """One API request as it reached the account; `status` is None when it was never answered."""

    at: datetime
    method: str
    path: str
    endpoint: Endpoint
    status: int | None = None
    agent_id: int | None = None
    cost: int = 1


class State:
    """One account. Hold `lock` while reading or changing it."""

    def __init__(self, seed: Seed, clock: Clock) -> None:
        self.lock = threading.RLock()
        self.seed = seed
        self.clock = clock
        self.announce: Callable[[Ticket, TicketEvent], None] = lambda _ticket, _event: None
        self.clear()

    def clear(self) -> None:
        """Go back to an account without people or tickets, with the seed's settings."""
        now = self.now()
        self.switches: Switches = self.seed.switches
        self.automations: tuple[Automation, ...] = self.seed.automations
        self.rules: dict[int, Json] = {rule["id"]: {**rule} for rule in self.seed.rules}
        self.dice = Dice(Faults())
        self.limiter = RateLimiter()
        self.requests: list[RequestRecord] = []
        self.tickets: dict[int, Ticket] = {}
        self.conversations: dict[int, Conversation] = {}
        self.contacts: dict[int, Contact] = {}
        self.companies: dict[int, Company] = {}
        self.time_entries: dict[int, TimeEntry] = {}
        self.ratings: list[Json] = []
        self.solutions: dict[str, dict[int, Json]] = {"categories": {}, "folders": {}, "articles": {}}
        self.agents = {
            a.id: Agent(a.id, a.name, a.email, list(a.group_ids), a.ticket_scope, a.admin, now, a.occasional)
            for a in self.seed.agents
        }
        self.groups = {g.id: Group(g.id, g.name, g.description, now) for g in self.seed.groups}
        self._ids = itertools.count(103000001001)
        self._ticket_ids = itertools.count(1)

    def now(self) -> datetime:
        """Return the simulator's moment, in UTC."""
        return self.clock.now()

    @property
    def faults(self) -> Faults:
        """Return the faults in force."""
        return self.dice.faults

    def next_id(self) -> int:
        """Return a new id for anything but a ticket."""
        return next(self._ids)

    def next_ticket_id(self) -> int:
        """Return the account's next ticket number."""
        return next(self._ticket_ids)

    def status(self, status_id: int) -> StatusSeed | None:
        """Return the definition of a status, if the account has it."""
        return next((status for status in self.seed.statuses if status.id == status_id), None)

    def timer_on(self, status_id: int) -> bool:
        """Say whether the SLA timer runs in a status; it does in one the account does not define."""
        status = self.status(status_id)
        return status is None or status.timer_on

    def ticket_field(self, name: str) -> FieldSeed | None:
        """Return the definition of a custom ticket field, if the account has it."""
        return next((field for field in self.seed.ticket_fields if field.name == name), None)

    def contact_of(self, email: str) -> Contact | None:
        """Return the contact with a mail address, whatever its case."""
        wanted = email.casefold()
        return next((c for c in self.contacts.values() if (c.email or "").casefold() == wanted), None)

    def company_named(self, name: str) -> Company | None:
        """Return the company with exactly that name."""
        return next((company for company in self.companies.values() if company.name == name), None)

    def spend(self, endpoint: Endpoint | None, cost: int) -> Verdict:
        """Take a request (or, without an endpoint, a webhook) from the rate budget."""
        limits = self.faults.limits(self.switches.limits)
        return self.limiter.spend(
            self.now(), cost, endpoint.limit if endpoint else None, limits, self.switches
        )
