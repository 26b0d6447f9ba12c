"""How does a rule file read with one more day of the desk's own, or one less? Comments and the rest stay.

The text is changed line by line and then read back: an edit that would say anything else is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.policy.calendar import Calendar, OwnDay, Window
from bot.policy.calendar_section import DEFAULT_CALENDAR, CalendarSection
from bot.policy.loader import sections_of
from bot.policy.source import Path, read_source

_SECTION = re.compile(rb"^calendario:", re.MULTILINE)
_LIST = re.compile(r"^(?P<indent> *)dias_propios:(?P<empty>\s*\[\s*\])?\s*(?P<rest>#.*)?$")


class CannotEdit(Exception):
    """The file is written in a way that this edit does not know; the text says in Spanish what to do."""


@dataclass(frozen=True, slots=True)
class OwnDayText:
    """Hold one day as it is to stand in the file."""

    day: date
    why: str
    windows: tuple[Window, ...] = ()

    @property
    def line(self) -> str:
        """Return the day as an item of `dias_propios`."""
        what = f"horario: [{', '.join(_quoted(spell_window(w)) for w in self.windows)}]"
        return (
            f"- {{fecha: {_quoted(self.day.isoformat())}, motivo: {_quoted(self.why)}, "
            f"{what if self.windows else 'dia: no_laborable'}}}"
        )

    @property
    def rule(self) -> OwnDay:
        """Return the day as the calendar computes with it."""
        return OwnDay(self.why, self.windows)


def spell_window(window: Window) -> str:
    """Write an opening as rule files do: «09:00-13:00»."""
    opens, closes = divmod(window.opens, 60), divmod(window.closes, 60)
    return f"{opens[0]:02}:{opens[1]:02}-{closes[0]:02}:{closes[1]:02}"


def calendar_file(files: Mapping[str, bytes]) -> str:
    """Return the name of the file that holds the section `calendario`; CannotEdit when none does."""
    for name in sorted(files):
        if _SECTION.search(files[name]):
            return name
    raise CannotEdit("ningún archivo de reglas tiene la sección «calendario»")


def section_in(name: str, content: bytes) -> CalendarSection:
    """Return the calendars of a file; CannotEdit with its first problem when it is not sound."""
    sections, problems = sections_of({name: content})
    if sections is None or "calendario" not in sections:
        raise CannotEdit(str(problems[0]) if problems else f"{name} no tiene la sección «calendario»")
    section: CalendarSection = sections["calendario"]
    return section


def with_day(name: str, content: bytes, calendar: str, new: OwnDayText) -> bytes:
    """Return the file with one more day in a calendar; CannotEdit when it cannot be written there."""
    before = section_in(name, content).calendar(calendar)
    if new.day in before.own_days or new.day in before.worked_holidays:
        raise CannotEdit(f"el {new.day.isoformat()} ya está en el calendario; quítelo primero")
    lines = content.decode().splitlines()
    place = _line(name, content, (*_path(calendar), "dias_propios"))
    if place is None:
        top = _line(name, content, (*_path(calendar), "zona"))
        if top is None:
            raise CannotEdit(f"no encuentro dónde escribir en {name}; agréguelo en el editor de reglas")
        indent = _indent(lines[top])
        lines[top + 1 : top + 1] = [f"{indent}dias_propios:", f"{indent}  {new.line}"]
    else:
        _insert(name, lines, place, new.line)
    wanted = {**before.own_days, new.day: new.rule}
    return _checked(name, lines, calendar, wanted)


def without_day(name: str, content: bytes, calendar: str, day: date) -> bytes:
    """Return the file with a day less in a calendar; CannotEdit when it does not stand on its own line."""
    before = section_in(name, content).calendar(calendar)
    days = list(before.own_days)
    if day not in before.own_days:
        raise CannotEdit(f"el {day.isoformat()} no está entre los días propios")
    lines = content.decode().splitlines()
    path = (*_path(calendar), "dias_propios")
    place, first = _line(name, content, (*path, days.index(day))), _line(name, content, path)
    if place is None or first is None or not lines[place].lstrip().startswith("- {"):
        raise CannotEdit(f"ese día ocupa varias líneas en {name}; quítelo en el editor de reglas")
    del lines[place]
    if len(days) == 1:
        lines[first] = f"{_indent(lines[first])}dias_propios: []"
    return _checked(name, lines, calendar, {d: own for d, own in before.own_days.items() if d != day})


def _insert(name: str, lines: list[str], place: int, item: str) -> None:
    """Put an item at the end of the list that begins on a line."""
    found = _LIST.match(lines[place])
    if found is None:
        raise CannotEdit(f"en {name} la lista está escrita en una línea; agréguelo en el editor de reglas")
    if found["empty"]:
        lines[place] = f"{found['indent']}dias_propios:" + (f"  {found['rest']}" if found["rest"] else "")
        lines.insert(place + 1, f"{found['indent']}  {item}")
        return
    last, indent = place, ""
    for number in range(place + 1, len(lines)):
        text = lines[number]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        inner = len(_indent(text)) > len(found["indent"])
        if not inner and not (text.startswith(f"{found['indent']}- ")):
            break
        indent = indent or _indent(text)  # that of the first item, for items may hold lists of their own
        last = number
    lines.insert(last + 1, f"{indent}{item}")


def _checked(name: str, lines: list[str], calendar: str, wanted: Mapping[date, OwnDay]) -> bytes:
    content = ("\n".join(lines) + "\n").encode()
    found: Calendar = section_in(name, content).calendar(calendar)
    if dict(found.own_days) != dict(wanted):
        raise CannotEdit(f"no pude cambiar {name} sin tocar otra cosa; hágalo en el editor de reglas")
    return content


def _line(name: str, content: bytes, path: Path) -> int | None:
    """Return the index of the line on which a part of the file stands."""
    source, _ = read_source(name, content)
    number = None if source is None else source.lines.get(path)
    return None if number is None else number - 1


def _path(calendar: str) -> Path:
    return ("calendario",) if calendar == DEFAULT_CALENDAR else ("calendario", "otros", calendar)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _quoted(text: str) -> str:
    # YAML reads the quoted texts of JSON.
    return json.dumps(text, ensure_ascii=False)
