"""A desk with four plain rules and the shipped service sections, and tickets to plan for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.actions import AddNote, Reply, SetFields
from bot.domain.plan import Plan
from bot.domain.record import Effect, EffectState, Record, Written
from bot.domain.ticket import Company, Message, Ticket, TicketKey
from bot.policy import planner
from bot.policy.marks import reference
from bot.policy.model import Policy, load_policy

SHIPPED = Path(__file__).parents[3] / "rules"
SERVICE = ("calendario", "escalamiento", "etiquetas", "niveles", "notas", "portales", "respuestas")

# A Monday at 10:00 in Lima, no holiday near.
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEY = TicketKey("acelera", 7)
BOT, LUCIA = 103000000001, 103000000002
URGENT, IMPORTANT, PREFERRED, NORMAL = "El CRM está caído", "Pido la factura", "Hay duplicados", "Gracias"
LONG_TAG = "desarrollo-a-medida-de-un-cliente-grande"

RULES = """
version: 1
reglas:
  - {id: urg-caido, titulo: El servicio no está disponible, dueno: mesa, estado: activa, nivel: URGENTE,
     clausula: "Niveles de prioridad, URGENTE", cuando: "caid*",
     ejemplos: {coincide: [está caído, están caídas], no_coincide: [gracias, hola]}}
  - {id: imp-factura, titulo: Pide una factura, dueno: mesa, estado: activa, nivel: IMPORTANTE,
     clausula: "Niveles de prioridad, IMPORTANTE", cuando: "factura",
     ejemplos: {coincide: [la factura, mi factura], no_coincide: [gracias, hola]}}
  - {id: pre-duplicados, titulo: Limpieza de duplicados, dueno: mesa, estado: activa, nivel: PREFERENTE,
     cuando: "duplicad*", ejemplos: {coincide: [duplicados, duplicadas], no_coincide: [gracias, hola]}}
  - {id: tema-desarrollo, titulo: Pide un desarrollo, dueno: mesa, estado: activa, bandera: fuera_de_alcance,
     etiquetas: [LONG_TAG], cuando: "desarrollo a medida",
     ejemplos: {coincide: [un desarrollo a medida, otro desarrollo a medida], no_coincide: [gracias, hola]}}
  - {id: tema-pago, titulo: Avisa que paga tarde, dueno: mesa, estado: activa, bandera: aviso_de_pago,
     cuando: "pagare tarde", ejemplos: {coincide: [pagaré tarde, pagare tarde], no_coincide: [gracias, hola]}}
""".replace("LONG_TAG", LONG_TAG)


@contextmanager
def rules_folder(**changed: str) -> Iterator[Path]:
    """Give a folder with the plain rules and the shipped service sections; `changed` replaces files."""
    folder = Path(tempfile.mkdtemp(prefix="semaforo-rules-"))
    try:
        for name in SERVICE:
            shutil.copy(SHIPPED / f"{name}.yaml", folder)
        for name, text in ({"clasificacion": RULES} | changed).items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(folder)


def shipped(name: str) -> str:
    """Return the text of a shipped rule file."""
    return (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def policy() -> Policy:
    """Return the policy of this desk."""
    return loaded()


def loaded(**changed: str) -> Policy:
    """Return the policy with some files replaced."""
    with rules_folder(**changed) as folder:
        found, problems = load_policy(folder)
    assert found is not None, "\n".join(map(str, problems))
    return found


def ticket(subject: str = "Consulta", body: str = URGENT, **changes: Any) -> Ticket:
    """Return a ticket that came in by mail on Monday at ten."""
    whole = Ticket(
        key=KEY,
        subject=subject,
        body=body,
        status=2,
        priority=1,
        source=1,
        created_at=MONDAY,
        updated_at=MONDAY,
        requester_id=501,
        requester_email="ana@cliente.example",
        to_emails=("soporte@demo.example",),
    )
    return replace(whole, **changes)


def message(text: str, *, at: datetime = MONDAY + timedelta(hours=1), **changes: Any) -> Message:
    """Return a public message by Lucía, unless changed."""
    plain = Message(
        id=int(at.timestamp()), text=text, incoming=False, private=False, user_id=LUCIA, created_at=at
    )
    return replace(plain, **changes)


def plan(
    of: Ticket,
    record: Record | None = None,
    *,
    now: datetime = MONDAY,
    rules: Policy | None = None,
    **facts: Any,
) -> Plan:
    """Plan as the engine does, with the bot's agent known."""
    given: Mapping[str, Any] = {"bot_agent": BOT} | facts
    return planner.plan(of, record or Record(), rules or policy(), now, **given)


def carried_out(
    of: Ticket, record: Record, planned: Plan, *, now: datetime = MONDAY
) -> tuple[Ticket, Record]:
    """Return ticket and record as they are once every action of a plan has succeeded."""
    written = {**record.written, **planned.proven_fields}
    effects = {**record.effects, **planned.proven_effects}
    for action in planned.actions:
        if isinstance(action, SetFields):
            changes: dict[str, Any] = action.changes()
            of = replace(of, **changes)
            written |= {name: replace(value, sure=True) for name, value in planned.writes.items()}
        else:
            private = isinstance(action, AddNote)
            text = f"Texto. Ref. {reference(of.key, action.key)}"
            said = message(text, at=now, id=len(of.messages) + 1, private=private, user_id=BOT)
            of = replace(of, messages=(*of.messages, said))
            effects[action.key] = Effect(EffectState.DONE, now)
    moments = {**record.moments, **planned.moments}
    return of, Record(effects, written, planned.decision, planned.statuses, moments)


def settled(of: Ticket, record: Record | None = None, **given: Any) -> tuple[Ticket, Record]:
    """Plan and carry out once, and check that nothing is left to do at that moment."""
    now = given.get("now", MONDAY)
    of, record = carried_out(of, record or Record(), plan(of, record, **given), now=now)
    assert plan(of, record, **given).actions == ()
    return of, record


def fields(planned: Plan) -> dict[str, Any]:
    """Return the field changes of a plan by name."""
    return next((a.changes() for a in planned.actions if isinstance(a, SetFields)), {})


def notes(planned: Plan) -> dict[str, str]:
    """Return the notes of a plan by key."""
    return {a.key: a.html for a in planned.actions if isinstance(a, AddNote)}


def replies(planned: Plan) -> list[str]:
    """Return the texts of the replies of a plan."""
    return [a.html for a in planned.actions if isinstance(a, Reply)]


def wrote(before: Any, value: Any, **flags: Any) -> Written:
    """Return a memory of a field."""
    return Written(before, value, **flags)


OVERDUE = Company(9, overdue=True)
