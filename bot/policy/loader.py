"""What does a folder of rule files hold: valid sections, or every problem there is in it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.policy.collecting import without_collections
from bot.policy.complaints import complaints, described
from bot.policy.problems import Problem, did_you_mean
from bot.policy.sections import CHECKS, SECTIONS, Merge, Sections, SectionSpec
from bot.policy.source import MAX_FOLDER_BYTES, Path, Source, read_source

VERSION = 1
# Keys of a whole file; items of its lists take them over unless they have their own.
HEADER: Mapping[str, TypeAdapter[Any]] = {"erratas": TypeAdapter(bool), "firme": TypeAdapter(bool)}
__all__ = ["SECTIONS", "load_sections"]


def load_sections(folder: FilePath) -> tuple[Sections | None, list[Problem]]:
    """Read every `*.yaml` of a folder, subfolders included.

    Returns the sections, or None with all problems sorted by file and line. Never raises, whatever the bytes.
    """
    files, problems = read_files(folder)
    return sections_of(files, problems)


@without_collections()
def sections_of(
    files: Mapping[str, bytes], unread: Iterable[Problem] = ()
) -> tuple[Sections | None, list[Problem]]:
    """Put the sections of rule files together, by name and content; `unread` are problems known before."""
    if problem := _too_much(files):
        return None, [problem]
    problems = [*unread]
    gathering = _Gathering(problems)
    for name, content in files.items():
        source, found = read_source(name, content)
        problems += found
        if source is not None:
            gathering.add_file(source)
    sections = gathering.sections(files)
    return (None if problems else sections), sorted(set(problems))


def _too_much(files: Mapping[str, bytes]) -> Problem | None:
    size = sum(map(len, files.values()))
    if size <= MAX_FOLDER_BYTES:
        return None
    largest = max(files, key=lambda name: len(files[name]))
    allowed = MAX_FOLDER_BYTES // 1024
    return Problem(largest, 1, f"los archivos suman {size // 1024} KiB y se admiten {allowed}; acorta este")


def read_files(folder: FilePath) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the bytes of every `*.yaml` of a folder by path, with what kept any from being read."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    if not folder.is_dir():
        return files, [Problem(str(folder), 1, "esta carpeta de reglas no existe")]
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".yml":
            problems.append(Problem(name, 1, "este archivo no se lee: su nombre debe terminar en .yaml"))
        if path.suffix != ".yaml" or path.is_dir():
            continue
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            problems.append(Problem(name, 1, f"no se puede leer el archivo: {error.strerror}"))
    if not files and not problems:
        problems.append(Problem(str(folder), 1, "la carpeta no tiene ningún archivo .yaml"))
    return files, problems


@dataclass
class _Gathering:
    """Merge the sections of all files, remembering where each piece came from."""

    problems: list[Problem]
    content: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, tuple[str, int]] = field(default_factory=dict)
    seen: dict[Path, tuple[str, int]] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)

    def add_file(self, source: Source) -> None:
        if not isinstance(source.value, dict):
            wrong = described(source.value)
            self.complain(source, (), f"el archivo lleva secciones con nombre, y dice {wrong}")
            return
        self.check_version(source)
        header = self.header(source)
        for name, raw in source.value.items():
            if name == "version" or name in HEADER:
                continue
            spec = SECTIONS.get(name)
            if spec is None:
                known = (*SECTIONS, *HEADER, "version")
                self.complain(source, (name,), f"no conozco la sección «{name}»{did_you_mean(name, known)}")
            else:
                self.add_section(source, name, spec, _with_header(raw, header, spec))

    def check_version(self, source: Source) -> None:
        if "version" not in source.value:
            self.complain(source, (), f"falta la clave «version: {VERSION}» al inicio del archivo")
        elif source.value["version"] != VERSION or isinstance(source.value["version"], bool):
            wrong = described(source.value["version"])
            self.complain(source, ("version",), f"solo conozco «version: {VERSION}», y dice {wrong}")

    def header(self, source: Source) -> dict[str, Any]:
        values = {}
        for name, adapter in HEADER.items():
            if name in source.value:
                try:
                    values[name] = adapter.validate_python(source.value[name], strict=True)
                except ValidationError:
                    wrong = described(source.value[name])
                    self.complain(source, (name,), f"«{name}» lleva true o false, y dice {wrong}")
        return values

    def add_section(self, source: Source, name: str, spec: SectionSpec, raw: Any) -> None:
        """Validate a section piece by piece, so that one bad card does not hide the others."""
        if spec.merge is Merge.LIST and isinstance(raw, list):
            for number, item in enumerate(raw):
                self.add_item(source, (name, number), spec, item)
        elif spec.merge is Merge.MAPPING and isinstance(raw, dict):
            for key, item in raw.items():
                self.add_entry(source, (name, key), spec, item)
        elif self.is_new((name,), source, (name,), f"la sección «{name}»"):
            for value in self.valid(source, (name,), spec, raw):
                self.content[name] = value
                self.remember((name,), source, (name,))

    def add_item(self, source: Source, path: tuple[str, int], spec: SectionSpec, item: Any) -> None:
        name, number = path
        identity = item.get(spec.key) if isinstance(item, dict) else None
        if isinstance(identity, str):
            where = (*path, spec.key)
            if not self.is_new((name, identity), source, where, f"«{identity}»"):
                return
        merged = self.content.setdefault(name, ())
        for value in self.valid(source, (name,), spec, [item], number):
            self.remember((name, len(merged)), source, path)
            self.content[name] = (*merged, *value)

    def add_entry(self, source: Source, path: tuple[str, str], spec: SectionSpec, item: Any) -> None:
        name, key = path
        merged = self.content.setdefault(name, {})
        if self.is_new(path, source, path, f"«{key}»"):
            for value in self.valid(source, (name,), spec, {key: item}):
                self.remember(path, source, path)
                merged.update(value)

    def valid(
        self, source: Source, path: Path, spec: SectionSpec, raw: Any, number: int = 0
    ) -> Iterator[Any]:
        """Yield the validated value, or nothing once its problems are noted.

        `number` is the place in the file of the only item of a list.
        """
        try:
            yield spec.adapter.validate_python(raw)
        except ValidationError as error:
            self.spoilt.add(str(path[0]))
            for inner, message in complaints(error, spec.content, str(path[0])):
                step = (number, *inner[1:]) if inner and inner[0] == 0 else inner
                self.complain(source, (*path, *step), f"{_label(source.value, (*path, *step))}{message}")

    def is_new(self, identity: Path, source: Source, path: Path, label: str) -> bool:
        if identity in self.seen:
            file, line = self.seen[identity]
            self.complain(source, path, f"{label} ya está en {file}:{line}")
            return False
        self.seen[identity] = (source.file, source.line(path))
        return True

    def remember(self, merged: Path, source: Source, original: Path) -> None:
        """Keep the line of everything below a path of the file, under its path in the merged section."""
        depth = len(original)
        for path, line in source.lines.items():
            if path[:depth] == original:
                self.lines[(*merged, *path[depth:])] = (source.file, line)

    def sections(self, files: Mapping[str, bytes]) -> Sections:
        """Return what was gathered, after the checks across sections."""
        for name, spec in SECTIONS.items():
            if spec.required and name not in self.content and name not in self.spoilt:
                self.problems.append(Problem(next(iter(files), ""), 1, f"falta la sección «{name}»"))
        gathered = Sections(self.content, files, self.lines)
        self.problems += _faults(gathered, self.spoilt)
        return gathered

    def complain(self, source: Source, path: Path, message: str) -> None:
        self.problems.append(Problem(source.file, source.line(path), message))


def _faults(sections: Sections, spoilt: set[str]) -> Iterator[Problem]:
    """Yield what the checks across sections find, except those that a spoilt section would mislead."""
    for check in CHECKS:
        if not spoilt.intersection(check.needs):
            for path, message in check.faults(sections):
                yield Problem(*sections.place(path), message)


def _with_header(raw: Any, header: Mapping[str, Any], spec: SectionSpec) -> Any:
    if not header or not spec.header or not isinstance(raw, list):
        return raw
    inherited = {key: value for key, value in header.items() if key in spec.header}
    return [{**inherited, **item} if isinstance(item, dict) else item for item in raw]


def _label(value: Any, path: Path) -> str:
    """Name the card that a path leads into, so that the message helps without the line."""
    for step in path[:2]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return ""
    name = value.get("id") or value.get("nombre") if isinstance(value, dict) else None
    return f"{name}: " if isinstance(name, str) else ""
