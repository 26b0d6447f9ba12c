"""Where in the rule files does each rule and filter stand, and when was it last changed?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.policy.source import Source, read_source

T = TypeVar("T")
_SECTIONS = ("reglas", "filtros")


@dataclass(frozen=True, slots=True)
class Card:
    """Hold where a rule or filter stands, its line from 1, and its text."""

    file: str
    line: int
    text: str


def cards_of(files: Mapping[str, bytes]) -> dict[str, Card]:
    """Return the cards of rule files by id; files without any are not read."""
    found: dict[str, Card] = {}
    for name, content in files.items():
        found.update(file_cards(name, content))
    return found


def file_cards(name: str, content: bytes) -> dict[str, Card]:
    """Return the cards of one file by id; none of a file that is no YAML."""
    if not any(f"\n{section}:".encode() in b"\n" + content for section in _SECTIONS):
        return {}
    source, _ = read_source(name, content)
    return {} if source is None else dict(_cards(source, content.decode().splitlines()))


def last_changes(
    files: Mapping[str, bytes], earlier: Iterable[tuple[T, Mapping[str, bytes]]]
) -> dict[str, T]:
    """Return by id what brought the present text of each card.

    `earlier` are versions before these files, newest first, each with what followed it. A card that is the
    same in all of them is left out.
    """
    cards = cards_of(files)
    newer, found = dict(files), dict[str, T]()
    for brought, older in earlier:
        for name in [name for name, content in newer.items() if older.get(name) != content]:
            before = file_cards(name, older.get(name, b""))
            for identity in file_cards(name, newer[name]).keys() & cards.keys() - found.keys():
                if identity not in before or before[identity].text != cards[identity].text:
                    found[identity] = brought
        newer = dict(older)
    return found


def word_lists(files: Mapping[str, bytes]) -> set[str]:
    """Return the names of the word lists that rule files hold."""
    found: set[str] = set()
    for name, content in files.items():
        source = read_source(name, content)[0] if b"\nvocabulario:" in b"\n" + content else None
        lists = source.value.get("vocabulario") if source and isinstance(source.value, dict) else None
        found.update(lists if isinstance(lists, dict) else ())
    return found


def _cards(source: Source, lines: list[str]) -> Iterable[tuple[str, Card]]:
    value = source.value if isinstance(source.value, dict) else {}
    starts = sorted(line for path, line in source.lines.items() if len(path) <= 2)
    for section in _SECTIONS:
        items = value.get(section)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            identity = item.get("id") if isinstance(item, dict) else None
            if isinstance(identity, str):
                first = source.lines[section, number]
                end = next((line for line in starts if line > first), len(lines) + 1)
                yield identity, Card(source.file, first, "\n".join(lines[first - 1 : end - 1]).strip())
