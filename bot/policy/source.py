"""What does the YAML of a rule file say, and on which line does each value stand?

The YAML 1.2 core schema and no more: only true/false, whole and decimal numbers and null are not text, so
`no`, `8:30`, `051` and dates stay what was typed. Tags, anchors, aliases and repeated keys are refused. Any
bytes at all give a value or problems, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.policy.problems import Problem, shorten

MAX_BYTES = 256 * 1024
# All files of a folder together; the word weights take a third of it.
MAX_FOLDER_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 20

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
)
_REFUSED = "no se admiten {0} «{1}»; un texto que empieza con «{1}» va entre comillas"
_ONE_DOCUMENT = "el archivo lleva un solo documento, sin líneas «---» en medio"
# libyaml where the installation has it, the same parser in Python elsewhere.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """Hold one rule file: its value, and the line of every key and item by path."""

    file: str
    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of the deepest part of a path that the file has.

        Steps that are no part of the file, such as the names pydantic gives to the branches of a union, are
        passed over.
        """
        here: Path = ()
        for step in path:
            if (*here, step) in self.lines:
                here = (*here, step)
        return self.lines.get(here, 1)


class _Refused(Exception):
    """Carry what makes a whole file unreadable, with its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read_source(file: str, content: bytes) -> tuple[Source | None, list[Problem]]:
    """Read the bytes of one file; on a problem that hides the rest of the file the source is None."""
    try:
        builder = _Builder(file)
        value = builder.document(_events(_text(content)))
    except _Refused as refused:
        return None, [Problem(file, refused.line, refused.message)]
    return Source(file, value, builder.lines), builder.problems


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _Refused(1, f"el archivo pasa de {MAX_BYTES // 1024} KiB; repártelo en varios")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _Refused(line, "el archivo no está en UTF-8; guárdalo con esa codificación") from None
    if text.startswith("\ufeff"):
        raise _Refused(1, "el archivo empieza con una marca BOM; guárdalo como «UTF-8 sin BOM»")
    return text


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        line = text[: max(error.position, 0)].count("\n") + 1
        message = f"hay un carácter invisible que YAML no admite (código {error.character!r})"
        raise _Refused(line, message) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Refused(mark.line + 1 if mark else 1, _explain(error, text)) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _Refused(1, f"no se puede leer como YAML: {shorten(str(error))}") from None


def _explain(error: Any, text: str) -> str:
    """Say in Spanish what libyaml says in English, for the slips people make."""
    problem = f"{error.problem or ''} {error.context or ''}"
    mark = error.problem_mark or error.context_mark
    row = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\t" in row[: len(row) - len(row.lstrip())] or "\\t" in problem:
        return "hay un tabulador en el margen; usa espacios"
    known = (
        ("mapping values are not allowed", "hay «: » dentro de un texto; ponlo entre comillas"),
        ("unexpected end of stream", "falta cerrar unas comillas, un corchete o una llave"),
        ("cannot start any token", "un texto no puede empezar con ese signo; ponlo entre comillas"),
        ("expected ',' or", "en la lista o llave falta una coma o el cierre"),
        ("did not find expected alphabetic", "un texto que empieza con * o & va entre comillas"),
        ("did not find expected key", "el margen no es el de las líneas vecinas"),
        ("did not find expected '-'", "el margen no es el de las líneas vecinas"),
        ("could not find expected ':'", "falta «:» después de la clave"),
        ("unknown escape", "dentro de comillas dobles, la barra \\ se escribe \\\\; o usa comillas simples"),
        ("escape", "dentro de comillas dobles, la barra \\ se escribe \\\\; o usa comillas simples"),
        ("document", _ONE_DOCUMENT),
    )
    return next((text for key, text in known if key in problem), "esta línea no es YAML válido")


class _Builder:
    """Build plain values from parser events, without recursion in the parser and with every line kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {(): 1}
        self.problems: list[Problem] = []
        self.events: Iterator[Any] = iter(())

    def document(self, events: Iterator[Any]) -> Any:
        self.events = events
        value: Any = None
        seen = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                seen += 1
                if seen > 1:
                    raise _Refused(_line(event), _ONE_DOCUMENT)
            elif isinstance(event, yaml.NodeEvent):
                value = self.node(event, ())
        return value

    def node(self, event: Any, path: Path) -> Any:
        self.refuse_extras(event)
        if len(path) > MAX_DEPTH:
            raise _Refused(_line(event), f"hay más de {MAX_DEPTH} niveles, uno dentro de otro")
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return _scalar(event)

    def refuse_extras(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(_line(event), _REFUSED.format("referencias", "*"))
        if event.anchor is not None:
            raise _Refused(_line(event), _REFUSED.format("anclas", "&"))
        if event.tag is not None:
            raise _Refused(_line(event), _REFUSED.format("marcas de tipo", "!"))

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            self.refuse_extras(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(_line(event), "aquí va una clave de texto, no una lista ni una llave")
            key = event.value
            if key in value:
                first = self.lines[(*path, key)]
                self.problem(event, f"la clave «{shorten(key)}» se repite; ya está en la línea {first}")
                self.node(next(self.events), (*path, f"{key} (repetida)"))
                continue
            self.lines[(*path, key)] = _line(event)
            value[key] = self.node(next(self.events), (*path, key))
        return value

    def problem(self, event: Any, message: str) -> None:
        self.problems.append(Problem(self.file, _line(event), message))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
