"""What does an account hold when the simulator starts?"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from bot.simulator.automations import Automation
from bot.simulator.clock import parse_moment
from bot.simulator.switches import Strict, Switches

FieldKind = Literal["text", "paragraph", "number", "decimal", "checkbox", "dropdown", "date"]

BOT_ID, LUCIA_ID, DIEGO_ID = 103000000001, 103000000002, 103000000003
SUPPORT_ID, BILLING_ID = 103000000101, 103000000102


_API_KEYS = {"sim-key": BOT_ID, "lucia-key": LUCIA_ID, "diego-key": DIEGO_ID}


class StatusSeed(Strict):
    id: int
    label: str
    customer_label: str = ""
    timer_on: bool = True


class FieldSeed(Strict):
    """A custom field of tickets or companies."""

    name: str
    label: str
    kind: FieldKind = "text"
    choices: tuple[str, ...] = ()
    required_for_agents: bool = False
    required_for_closure: bool = False


class SlaTarget(Strict):
    """The native SLA of one priority, in calendar seconds after creation."""

    respond_seconds: int
    resolve_seconds: int


class AgentSeed(Strict):
    id: int
    name: str
    email: str
    group_ids: tuple[int, ...] = ()
    ticket_scope: Literal[1, 2, 3] = 1
    occasional: bool = False
    admin: bool = True


class GroupSeed(Strict):
    id: int
    name: str
    description: str = ""


class CompanySeed(Strict):
    id: int | None = None
    name: str
    domains: tuple[str, ...] = ()
    description: str | None = None
    note: str | None = None
    health_score: str | None = None
    account_tier: str | None = None
    renewal_date: str | None = None
    industry: str | None = None
    custom_fields: dict[str, Any] = Field(default_factory=dict)


class ContactSeed(Strict):
    id: int | None = None
    name: str
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    company: str | None = None


class Dated(Strict):
    """Moments are ISO 8601; without an offset they are UTC."""

    @field_validator(
        "created_at", "updated_at", "due_by", "fr_due_by", "at", mode="before", check_fields=False
    )
    @classmethod
    def _moment(cls, value: object) -> object:
        return parse_moment(value) if isinstance(value, str) else value


class ReplySeed(Dated):
    """A message on a ticket; `as` says who writes it."""

    by: Literal["customer", "agent"] = Field(default="customer", alias="as")
    body: str | None = None
    text: str | None = None
    private: bool = False
    at: datetime | None = None
    agent_id: int | None = None
    email: str | None = None


class TimeEntrySeed(Strict):
    """Time an agent logged on a ticket, as hh:mm; `executed_at` is ISO 8601."""

    ticket_id: int
    time_spent: str
    agent_id: int | None = None
    note: str = ""
    billable: bool = True
    executed_at: str | None = None


class TicketSeed(Dated):
    """A ticket as a customer opens it; any status, priority or source is taken, known or not."""

    subject: str | None = "(sin asunto)"
    description: str | None = None
    text: str | None = None
    email: str = "cliente@cliente.example"
    name: str | None = None
    company: str | None = None
    status: int = 2
    priority: int = 1
    source: int = 1
    type: str | None = None
    tags: tuple[str, ...] = ()
    group_id: int | None = None
    responder_id: int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    due_by: datetime | None = None
    fr_due_by: datetime | None = None
    custom_fields: dict[str, Any] = Field(default_factory=dict)
    cc_emails: tuple[str, ...] = ()
    spam: bool = False
    deleted: bool = False
    archived: bool = False
    fire: bool = True
    replies: tuple[ReplySeed, ...] = ()


def _statuses() -> tuple[StatusSeed, ...]:
    return (
        StatusSeed(id=2, label="Open", customer_label="Being Processed"),
        StatusSeed(id=3, label="Pending", customer_label="Awaiting your Reply", timer_on=False),
        StatusSeed(id=4, label="Resolved", customer_label="This ticket has been Resolved", timer_on=False),
        StatusSeed(id=5, label="Closed", customer_label="This ticket has been Closed", timer_on=False),
        StatusSeed(id=6, label="Waiting on Customer", customer_label="Awaiting your Reply", timer_on=False),
        StatusSeed(id=7, label="Waiting on Third Party", customer_label="Being Processed", timer_on=False),
        StatusSeed(
            id=8, label="Esperando aprobación", customer_label="Esperando su aprobación", timer_on=False
        ),
    )


def _sla() -> dict[int, SlaTarget]:
    hour = 3600
    return {
        1: SlaTarget(respond_seconds=24 * hour, resolve_seconds=72 * hour),
        2: SlaTarget(respond_seconds=12 * hour, resolve_seconds=48 * hour),
        3: SlaTarget(respond_seconds=8 * hour, resolve_seconds=24 * hour),
        4: SlaTarget(respond_seconds=4 * hour, resolve_seconds=12 * hour),
    }


class Seed(Strict):
    """A whole account. Everything has a default, so a file names only what differs."""

    domain: str = "demo.freshdesk.com"
    helpdesk_name: str = "Mesa de ayuda"
    time_zone: str = "America/Lima"
    support_email: str = "soporte@demo.example"
    # API key -> the agent it acts as
    api_keys: dict[str, int] = Field(default_factory=lambda: dict(_API_KEYS))
    agents: tuple[AgentSeed, ...] = (
        AgentSeed(
            id=BOT_ID, name="Semáforo", email="semaforo@demo.example", group_ids=(SUPPORT_ID, BILLING_ID)
        ),
        AgentSeed(id=LUCIA_ID, name="Lucía Paredes", email="lucia@demo.example", group_ids=(SUPPORT_ID,)),
        AgentSeed(id=DIEGO_ID, name="Diego Salas", email="diego@demo.example", group_ids=(BILLING_ID,)),
    )
    groups: tuple[GroupSeed, ...] = (
        GroupSeed(id=SUPPORT_ID, name="Soporte", description="Atención de incidencias"),
        GroupSeed(id=BILLING_ID, name="Facturación", description="Cobranzas y comprobantes"),
    )
    statuses: tuple[StatusSeed, ...] = Field(default_factory=_statuses)
    ticket_types: tuple[str, ...] = ("Question", "Incident", "Problem", "Feature Request", "Refund")
    ticket_fields: tuple[FieldSeed, ...] = ()
    company_fields: tuple[FieldSeed, ...] = (
        FieldSeed(name="factura_vencida", label="Factura vencida", kind="checkbox"),
        FieldSeed(name="vencimiento_factura", label="Vencimiento de factura", kind="date"),
    )
    sla: dict[int, SlaTarget] = Field(default_factory=_sla)
    companies: tuple[CompanySeed, ...] = ()
    contacts: tuple[ContactSeed, ...] = ()
    tickets: tuple[TicketSeed, ...] = ()
    automations: tuple[Automation, ...] = ()
    # Rules and further SLA policies as Freshdesk's API shows them, those of other people above all.
    rules: tuple[dict[str, Any], ...] = ()
    more_sla_policies: tuple[dict[str, Any], ...] = ()
    switches: Switches = Switches()


def load_seed(path: Path | None) -> Seed:
    """Read a seed file (JSON), or return the built-in account. Raise OSError or ValueError."""
    return Seed() if path is None else Seed.model_validate(json.loads(path.read_text(encoding="utf-8")))
