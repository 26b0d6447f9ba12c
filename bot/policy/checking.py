"""May this rules folder be used: does it load, do its examples hold, do its cases come out?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.domain.ticket import Ticket, TicketKey
from bot.policy.clock_cases import ClockCase
from bot.policy.due import due_clocks
from bot.policy.examples import Report, report_on_file, report_on_sections
from bot.policy.loader import load_sections, sections_of
from bot.policy.matching import compile_rules
from bot.policy.model import Policy, missing_sections, policy_of
from bot.policy.problems import Problem
from bot.policy.sections import NEEDED, Sections

_KEY = re.compile(rb"^([a-z_]+):", re.MULTILINE)


def check_rules(folder: Path) -> Report:
    """Check a folder in every way there is.

    A folder that holds nothing but rules, lists and filters is checked as that; one that holds any other
    section must hold all that a service needs.
    """
    return _checked(*load_sections(folder))


def check_files(files: Mapping[str, bytes], unread: Iterable[Problem] = ()) -> Report:
    """Check rule files that a service is to run on; `unread` are problems known before."""
    return _checked(*sections_of(files, unread), whole=True)


def check_while_editing(files: Mapping[str, bytes], file: str) -> Report:
    """Check rule files as far as it takes no longer than a person waits while typing in one of them.

    All but the examples of other files, the clock cases and the word weights of other files, which no other
    section refers to and which take as long to read as everything else.
    """
    sections, problems = sections_of(
        {name: content for name, content in files.items() if name == file or not _only_weights(content)}
    )
    return Report(tuple(problems)) if sections is None else report_on_file(sections, file)


def _only_weights(content: bytes) -> bool:
    return set(_KEY.findall(content)) - {b"version"} == {b"pesos"}


def _checked(sections: Sections | None, problems: list[Problem], *, whole: bool = False) -> Report:
    if sections is None:
        return Report(tuple(problems))
    classifier = compile_rules(sections)
    report = report_on_sections(sections, classifier)
    found = [*report.problems]
    if whole or any(name in sections for name in (*NEEDED[1:], "casos")):
        missing = missing_sections(sections)
        found += missing or failing_cases(sections, policy_of(sections, classifier))
    return Report(tuple(sorted(found)), report.warnings)


def failing_cases(sections: Sections, policy: Policy) -> Iterator[Problem]:
    """Yield every clock case that does not come out as it says."""
    cases: tuple[ClockCase, ...] = sections.get("casos", ())
    for number, case in enumerate(cases):
        for message in _differences(case, policy):
            yield Problem(*sections.place(("casos", number)), f"caso «{case.nombre}»: {message}")


def _differences(case: ClockCase, policy: Policy) -> Iterator[str]:
    verdict, wanted = policy.classify(_ticket(case)), case.esperado
    calendar = policy.calendar(case.ticket.portal)
    if not case.dias_propios:
        # A day that the desk takes off tomorrow must not make every case around it wrong.
        calendar = replace(calendar, own_days={})
    response, resolution = due_clocks(policy.levels.of(verdict.level), calendar, case.ahora)
    by = verdict.decided_by or "ninguna regla"
    if wanted.nivel is not None and verdict.level is not wanted.nivel:
        yield f"se esperaba nivel {wanted.nivel} y salió {verdict.level}, por {by}"
    if wanted.regla is not None and verdict.decided_by != wanted.regla:
        yield f"se esperaba la regla {wanted.regla} y decidió {by}"
    if wanted.banderas is not None and set(verdict.flags) != set(wanted.banderas):
        yield f"se esperaban las banderas {sorted(wanted.banderas)} y salieron {sorted(verdict.flags)}"
    moments: tuple[tuple[str, datetime | None, datetime], ...] = (
        ("avisar_desde", wanted.avisar_desde, response.target),
        ("responder_hasta", wanted.responder_hasta, response.limit),
        ("resolver_hasta", wanted.resolver_hasta, resolution.limit),
    )
    for name, expected, actual in moments:
        if expected is not None and expected != actual:
            local = calendar.local(actual).isoformat(timespec="minutes")
            yield f"{name}: se esperaba {expected.isoformat(timespec='minutes')} y salió {local}"


def _ticket(case: ClockCase) -> Ticket:
    return Ticket(
        key=TicketKey(case.ticket.portal, 1),
        subject=case.ticket.asunto,
        body=case.ticket.cuerpo,
        status=2,
        priority=1,
        source=case.ticket.fuente,
        created_at=case.ahora,
        updated_at=case.ahora,
    )
