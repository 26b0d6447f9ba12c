"""Which Freshdesk does a machine without an account speak to, and how do we play its customers?"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from bot.local.demo_tickets import OVERDUE_COMPANY, SampleTicket
from bot.local.ports import LOOPBACK

PORTAL, SECOND_PORTAL = "acelera", "mda"
BOT_AGENT = 103000000001
DESK_AGENT = 103000000002
DESK_GROUP = {PORTAL: 103000000101, SECOND_PORTAL: 205000000101}
PATIENCE_SECONDS = 5
# A whole day's mail comes within a minute; the account's share for sweeps must not run out meanwhile.
_LIMITS = {
    "total": 6000,
    "ticket_create": 2000,
    "ticket_update": 2000,
    "ticket_list": 2000,
    "contact_list": 2000,
}


@dataclass(frozen=True, slots=True)
class StandIn:
    """Hold the simulator's account: where it listens, whom it calls, and the secrets of this run."""

    port: int
    web_port: int
    portal: str = PORTAL
    api_key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    webhook_secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)

    @property
    def url(self) -> str:
        """Return the simulator's address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def webhook_url(self) -> str:
        """Return where its automations report."""
        return f"http://{LOOPBACK}:{self.web_port}/webhooks/freshdesk/{self.portal}"

    @property
    def domain(self) -> str:
        """Return the name of the simulated account."""
        return f"demo-{self.portal}.freshdesk.com"

    def environ(self) -> dict[str, str]:
        """Return the variables by which our processes know this account."""
        prefix = f"PORTAL_{self.portal.upper()}"
        return {
            f"{prefix}_DOMAIN": self.domain,
            f"{prefix}_API_KEY": self.api_key,
            f"{prefix}_WEBHOOK_SECRET": self.webhook_secret,
            f"{prefix}_URL": self.url,
        }

    def seed(self) -> str:
        """Return the account as the simulator's seed file: people, a group, a company, automations."""
        hook = {
            "url": self.webhook_url,
            "headers": {"X-Webhook-Secret": self.webhook_secret},
            "exclude_agent_id": BOT_AGENT,
        }
        account = {
            "domain": self.domain,
            "helpdesk_name": f"Mesa de ayuda {self.portal}",
            "groups": [{"id": DESK_GROUP[self.portal], "name": "Soporte"}],
            "switches": {"limits": _LIMITS},
            "api_keys": {self.api_key: BOT_AGENT},
            "agents": [
                {"id": BOT_AGENT, "name": "Semáforo", "email": "semaforo@demo.example"},
                {"id": DESK_AGENT, "name": "Lucía Paredes", "email": "lucia@demo.example"},
            ],
            "companies": [{"name": OVERDUE_COMPANY, "custom_fields": {"factura_vencida": True}}],
            "automations": [hook | {"on": "creation"}, hook | {"on": "update"}],
        }
        return json.dumps(account, ensure_ascii=False)

    def open_ticket(self, sample: SampleTicket, now: datetime) -> int:
        """Open a ticket as its customer would and return its number; requests.RequestException on failure."""
        ticket = {
            "subject": sample.subject,
            "description": sample.html or None,
            "text": None if sample.html else sample.text,
            "email": sample.email,
            "company": sample.company or None,
            "source": sample.source,
            "status": sample.status,
            "created_at": (now - sample.age).isoformat(),
            "fire": sample.delivery != "lost",
        }
        number = int(self._call("POST", "/_sim/tickets", ticket)["id"])
        if sample.delivery == "twice":
            self.tell(number)
        return number

    def begin(self, ticket: Mapping[str, Any]) -> int:
        """Open a ticket that no webhook tells of, and return its number."""
        return int(self._call("POST", "/_sim/tickets", {**ticket, "fire": False})["id"])

    def say(self, number: int, text: str, *, agent: bool, at: datetime | None = None) -> None:
        """Write on a ticket as its customer or as the desk; back-dated, no webhook tells of it."""
        who = {"as": "agent", "agent_id": DESK_AGENT} if agent else {"as": "customer"}
        when = {} if at is None else {"at": at.isoformat()}
        self._call("POST", f"/_sim/tickets/{number}/reply", {"text": text, **who, **when})

    def change(self, number: int, fields: Mapping[str, Any], at: datetime | None = None) -> None:
        """Change fields of a ticket as the desk does on its page."""
        when = {} if at is None else {"at": at.isoformat()}
        body = {"agent_id": DESK_AGENT, "fields": dict(fields), "fire": at is None, **when}
        self._call("POST", f"/_sim/tickets/{number}/update", body)

    def mark_company(self, name: str, fields: Mapping[str, Any]) -> None:
        """Set custom fields of a company, which is created if need be."""
        self._call("POST", "/_sim/companies", {"name": name, "custom_fields": dict(fields)})

    def tell(self, number: int) -> None:
        """Send the webhook of a ticket, as its automation would."""
        body = {"freshdesk_webhook": {"ticket_id": number}}
        headers = {"X-Webhook-Secret": self.webhook_secret}
        with _session() as session:
            answer = session.post(self.webhook_url, json=body, headers=headers, timeout=PATIENCE_SECONDS)
            answer.raise_for_status()

    def ticket(self, number: int) -> Mapping[str, Any]:
        """Return the whole ticket with its conversations, as Freshdesk has it now."""
        return self._call("GET", f"/_sim/tickets/{number}")

    def requests_seen(self) -> int:
        """Return how many API requests the account has received."""
        return int(self._call("GET", "/_sim/requests")["total"])

    def _call(self, method: str, path: str, body: object = None) -> Mapping[str, Any]:
        with _session() as session:
            answer = session.request(method, self.url + path, json=body, timeout=PATIENCE_SECONDS)
            answer.raise_for_status()
            found: Mapping[str, Any] = answer.json()
            return found


def journal_entry(
    web_port: int, password: str, number: int, portal: str = PORTAL
) -> Mapping[str, Any] | None:
    """Return what the journal says of a ticket, or None when it says nothing yet."""
    url = f"http://{LOOPBACK}:{web_port}/ops/api/tickets/{portal}/{number}"
    with _session() as session:
        answer = session.get(url, headers={"Authorization": f"Bearer {password}"}, timeout=PATIENCE_SECONDS)
    if answer.status_code == requests.codes.not_found:
        return None
    answer.raise_for_status()
    entry: Mapping[str, Any] = answer.json()
    return entry


def answers(url: str) -> bool:
    """Tell whether a page of ours is there and content."""
    try:
        with _session() as session:
            return session.get(url, timeout=PATIENCE_SECONDS).ok
    except requests.RequestException:
        return False


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy of the machine's cannot reach our loopback
    return session
