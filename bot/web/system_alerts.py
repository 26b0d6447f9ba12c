"""What on the system page wants a person's eyes? One line each, with the part of the page that tells more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.web.figures import counted


@dataclass(frozen=True, slots=True)
class Alert:
    """Hold one thing to look at; `place` is the id of a heading."""

    text: str
    place: str


def alerts(page: Mapping[str, Any]) -> list[Alert]:
    """Return what is not as it should be, most harmful first; empty when all is well."""
    return [
        *_writing(page["brakes"]),
        *_accounts(page["portals"]),
        *_processes(page["kinds"]),
        *_store(page["checks"]),
        *_rules(page["rules"]),
        *_work(page),
    ]


def _writing(brakes: Any) -> Iterator[Alert]:
    if brakes.stop:
        yield Alert("la escritura está detenida", "t-escritura")
    for fuse in brakes.blown:
        yield Alert(f"saltó el fusible de {fuse.portal}", "t-escritura")


def _accounts(portals: Iterable[Any]) -> Iterator[Alert]:
    for one in portals:
        if one.breaker:
            yield Alert(f"{one.name}: conexión cortada", "t-cuentas")
        if one.sweep_late:
            yield Alert(f"{one.name}: barrido atrasado", "t-cuentas")


def _processes(kinds: Iterable[Any]) -> Iterator[Alert]:
    for kind in kinds:
        if kind.needed:
            yield Alert(f"no se ve ningún proceso «{kind.title}»", "t-procesos")
        if kind.late:
            yield Alert(f"«{kind.title}» aún no toma las reglas publicadas", "t-procesos")


def _store(checks: Iterable[Any]) -> Iterator[Alert]:
    for check in checks:
        if not check.good:
            yield Alert(f"almacén: {check.name[0].lower()}{check.name[1:]}", "t-almacen")


def _rules(rules: Mapping[str, Any]) -> Iterator[Alert]:
    if rules["unusable"]:
        yield Alert("las reglas publicadas no se pueden usar aquí", "t-procesos")


def _work(page: Mapping[str, Any]) -> Iterator[Alert]:
    if page["overdue"] and page["oldest_late"]:
        yield Alert(f"la cola espera desde hace {page['oldest']}", "t-cola")
    if page["failing"]:
        yield Alert(counted(page["failing"], "ticket con fallas", "tickets con fallas"), "t-fallas")
