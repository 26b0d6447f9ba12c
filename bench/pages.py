"""Do the board and the report stay quick with many tickets?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask.testing import FlaskClient
from redis import Redis

from bench.desk import PORTAL, settings, store
from bench.lines import Figure, Goal, Kind, Line, Size
from bench.plan import at_rest, shipped, ticket
from bench.timing import best_seconds
from bot.domain.record import Record
from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.engine.explain import journal_entry
from bot.policy import planner
from bot.policy.report import Period, count_cells, report_data
from bot.policy.report_outcome import TicketOutcome, outcome_of
from bot.store.outcomes import Outcomes
from bot.web import create_app
from bot.wiring import build

PASSWORD = "bench-password"  # noqa: S105
BOARD = "/ops/"
COMPANIES = 40
LINES = {
    "board": Line("the board, 5,000 tickets", "ms", Goal(Kind.AT_MOST, 500)),
    "report": Line("a report over 100,000 tickets", "s", Goal(Kind.AT_MOST, 5)),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Fill journal and outcomes, then ask for the board and the report."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    board, report = {Size.TINY: (20, 20), Size.QUICK: (5_000, 20_000), Size.FULL: (5_000, 100_000)}[size]
    seconds = 1.0 if size is Size.FULL else 0.0
    with store() as url, Redis.from_url(url) as redis:
        wired = replace(settings("http://127.0.0.1:9", url), ops_password=PASSWORD)
        context = build(wired)
        _fill_journal(context, board)
        client = _visitor(create_app(wired, context).test_client())
        found = {"board": Figure(best_seconds(lambda: _shown(client), seconds) * 1000)}
        now = context.now()
        _fill_outcomes(redis, report, now)
        took = best_seconds(lambda: _report(context, now, report), seconds)
    scaled = "" if size is Size.FULL else f"reckoned from {report:,}"
    return found | {"report": Figure(took * 100_000 / report, note=scaled)}


def _fill_journal(context: Context, count: int) -> None:
    now = context.now()
    one, record = at_rest(shipped(), ticket(0))
    entry = journal_entry(one, record, planner.plan(one, record, shipped(), now), context)
    for number in range(count):
        key, at = TicketKey(PORTAL, number + 1), now - timedelta(seconds=count - number)
        context.journal.record(key, entry | {"ticket_id": key.ticket_id}, at)


def _fill_outcomes(redis: Redis, count: int, now: datetime) -> None:
    outcome = _outcome(now)
    for start in range(0, count, 5_000):
        with redis.pipeline(transaction=False) as pipe:
            kept: Any = pipe  # a pipeline takes the same commands
            for number in range(start, min(count, start + 5_000)):
                created = now - timedelta(minutes=number % 40_000)
                one = replace(outcome, key=TicketKey(PORTAL, number + 1), created_at=created)
                Outcomes(kept, timedelta(days=90)).keep(replace(one, company_id=number % COMPANIES))
            pipe.execute()


def _outcome(now: datetime) -> TicketOutcome:
    one = replace(ticket(0), created_at=now, updated_at=now)
    return outcome_of(one, Record(), planner.plan(one, Record(), shipped(), now), now)


def _report(context: Context, now: datetime, count: int) -> None:
    period = Period((now - timedelta(days=60)).date(), now.date())
    cells = count_cells(context.outcomes.all(), shipped(), period, now, None)
    data = report_data(cells, period)
    assert data["rows"], "nothing was counted"
    assert sum(cell.tickets for cell in cells.values()) == count


def _visitor(client: FlaskClient) -> FlaskClient:
    page = client.get("/ops/entrar").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None, "the entrance has no form"
    answer = client.post("/ops/entrar", data={"csrf_token": found[1], "clave": PASSWORD})
    assert answer.status_code == 303, answer.status_code
    return client


def _shown(client: FlaskClient) -> None:
    answer = client.get(BOARD, follow_redirects=True)
    assert answer.status_code == 200, answer.status_code
