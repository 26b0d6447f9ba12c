"""How many decisions a second does the pure planner take?

Every ticket is another one, so that nothing remembered of a text helps. At rest: a ticket that was decided on
and answered before is classified anew, and nothing is to be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from statistics import median
from types import SimpleNamespace
from typing import Any

from bench.desk import PORTAL, RULES
from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size
from bench.matching import PARAGRAPH
from bot.domain.actions import OnceOnly, SetFields
from bot.domain.record import Effect, EffectState, Record
from bot.domain.ticket import Ticket, TicketKey
from bot.policy import planner
from bot.policy.model import Policy
from bot.store.rulebook import Rulebook

CREATED = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NOW = CREATED + timedelta(minutes=5)
WORDS = 40
LINES = {
    "rest": Line(f"plan() of a ticket at rest, {WORDS} words", "/s", Goal(Kind.AT_LEAST, 5000)),
    "new": Line(f"plan() of a new ticket, {WORDS} words, note and reply written", "/s", SHOWN),
    "classify": Line("of these, classification alone", "/s", SHOWN),
    "given": Line("plan() of a ticket at rest, its verdict given", "/s", Goal(Kind.AT_LEAST, 5000)),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Plan new tickets, and the same ones at rest."""
    count = {Size.TINY: 10, Size.QUICK: 300, Size.FULL: 1500}[size]
    policy, tickets = shipped(), [ticket(number) for number in range(count)]
    resting = [at_rest(policy, one) for one in tickets]
    assert not any(planner.plan(one, record, policy, NOW).actions for one, record in resting)
    return {
        "rest": Figure(_rate([_plan(policy, *case) for case in resting])),
        "new": Figure(_rate([_plan(policy, one, Record()) for one in tickets])),
        "classify": Figure(_rate([partial(policy.classify, one) for one in tickets])),
        "given": Figure(_rate([_given(policy, *case) for case in resting])),
    }


@cache
def shipped() -> Policy:
    """Return the shipped policy."""
    return Rulebook(RULES).policy


def ticket(number: int) -> Ticket:
    """Return one of many tickets, each with a text of its own."""
    words = PARAGRAPH.split()
    start = number % (len(words) - WORDS)
    return Ticket(
        key=TicketKey(PORTAL, number + 1),
        subject=f"Consulta {number}",
        body=" ".join(words[start : start + WORDS]),
        status=2,
        priority=1,
        source=1,
        created_at=CREATED,
        updated_at=CREATED,
        requester_id=3,
        requester_email="ana@cliente.example",
    )


def at_rest(policy: Policy, one: Ticket) -> tuple[Ticket, Record]:
    """Return a ticket as it stands once the first plan was carried out, and what the ledger knows."""
    plan = planner.plan(one, Record(), policy, NOW)
    done = {a.key: Effect(EffectState.DONE, NOW) for a in plan.actions if isinstance(a, OnceOnly)}
    changed = [action for action in plan.actions if isinstance(action, SetFields)]
    return _with(one, changed), Record(
        effects=done, written=plan.writes, decision=plan.decision, statuses=plan.statuses
    )


def _rate(works: Iterable[Callable[[], object]]) -> float:
    """Return how many a second: the median one's best of five, for others share the machine."""
    return 1 / median(min(_seconds(work) for _ in range(5)) for work in works)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _plan(policy: Policy, one: Ticket, record: Record) -> Callable[[], object]:
    return lambda: planner.plan(one, record, policy, NOW)


def _given(policy: Policy, one: Ticket, record: Record) -> Callable[[], object]:
    """Return the work of a plan whose verdict is known beforehand."""
    verdict, rules = policy.classify(one), policy.classifier.rules
    known: Any = SimpleNamespace(
        classify=lambda *_args, **_kwargs: verdict, rules=rules, scorecard=policy.classifier.scorecard
    )
    return _plan(replace(policy, compiled=SimpleNamespace(classifier=known)), one, record)


def _with(one: Ticket, changes: Iterable[SetFields]) -> Ticket:
    for change in changes:
        fields: dict[str, Any] = change.changes()
        one = replace(one, **fields)
    return one
