"""What do answers of Freshdesk look like?"""

from __future__ import annotations

from typing import Any

from bot.freshdesk.client import FreshdeskClient
from bot.freshdesk.wrapped import Repeats

BASE = "https://acme.freshdesk.com"
API = f"{BASE}/api/v2"
KEY = "s3cret-Key-Of-The-Bot"
AT_ONCE = Repeats(pause=lambda _: None)
NEVER = Repeats(attempts=1)


def client(base_url: str = BASE, **options: Any) -> FreshdeskClient:
    """Make a client that does not pause between attempts."""
    options.setdefault("repeats", AT_ONCE)
    return FreshdeskClient("acelera", base_url, KEY, **options)


def ticket(**changes: Any) -> dict[str, Any]:
    """Return a ticket as `GET /tickets/4711?include=conversations,requester,stats` gives it."""
    return {
        "id": 4711,
        "subject": "No ingresa nadie",
        "description": "<div>Desde las 8&nbsp;am</div><div>no entra <b>nadie</b></div>",
        "description_text": "Desde las 8 am no entra nadie",
        "status": 2,
        "priority": 3,
        "source": 1,
        "type": "Incidente",
        "requester_id": 103021764887,
        "responder_id": None,
        "group_id": 103000085325,
        "company_id": 103000150466,
        "to_emails": ["soporte@acme.example"],
        "spam": False,
        "due_by": "2026-03-05T17:00:00Z",
        "fr_due_by": "2026-03-04T12:00:00Z",
        "nr_due_by": None,
        "created_at": "2026-03-04T09:15:02Z",
        "updated_at": "2026-03-04T09:15:06Z",
        "tags": ["vip"],
        "custom_fields": {"cf_amount": "124.0", "cf_region": None},
        "attachments": [],
        "source_additional_info": None,
        "stats": {
            "agent_responded_at": None,
            "requester_responded_at": None,
            "first_responded_at": None,
            "status_updated_at": "2026-03-04T09:15:02Z",
            "reopened_at": None,
            "resolved_at": None,
            "closed_at": None,
            "pending_since": None,
        },
        "requester": {
            "id": 103021764887,
            "name": "Ana Ruiz",
            "email": "ana@customer.example",
            "mobile": None,
        },
        "conversations": [conversation()],
    } | changes


def conversation(**changes: Any) -> dict[str, Any]:
    """Return one entry of `GET /tickets/4711/conversations`."""
    return {
        "id": 103045550001,
        "ticket_id": 4711,
        "user_id": 103021764887,
        "incoming": True,
        "private": False,
        "source": 0,
        "category": 1,
        "body": "<div>¿Novedades?</div>",
        "body_text": "¿Novedades?",
        "support_email": "soporte@acme.example",
        "from_email": "ana@customer.example",
        "to_emails": ["soporte@acme.example"],
        "cc_emails": [],
        "bcc_emails": None,
        "attachments": [],
        "created_at": "2026-03-04T10:02:11Z",
        "updated_at": "2026-03-04T10:02:11Z",
        "source_additional_info": None,
    } | changes
