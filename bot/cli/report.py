"""The command that says how the promises were kept: report."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import click

from bot.cli.environment import context_or_exit
from bot.cli.report_tables import print_report
from bot.engine.context import Context
from bot.policy.report import Period, count_cells, last_full_weeks, report_data
from bot.policy.report_csv import report_csv
from bot.policy.statuses import DEFAULT_PORTAL


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    day: date | None = _parsed(date.fromisoformat, value, "expected a date, for example 2026-11-02")
    return day


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    at: datetime | None = _parsed(datetime.fromisoformat, value, "expected ISO 8601: 2026-11-30T18:00")
    return at


def _parsed(read: Callable[[str], Any], value: str | None, problem: str) -> Any:
    try:
        return None if value is None else read(value)
    except ValueError:
        raise click.BadParameter(problem) from None


@click.command()
@click.option("--from", "first", metavar="D", callback=_day, help="First date of issue, with --to.")
@click.option("--to", "last", metavar="D", callback=_day, help="Last date of issue, included.")
@click.option("--portal", metavar="PORTAL", help="Of this portal only.")
@click.option("--at", metavar="ISO", callback=_moment, help="As open tickets stand then; otherwise now.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "as_csv", is_flag=True, help="One row a week, client and level; figures add up.")
def report(
    first: date | None,
    last: date | None,
    portal: str | None,
    at: datetime | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show which promises were kept, by level, clock, client and week, and whom tickets waited for.

    Tickets count by their date of issue in the portal's zone; without dates, the last four full weeks.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    context = context_or_exit()
    if portal is not None and portal not in context.freshdesk:
        raise click.ClickException(f"there is no portal {portal}; there are: {', '.join(context.freshdesk)}")
    period = _period(context, first, last, portal or DEFAULT_PORTAL)
    now = _in_utc(context, at, portal or DEFAULT_PORTAL) if at else context.now()
    cells = count_cells(context.outcomes.all(), context.rulebook.policy, period, now, portal)
    data = report_data(cells, period)
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
    elif as_csv:
        click.echo(report_csv(data["rows"]), nl=False)
    else:
        print_report(data)


def _period(context: Context, first: date | None, last: date | None, portal: str) -> Period:
    if first is None and last is None:
        return last_full_weeks(context.now(), context.rulebook.policy.zone(portal))
    if first is None or last is None:
        raise click.UsageError("--from and --to go together")
    if last < first:
        raise click.UsageError("--to lies before --from")
    return Period(first, last)


def _in_utc(context: Context, at: datetime, portal: str) -> datetime:
    zoned = at if at.tzinfo else at.replace(tzinfo=context.rulebook.policy.zone(portal))
    return zoned.astimezone(UTC)


COMMANDS = (report,)
