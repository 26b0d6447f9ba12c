"""Which tags the bot puts on and takes off, and which it never touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.record import Record, Written
from bot.policy.fields import merged_tags

from .desk import LONG_TAG, MONDAY, NORMAL, OVERDUE, fields, plan, settled, ticket, wrote

MANAGED = ("sla-urgente", "sla-importante", "sla-preferente", "sla-normal", "sla-en-riesgo", "sla-incumplido")
STATE, INFO = ("sla-normal",), ("sin-regla",)
WROTE = wrote(None, ("sla-normal", "sin-regla"), sure=True)
REWROTE = wrote(None, ("sla-normal", "sin-regla"), sure=True, rewrites=1)

CASES: list[Any] = [
    pytest.param((), None, ("sla-normal", "sin-regla"), id="none yet"),
    pytest.param(("vip",), None, ("vip", "sla-normal", "sin-regla"), id="foreign tags first, kept"),
    pytest.param(("SLA-Normal", "Sin-Regla"), None, None, id="case does not matter"),
    pytest.param(("vip", "sla-normal", "sin-regla"), None, None, id="all there"),
    pytest.param(
        ("sla-urgente", "vip", "sla-en-riesgo"),
        None,
        ("vip", "sla-normal", "sin-regla"),
        id="untrue ones off",
    ),
    pytest.param(
        ("Sla-Urgente", "sla-normal", "sin-regla"), None, ("sla-normal", "sin-regla"), id="off in any case"
    ),
    pytest.param(("sla-normal",), WROTE, None, id="a topic taken off stays off"),
    pytest.param(("sin-regla",), WROTE, ("sin-regla", "sla-normal"), id="a state taken off is put back"),
    pytest.param(("sin-regla",), REWROTE, None, id="once only"),
    pytest.param((), wrote(None, WROTE.value), ("sla-normal", "sin-regla"), id="a write that never arrived"),
    pytest.param(
        ("vip",), wrote(("sin-regla",), WROTE.value), ("vip", "sla-normal"), id="topic taken off before it"
    ),
    pytest.param(("sla-normal", "sla-en-riesgo"), REWROTE, None, id="a state put on is taken off once only"),
    pytest.param(
        ("sla-normal",), wrote(None, ("sla-urgente",), sure=True), ("sla-normal", "sin-regla"), id="new topic"
    ),
]


@pytest.mark.parametrize(("present", "memory", "wanted"), CASES)
def test_merged_tags(
    present: tuple[str, ...], memory: Written | None, wanted: tuple[str, ...] | None
) -> None:
    assert merged_tags(ticket(tags=present), memory, STATE, INFO, MANAGED) == wanted


def test_tags_are_cut_to_what_freshdesk_takes_and_then_left() -> None:
    of, record = settled(ticket(body="Un desarrollo a medida, está caído"))
    assert LONG_TAG[:32] in of.tags
    assert all(len(tag) <= 32 for tag in of.tags)
    assert plan(of, record).actions == ()


def test_foreign_tags_are_never_lost_through_a_whole_life() -> None:
    foreign = ("VIP", "Lima", "sla-de-otro", "cliente ñandú")
    of, record = settled(ticket(tags=foreign))
    for hours in (0, 19, 25, 60):
        of, record = settled(of, record, now=MONDAY + timedelta(hours=hours))
        assert set(foreign) <= set(of.tags)


@pytest.mark.parametrize(
    ("hours", "tag"), [(17.9, None), (18, "sla-en-riesgo"), (23.9, "sla-en-riesgo"), (24, "sla-incumplido")]
)
def test_one_state_tag_at_a_time_follows_the_clock(hours: float, tag: str | None) -> None:
    of, record = settled(ticket())
    of, record = settled(of, record, now=MONDAY + timedelta(hours=hours))
    assert set(of.tags) == {"sla-urgente", *([tag] if tag else [])}


def test_a_person_who_insists_has_the_last_word() -> None:
    of, record = settled(ticket(body=NORMAL))
    of, record = settled(replace(of, tags=("vip",)), record)
    assert set(of.tags) == {"vip", "sla-normal"}
    assert plan(replace(of, tags=("vip",)), record).actions == ()


def test_a_tag_that_freshdesk_refuses_is_not_insisted_on() -> None:
    of, record = settled(ticket())
    refused = {**record.written, "tags": wrote(None, ("sla-urgente",), refused=True)}
    planned = plan(replace(of, tags=()), Record(record.effects, refused, record.decision, record.statuses))
    assert fields(planned) == {}
    assert any("etiquetas" in reason for reason in planned.reasons)


def test_suspension_follows_the_company_on_and_off() -> None:
    of, record = settled(ticket(), company=OVERDUE)
    assert "servicio-suspendido" in of.tags
    paid, _ = settled(of, record, company=replace(OVERDUE, overdue=False))
    assert "servicio-suspendido" not in paid.tags
