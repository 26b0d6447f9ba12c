"""Do the rules, filters and lists of a folder name only what exists?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from bot.policy.phrases import parse
from bot.policy.problems import did_you_mean
from bot.policy.rules import Filter, Rule
from bot.policy.source import Path

# Path inside the merged section, message in Spanish.
Fault = tuple[Path, str]

_PHRASE_KEYS = frozenset({"palabra", "frase"})
_CONDITION_KEYS = frozenset({"alguna", "todas", "de", "ninguna", "palabras"})


def unknown_lists(sections: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every `@list` that does not exist, and every list that contains itself."""
    vocabulary: Mapping[str, tuple[str, ...]] = sections.get("vocabulario") or {}
    for name, entries in vocabulary.items():
        yield from _list_faults(name, entries, vocabulary)
    for section in ("reglas", "filtros"):
        cards: tuple[Rule | Filter, ...] = sections.get(section) or ()
        for number, card in enumerate(cards):
            for key, condition in (("cuando", card.cuando), ("salvo", card.salvo)):
                for path, text in phrases_in(condition, (section, number, key)):
                    yield from ((path, f"{card.id}: {fault}") for fault in _unknown_in(text, vocabulary))


def unknown_filters(sections: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every filter that a rule ignores and that does not exist."""
    known = {one.id for one in sections.get("filtros") or ()}
    rules: tuple[Rule, ...] = sections.get("reglas") or ()
    for number, rule in enumerate(rules):
        for place, name in enumerate(rule.ignora_filtros):
            if name not in known:
                path = ("reglas", number, "ignora_filtros", place)
                yield path, f"{rule.id}: no existe el filtro «{name}»{did_you_mean(name, known)}"


def unknown_rules(sections: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every rule that a filter suppresses and that does not exist; `urg-*` must name one at least."""
    known = {rule.id for rule in sections.get("reglas") or ()}
    filters: tuple[Filter, ...] = sections.get("filtros") or ()
    for number, one in enumerate(filters):
        for place, name in enumerate(one.suprime.reglas):
            if not any(fnmatchcase(rule_id, name) for rule_id in known):
                path = ("filtros", number, "suprime", "reglas", place)
                yield path, f"{one.id}: ninguna regla se llama «{name}»{did_you_mean(name, known)}"


def phrases_in(condition: Any, path: Path) -> Iterator[Fault]:
    """Yield every phrase of a condition with its path."""
    if isinstance(condition, str):
        yield path, condition
    elif isinstance(condition, tuple):
        for number, part in enumerate(condition):
            yield from phrases_in(part, (*path, number))
    elif hasattr(condition, "cerca"):
        yield from phrases_in(condition.cerca.palabras, (*path, "cerca", "palabras"))
    else:
        for key in type(condition).model_fields:
            if key in _PHRASE_KEYS or key in _CONDITION_KEYS:
                yield from phrases_in(getattr(condition, key), (*path, key))


def _unknown_in(text: str, vocabulary: Mapping[str, Any]) -> Iterator[str]:
    for name in parse(text).lists():
        if name not in vocabulary:
            yield f"no existe la lista «@{name}»{did_you_mean(name, vocabulary)}"


def _list_faults(name: str, entries: tuple[str, ...], vocabulary: Mapping[str, Any]) -> Iterator[Fault]:
    for number, entry in enumerate(entries):
        path: Path = ("vocabulario", name, number)
        yield from ((path, fault) for fault in _unknown_in(entry, vocabulary))
        if name in _reachable(entry, vocabulary):
            yield path, f"la lista «@{name}» se contiene a sí misma"


def _reachable(entry: str, vocabulary: Mapping[str, Any]) -> set[str]:
    reached: set[str] = set()
    waiting = list(parse(entry).lists())
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [inner for text in vocabulary.get(name, ()) for inner in parse(text).lists()]
    return reached
