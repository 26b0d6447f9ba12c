"""Commands about rule files: check, classify."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from bot.policy.checking import check_rules
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.verdict import verdict_json

RULES_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=RULES_FOLDER, default=Path("rules"))
def check(folder: Path) -> None:
    """Check a rules folder: every problem as file:line: message, exit 1 if there is any."""
    report = check_rules(folder)
    for warning in report.warnings:
        click.echo(f"aviso: {warning}", err=True)
    for problem in report.problems:
        click.echo(str(problem))
    if report.problems:
        raise SystemExit(1)
    click.echo(f"{folder}: todo en orden")


@click.command()
@click.option("--rules", "folder", type=RULES_FOLDER, default=Path("rules"), show_default=True)
@click.option("--progress", is_flag=True, help="Show a counter on stderr.")
def classify(folder: Path, progress: bool) -> None:
    """Classify tickets: one JSON line in, one JSON line out, order kept."""
    sections, problems = load_sections(folder)
    if sections is None:
        for problem in problems:
            click.echo(str(problem), err=True)
        raise SystemExit(1)
    classifier = compile_rules(sections)
    bad = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            result = _classified(classifier, line)
        except (ValueError, TypeError, RecursionError) as error:
            bad += 1
            result = _json({"id": None, "line": number, "error": str(error) or type(error).__name__})
        click.echo(result)
        if progress and number % 1000 == 0:
            click.echo(f"\r{number} tickets", nl=False, err=True)
    if progress:
        click.echo("", err=True)
    if bad:
        raise SystemExit(1)


def _classified(classifier: Classifier, line: bytes) -> bytes:
    ticket = json.loads(line)
    if not isinstance(ticket, dict):
        raise TypeError("expected a JSON object")
    subject, body = ticket.get("subject") or "", ticket.get("body") or ""
    if not isinstance(subject, str) or not isinstance(body, str):
        raise TypeError("subject and body must be text")
    return _json({"id": ticket.get("id"), **verdict_json(classifier.classify(subject, body))})


def _json(data: dict[str, Any]) -> bytes:
    """Write one line in UTF-8 whatever the locale; ValueError for what JSON has no word for, as infinity.

    Half a surrogate, which JSON may carry and UTF-8 may not, goes out escaped as it came in.
    """
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")


COMMANDS = (check, classify)
