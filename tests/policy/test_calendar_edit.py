"""Days of the desk's own, written into a rule file and taken out again."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from bot.policy.calendar import Window
from bot.policy.calendar_edit import (
    CannotEdit,
    OwnDayText,
    calendar_file,
    section_in,
    with_day,
    without_day,
)
from tests.conftest import RULES

NAME = "calendario.yaml"
SHIPPED = (RULES / NAME).read_bytes()
EVE = OwnDayText(date(2026, 12, 24), "Nochebuena", (Window(540, 780),))
CLOSED = OwnDayText(date(2026, 12, 31), 'Fin de año: «balance» \\ "inventario" #1')
HEAD = """version: 1
calendario:
  zona: America/Lima
  dias_utiles_terminan: misma_hora
  semana: {lunes: ["09:00-18:00"]}
"""
LAYOUTS = {
    "shipped": SHIPPED.decode(),
    "no list": HEAD,
    "empty list with a comment": f"{HEAD}  dias_propios: []   # ninguno todavía\n",
    "a list": f"""{HEAD}  dias_propios:
    - {{fecha: "2026-01-02", motivo: "Puente", dia: no_laborable}}
    # el último
    - fecha: "2026-07-27"
      motivo: Puente
      horario:
        - "09:00-13:00"

  excepciones: []
""",
    "a list that is not indented": f"""{HEAD}  dias_propios:
  - {{fecha: "2026-01-02", motivo: "Puente", dia: no_laborable}}
  excepciones: []
""",
    "at the end": f"""{HEAD}  dias_propios:
    - {{fecha: "2026-01-02", motivo: "Puente", dia: no_laborable}}""",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_day_goes_in_and_out_and_nothing_else_changes(text: str) -> None:
    content = text.encode()
    before = section_in(NAME, content).built.own_days
    both = with_day(NAME, with_day(NAME, content, "predeterminado", EVE), "predeterminado", CLOSED)
    found = section_in(NAME, both).built.own_days
    assert found == {**before, EVE.day: EVE.rule, CLOSED.day: CLOSED.rule}
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in both.decode().splitlines() if line.lstrip().startswith("#")] == comments
    without = without_day(
        NAME, without_day(NAME, both, "predeterminado", EVE.day), "predeterminado", CLOSED.day
    )
    assert section_in(NAME, without) == section_in(NAME, content)
    assert yaml.safe_load(without)["calendario"].pop("dias_propios", []) == (
        yaml.safe_load(content)["calendario"].get("dias_propios") or []
    )


def test_the_day_stands_on_one_line_as_people_write_it() -> None:
    lines = with_day(NAME, SHIPPED, "predeterminado", EVE).decode().splitlines()
    at = lines.index("  dias_propios:")
    assert lines[at + 1] == '    - {fecha: "2026-12-24", motivo: "Nochebuena", horario: ["09:00-13:00"]}'


def test_a_calendar_by_name_gets_its_own_day() -> None:
    other = f"""{HEAD}  otros:
    chile:
      zona: America/Santiago
      dias_utiles_terminan: misma_hora
      semana: {{lunes: ["09:00-18:00"]}}
"""
    section = section_in(NAME, with_day(NAME, other.encode(), "chile", EVE))
    assert (section.built.own_days, section.otros["chile"].built.own_days) == ({}, {EVE.day: EVE.rule})


REFUSED = {
    "there already": (LAYOUTS["a list"], OwnDayText(date(2026, 1, 2), "x"), "ya está en el calendario"),
    "written on one line": (
        f'{HEAD}  dias_propios: [{{fecha: "2026-01-02", motivo: "x", dia: no_laborable}}]', EVE, "una línea",
    ),
    "no calendar": ("version: 1\n", EVE, "no tiene la sección"),
    "no YAML": ("a: [", EVE, "calendario.yaml:2"),
    "a reason too long": (HEAD, OwnDayText(EVE.day, "x" * 81), "80"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "day", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_written_is_refused_with_what_to_do(text: str, day: OwnDayText, said: str) -> None:
    with pytest.raises(CannotEdit, match=said):
        with_day(NAME, text.encode(), "predeterminado", day)


@pytest.mark.parametrize(
    ("day", "said"), [(date(2026, 7, 27), "varias líneas"), (date(2026, 5, 5), "no está entre")]
)
def test_what_cannot_be_taken_out_is_refused(day: date, said: str) -> None:
    with pytest.raises(CannotEdit, match=said):
        without_day(NAME, LAYOUTS["a list"].encode(), "predeterminado", day)


def test_the_file_is_found_by_its_section() -> None:
    assert calendar_file({"a.yaml": b"version: 1\n", "z.yaml": HEAD.encode()}) == "z.yaml"
    with pytest.raises(CannotEdit, match="ningún archivo"):
        calendar_file({"a.yaml": b"# calendario:\n"})
