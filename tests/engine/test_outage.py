"""An account that is down, or refuses the key: is it left alone, and does every ticket come right after?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.ticket import TicketKey
from bot.engine.doctor import limit_findings, portal_findings
from bot.engine.findings import Verdict
from bot.engine.gate import Turn, taking
from bot.engine.spending import put_back
from bot.store.breaker import FAILURES
from bot.store.budget import Priority
from bot.store.rulebook import Rulebook
from tests.policy.planner.desk import rules_folder
from tests.world import MONDAY, PORTAL, World

from .limited import limit, live, requests_seen

PLAIN = {"subject": "Consulta", "text": "¿Cómo cambio mi foto?"}


@pytest.fixture(scope="module")
def rulebook() -> Iterator[Rulebook]:
    with rules_folder() as folder:
        yield Rulebook(folder)


@pytest.fixture
def limited(world: World) -> World:
    limit(world, 0.6)
    return world


def many(world: World, count: int) -> list[int]:
    return [world.open(**PLAIN, email=f"cliente{n}@cliente.example") for n in range(count)]


def at_rest(world: World, tickets: list[int]) -> bool:
    return all(len(world.notes(t)) == 1 and len(world.replies(t)) == 1 for t in tickets)


def most_in_a_minute(moments: list[datetime]) -> int:
    return max(sum(0 <= (at - start).total_seconds() < 60 for at in moments) for start in moments)


@pytest.mark.parametrize("how", [{"down": "503"}, {"error_500": 1.0}, {"drop_read": 1.0}], ids=str)
def test_down_for_a_quarter_of_an_hour(limited: World, how: dict[str, Any]) -> None:
    tickets = many(limited, 15)
    limited.control("PUT", "faults", how)
    limited.ring(*tickets)
    live(limited, 900, step=3)
    asked = [record.at for record in requests_seen(limited)]
    assert len(asked) >= 30, "and it was asked now and then"
    assert most_in_a_minute(asked[FAILURES:]) <= 3
    assert sum(failure.attempts for failure in limited.ctx.failures.all()) < FAILURES
    limited.control("PUT", "faults", {})
    live(limited, 120)
    assert at_rest(limited, tickets)
    assert not list(limited.ctx.failures.all())


def test_writes_in_doubt_when_it_went_down_happen_once(limited: World) -> None:
    tickets = many(limited, 12)
    limited.control("PUT", "faults", {"error_500_after_write": 1.0})
    limited.ring(*tickets)
    live(limited, 120, step=2)
    limited.control("PUT", "faults", {})
    live(limited, 400, step=2)
    assert at_rest(limited, tickets)


def test_nearest_deadlines_come_first_when_it_is_back(limited: World) -> None:
    tickets = many(limited, 8)
    limited.settle(*tickets)
    days = [4, 1, 3, 0.5, 2, 4.5, 0.1, 1.5]
    for ticket, ahead in zip(tickets, days, strict=True):
        key = TicketKey(PORTAL, ticket)
        due = limited.ctx.ledger.read(key).written["fr_due_by"]
        moved = due.__class__(due.before, (MONDAY + timedelta(days=ahead)).isoformat())
        limited.ctx.ledger.write_fields(key, {"fr_due_by": moved, "due_by": moved})
        put_back(limited.ctx, key, timedelta(seconds=20))
    moments = [limited.ctx.wakeups.at(TicketKey(PORTAL, ticket)) for ticket in tickets]
    by_moment = [ahead for _, ahead in sorted(zip(moments, days, strict=True), key=lambda pair: str(pair[0]))]
    assert by_moment == sorted(days)


def test_a_ticket_put_back_comes_when_it_turns_urgent(limited: World) -> None:
    ticket = many(limited, 1)[0]
    limited.settle(ticket)
    key = TicketKey(PORTAL, ticket)
    due = limited.ctx.ledger.read(key).written["fr_due_by"]
    soon = due.__class__(due.before, (MONDAY + timedelta(minutes=35)).isoformat())
    limited.ctx.ledger.write_fields(key, {"fr_due_by": soon})
    put_back(limited.ctx, key, timedelta(minutes=20))
    assert limited.ctx.wakeups.at(key) == MONDAY + timedelta(minutes=5)


def test_a_refused_key_stops_everything_until_it_works(limited: World) -> None:
    tickets = many(limited, 10)
    limited.control("PUT", "faults", {"unauthorized": 1.0})
    limited.ring(*tickets)
    live(limited, 3000, step=10)
    assert len(requests_seen(limited)) <= 6, "one, then one in ten minutes"
    failing = list(limited.ctx.failures.all())
    assert [(failure.attempts, failure.reason) for failure in failing] == [(1, "Unauthorized 401")]
    assert all(not limited.notes(ticket) for ticket in tickets)
    limited.control("PUT", "faults", {})
    live(limited, 1300, step=5)
    assert at_rest(limited, tickets)
    assert not list(limited.ctx.failures.all())


def test_another_key_goes_on_at_once(limited: World) -> None:
    limit(limited, 0.6, key="dead-key")
    tickets = many(limited, 5)
    limited.ring(*tickets)
    live(limited, 30)
    assert not any(limited.notes(ticket) for ticket in tickets)
    limit(limited, 0.6, key="sim-key")
    limited.ring(*tickets)
    live(limited, 30)
    assert at_rest(limited, tickets)


def said(world: World) -> list[tuple[Verdict, str]]:
    return [(finding.verdict, finding.text) for finding in limit_findings(world.ctx, PORTAL)]


def test_the_doctor_says_so_and_its_look_is_a_probe(limited: World) -> None:
    limited.control("PUT", "faults", {"unauthorized": 1.0})
    limited.settle()
    limited.ring(*many(limited, 1))
    live(limited, 5)
    assert any(
        verdict is Verdict.BAD and "the API key was refused" in text for verdict, text in said(limited)
    )
    limited.control("PUT", "faults", {})
    with taking(Turn(Priority.BY_HAND)):
        assert "the key works" in next(iter(portal_findings(limited.ctx, PORTAL))).text
    assert [verdict for verdict, _ in said(limited)] == [Verdict.GOOD]


def test_the_doctor_tells_an_outage_and_a_hold(limited: World) -> None:
    assert limited.ctx.breaker is not None
    for _ in range(FAILURES):
        limited.ctx.breaker.failed(PORTAL)
    assert any("does not answer" in text for _, text in said(limited))
    limited.ctx.breaker.answered(PORTAL)
    limited.control("PUT", "faults", {"rate_limit_per_minute": 1})
    limited.ring(*many(limited, 2))
    live(limited, 2)
    assert any("Freshdesk asked to wait" in text for _, text in said(limited))
