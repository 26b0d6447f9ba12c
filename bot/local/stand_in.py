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

PORTAL = "acelera"
DOMAIN = "demo.freshdesk.com"
BOT_AGENT = 103000000001
DESK_AGENT = 103000000002
PATIENCE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class StandIn:
    """Hold the simulator's account: where it listens, whom it calls, and the secrets of this run."""

    port: int
    web_port: int
    api_key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    webhook_secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)

    @property
    def url(self) -> str:
        """Return the simulator's address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def webhook_url(self) -> str:
        """Return where its automations report."""
        return f"http://{LOOPBACK}:{self.web_port}/webhooks/freshdesk/{PORTAL}"

    def environ(self) -> dict[str, str]:
        """Return the variables by which our processes know this account."""
        prefix = f"PORTAL_{PORTAL.upper()}"
        return {
            f"{prefix}_DOMAIN": DOMAIN,
            f"{prefix}_API_KEY": self.api_key,
            f"{prefix}_WEBHOOK_SECRET": self.webhook_secret,
            f"{prefix}_URL": self.url,
        }

    def seed(self) -> str:
        """Return the account as the simulator's seed file: people, an overdue company, two automations."""
        hook = {
            "url": self.webhook_url,
            "headers": {"X-Webhook-Secret": self.webhook_secret},
            "exclude_agent_id": BOT_AGENT,
        }
        account = {
            "domain": DOMAIN,
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
            self._repeat_webhook(number)
        return number

    def ticket(self, number: int) -> Mapping[str, Any]:
        """Return the whole ticket with its conversations, as Freshdesk has it now."""
        return self._call("GET", f"/_sim/tickets/{number}")

    def requests_seen(self) -> int:
        """Return how many API requests the account has received."""
        return int(self._call("GET", "/_sim/requests")["total"])

    def _repeat_webhook(self, number: int) -> None:
        body = {"freshdesk_webhook": {"ticket_id": number}}
        headers = {"X-Webhook-Secret": self.webhook_secret}
        with _session() as session:
            answer = session.post(self.webhook_url, json=body, headers=headers, timeout=PATIENCE_SECONDS)
            answer.raise_for_status()

    def _call(self, method: str, path: str, body: object = None) -> Mapping[str, Any]:
        with _session() as session:
            answer = session.request(method, self.url + path, json=body, timeout=PATIENCE_SECONDS)
            answer.raise_for_status()
            found: Mapping[str, Any] = answer.json()
            return found


def journal_entry(web_port: int, password: str, number: int) -> Mapping[str, Any] | None:
    """Return what the journal says of a ticket, or None when it says nothing yet."""
    url = f"http://{LOOPBACK}:{web_port}/ops/api/tickets/{PORTAL}/{number}"
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
