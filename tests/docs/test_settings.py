"""Do README and `.env.example` name every setting that the product reads, with its default, and no other?"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.settings import read_settings
from tests.docs.commands import HOME

README = (HOME / "README.md").read_text(encoding="utf-8")
EXAMPLE = (HOME / ".env.example").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (`[A-Z].*?) \|(.*?)\|.*\|$", re.MULTILINE)
NAME = re.compile(r"`([A-Z][A-Z_<>]+)`")
SOURCES = [path for room in ("", "settings", "cli") for path in (HOME / "bot" / room).glob("*.py")]
READ = re.compile(r'(?:text|number|whole|choice|flag|secret)\("([A-Z_]+)"|environ\.get\(["\']([A-Z_]+)["\']')
GROUPS = {
    "PORTAL_<NAME>_DOMAIN", "PORTAL_<NAME>_API_KEY", "PORTAL_<NAME>_WEBHOOK_SECRET", "PORTAL_<NAME>_URL",
    "PORTAL_<NAME>_DRY_RUN",
    "HOOK_<NAME>_URL", "HOOK_<NAME>_SECRET",
}  # fmt: skip
OF_THE_MACHINE = {"USER"}
REAL = {
    "PORTAL_ACELERA_DOMAIN": "acelera.freshdesk.com",
    "PORTAL_ACELERA_API_KEY": "clave",
    "PORTAL_ACELERA_WEBHOOK_SECRET": "x" * 32,
    "RULES_DIR": str(HOME / "rules"),
}


def rows() -> dict[str, str]:
    """Return each setting of the README's table with its default."""
    return {name: default for names, default in ROW.findall(README) for name in NAME.findall(names)}


def read_by_the_code() -> set[str]:
    """Return the names of all settings that the code asks the environment for."""
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    found = {name for text in texts for pair in READ.findall(text) for name in pair if name} | GROUPS
    return {name for name in found if name.removesuffix("_FILE") not in found - {name}} - OF_THE_MACHINE


def test_the_table_names_every_setting_and_no_other() -> None:
    assert set(rows()) == read_by_the_code()


def test_the_example_names_every_setting_and_no_other() -> None:
    names = set(re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))
    meant = {name.replace("<NAME>", "ACELERA" if "PORTAL" in name else "CHAT") for name in read_by_the_code()}
    assert names == meant


def test_the_defaults_are_those_of_the_code() -> None:
    found, told = read_settings(REAL), rows()
    for field in fields(found):
        name, value = field.name.upper(), getattr(found, field.name)
        if name == "RULES_DIR" or not isinstance(value, int | float | str | Path):
            continue
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        assert told[name].strip(" `") == shown, name


@pytest.mark.parametrize("line", re.findall(r"^#([A-Z][A-Z_]+=.+)$", EXAMPLE, re.MULTILINE))
def test_the_example_shows_values_that_are_taken(line: str) -> None:
    name, _, value = line.partition("=")
    known = REAL | ({"HOOK_CHAT_URL": "https://chat.example/x", "HOOK_CHAT_SECRET": "x" * 32})
    assert read_settings({**known, name: value, "RULES_DIR": str(HOME / "rules")})
