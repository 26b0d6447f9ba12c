"""The command that shows which rules people correct: corrections."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.cli.environment import context_or_exit
from bot.cli.export import PER_MINUTE, moment, waited
from bot.domain.ticket import Ticket, TicketKey
from bot.engine.context import Context
from bot.engine.corrections import deciders
from bot.engine.fetch import Pace, read_again
from bot.engine.gate import Turn, taking
from bot.freshdesk.errors import FreshdeskError
from bot.policy.corrections import Correction, Proposal, RuleRecord, proposals, rule_records, words_of
from bot.policy.masking import masked_ticket
from bot.policy.problems import shorten
from bot.policy.statuses import DEFAULT_PORTAL
from bot.policy.word_families import example_texts
from bot.store.budget import Priority

WIDTH = 110
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_NONE = "(no rule)"


@click.command()
@click.option("--since", metavar="D", help="Corrections made since then, e.g. 2026-07-01.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--words", is_flag=True, help="Read the corrected tickets again and propose words.")
@click.option("--examples", is_flag=True, help="Read them again and print them masked, to the terminal only.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="Tickets to read again.")
@PER_MINUTE
def corrections(
    since: str | None, as_json: bool, words: bool, examples: bool, most: int, per_minute: int
) -> None:
    """Show which rules people correct, how often, and from which level to which."""
    if as_json and examples:
        raise click.UsageError("--examples is for the terminal: masked texts are not made into data")
    context = context_or_exit()
    start = moment(since, context, DEFAULT_PORTAL) if since else _BEGINNING
    found = context.corrections.since(start)
    records = rule_records(deciders(context, start), found)
    tickets = _read(context, found[-most:], per_minute) if words or examples else {}
    proposed = _proposals(context, found, tickets) if words else None
    if as_json:
        click.echo(json.dumps(_data(records, found, proposed), ensure_ascii=False))
        return
    _print(records, found, proposed)
    if examples:
        _print_examples(found, tickets)


def _read(context: Context, found: Sequence[Correction], per_minute: int) -> dict[TicketKey, Ticket]:
    click.echo(f"reading {len(found)} tickets again, {per_minute} a minute", err=True)
    pace = Pace(per_minute, context.now, partial(waited, Console(stderr=True)))
    try:
        with taking(Turn(Priority.BACKGROUND)):
            return {ticket.key: ticket for ticket in read_again(context, [one.key for one in found], pace)}
    except FreshdeskError as error:
        raise click.ClickException(f"Freshdesk: {type(error).__name__} {error.status or ''}") from None


def _proposals(
    context: Context, found: Sequence[Correction], tickets: dict[TicketKey, Ticket]
) -> list[Proposal]:
    corrected = [
        (one.after, words_of(ticket.subject, ticket.body, ticket.requester_email))
        for one in found
        if (ticket := tickets.get(one.key)) is not None
    ]
    background = [
        (rule.nivel, words_of(scene.asunto, scene.cuerpo))
        for rule, scene in example_texts(context.rulebook.policy.rules, "coincide")
        if rule.nivel is not None
    ]
    return proposals(corrected, background)


def _changes(found: Sequence[Correction]) -> list[tuple[str, str, int]]:
    counted = Counter((one.before, one.after) for one in found)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(before.value, after.value, count) for (before, after), count in ordered]


def _data(
    records: Sequence[RuleRecord], found: Sequence[Correction], proposed: Sequence[Proposal] | None
) -> dict[str, Any]:
    return {
        "corrections": len(found),
        "rules": [
            {
                "rule": one.rule,
                "decided": one.decided,
                "corrected": one.corrected,
                "precision": round(one.precision, 4),
                "low": round(one.low, 4),
                "high": round(one.high, 4),
                "changes": [{"from": a.value, "to": b.value, "tickets": n} for a, b, n in one.changes],
            }
            for one in records
        ],
        "changes": [{"from": a, "to": b, "tickets": n} for a, b, n in _changes(found)],
        "words": None
        if proposed is None
        else [
            {
                "level": one.level.value,
                "word": one.word,
                "score": round(one.score, 2),
                "tickets": one.tickets,
                "of": one.of,
                "elsewhere": one.elsewhere,
            }
            for one in proposed
        ],
        "tickets": [
            {
                "portal": one.key.portal,
                "ticket_id": one.key.ticket_id,
                "rule": one.rule,
                "words": list(one.words),
                "from": one.before.value,
                "to": one.after.value,
                "rules_version": one.rules_version,
                "at": one.at.isoformat(timespec="seconds"),
            }
            for one in found
        ],
    }


def _print(
    records: Sequence[RuleRecord], found: Sequence[Correction], proposed: Sequence[Proposal] | None
) -> None:
    if not found:
        click.echo("nobody has corrected a level")
        return
    console = Console(width=WIDTH, highlight=False, markup=False)
    table = Table("rule", "decided", "corrected", "right", "95 % interval", box=None, pad_edge=False)
    for one in records:
        interval = f"{one.low:.0%} – {one.high:.0%}"
        table.add_row(
            one.rule or _NONE, str(one.decided), str(one.corrected), f"{one.precision:.0%}", interval
        )
    console.print(table)
    console.print()
    for before, after, count in _changes(found):
        console.print(f"{before} → {after}: {count}")
    if proposed is None:
        console.print("\nwords that rules may lack: --words; the tickets, masked: --examples")
        return
    console.print("\nwords that set corrected tickets apart; whether a rule should have them is for people:")
    for word in proposed:
        console.print(
            f"  {word.level}  {word.word}  in {word.tickets} of {word.of}, elsewhere {word.elsewhere}"
        )
    if not proposed:
        console.print("  none is sure enough yet")


def _print_examples(found: Sequence[Correction], tickets: dict[TicketKey, Ticket]) -> None:
    console = Console(highlight=False, markup=False)
    console.print("\nmasked as far as it can be done by shape; names in a sentence stay, so keep this here:")
    for one in sorted(found, key=lambda one: (one.rule or "", one.key)):
        if one.key in tickets:
            subject, body = masked_ticket(tickets[one.key].subject, tickets[one.key].body)
            console.print(f"{one.key}  {one.rule or _NONE}  {one.before} → {one.after}")
            console.print(f"    {shorten(subject, 100)}\n    {shorten(body, 400)}")


COMMANDS = (corrections,)
