"""How tests of the contract play the client and the desk, and what they look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.domain.ticket import TicketKey
from tests.policy.planner.desk import LUCIA, shipped
from tests.world import MONDAY, PORTAL, World

DOWN = {"subject": "Caído", "text": "El CRM está caído desde las 8."}
CONTRACT = {
    name: shipped(name) for name in ("aprobaciones", "morosidad", "aviso-de-pago", "alcance", "reapertura")
}


def said(world: World, ticket: int, text: str, *, agent: bool = False, at: datetime | None = None) -> None:
    who: dict[str, Any] = {"as": "agent", "agent_id": LUCIA} if agent else {"as": "customer"}
    when = {} if at is None else {"at": at.isoformat()}
    world.control("POST", f"tickets/{ticket}/reply", {"text": text} | who | when)


def asked(world: World, **fields: Any) -> int:
    """Open a ticket, answer it and ask the client for an approval at Monday 10:00."""
    ticket = world.open(**(DOWN | fields))
    world.settle(ticket)
    said(world, ticket, "¿Nos apruebas el cambio?", agent=True)
    tags = world.ticket(ticket)["tags"]
    world.as_agent(ticket, status=6, tags=[*tags, "requiere-aprobacion"])
    world.settle(ticket)
    return ticket


def at_hour(world: World, hours: float, ticket: int) -> None:
    world.clock.now = MONDAY + timedelta(hours=hours)
    world.settle(ticket)


def alarms_until(world: World, hours: float, ticket: int) -> None:
    """Let the ticket's own alarms ring, and nothing else, up to an hour."""
    end = MONDAY + timedelta(hours=hours)
    while (at := world.ctx.wakeups.at(TicketKey(PORTAL, ticket))) is not None and at <= end:
        world.clock.now = max(at, world.clock.now)
        world.settle()
    world.clock.now = end


def tags(world: World, ticket: int) -> set[str]:
    return {tag for tag in world.ticket(ticket)["tags"] if not tag.startswith("sla-")}


def closings(world: World, ticket: int) -> int:
    return sum("DETENIDO" in text for text in world.replies(ticket))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def answered(world: World) -> int:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    said(world, ticket, "Ya lo vemos.", agent=True)
    world.settle(ticket)
    return ticket


def mark(world: World, overdue: bool | None) -> None:
    fields = {"name": "Morosa SAC", "custom_fields": {"factura_vencida": overdue}}
    world.control("POST", "companies", fields)
    for name in world.redis.keys("semaforo:company:*"):
        world.redis.delete(name)
