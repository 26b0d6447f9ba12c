"""Is what the guide for operations shows true: its rules, its tags, its alerts?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.policy.checking import check_files
from bot.policy.loader import read_files
from tests.docs.commands import HOME
from tests.policy.planner.desk import rules_folder

GUIDE = (HOME / "docs" / "operaciones.md").read_text(encoding="utf-8")
RULES = re.findall(r"^```yaml\n# rules/(\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## (.*?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = dict(SECTION.findall(GUIDE))


def first_cells(section: str) -> set[str]:
    """Return what stands in code in the first column of a section's table."""
    rows = [line.split("|")[1] for line in SECTIONS[section].splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def read(name: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load((HOME / "rules" / name).read_text(encoding="utf-8"))
    return found


def words_of(part: object) -> set[str]:
    """Return every text below a part of a rule file."""
    if isinstance(part, dict):
        return {word for value in part.values() for word in words_of(value)}
    return {part} if isinstance(part, str) else set()


@pytest.mark.parametrize(("name", "text"), RULES, ids=[name for name, _ in RULES])
def test_the_rules_it_shows_are_sound(name: str, text: str) -> None:
    with rules_folder() as folder:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        files, unread = read_files(folder)
        assert list(check_files(files, unread).problems) == []
    assert Path(name).suffix == ".yaml"


def test_it_explains_every_tag() -> None:
    niveles, aprobaciones = read("niveles.yaml")["niveles"], read("aprobaciones.yaml")["aprobaciones"]
    assert isinstance(niveles, dict)
    assert isinstance(aprobaciones, dict)
    tags = words_of(read("etiquetas.yaml")["etiquetas"]) | {one["etiqueta"] for one in niveles.values()}
    tags |= {text for key, text in aprobaciones.items() if key.startswith("etiqueta")}
    assert first_cells("Qué significa cada etiqueta") == tags | {"tema-…"}


def test_it_says_what_to_do_at_every_alert() -> None:
    alerts = (HOME / "deploy" / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    assert first_cells("A las 3 de la mañana") == set(re.findall(r"alert: (\w+)", alerts))


def test_it_names_every_rule_file() -> None:
    named = set(re.findall(r"^\| `([\w-]+(?:\.yaml|/))`", GUIDE, re.MULTILINE))
    files = {path.name for path in (HOME / "rules").glob("*.yaml")} | {"clasificacion/"}
    assert files - named == set()
