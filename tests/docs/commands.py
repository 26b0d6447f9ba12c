"""Which commands do the documents tell their readers to type?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli import main

HOME = Path(__file__).parents[2]
DOCS = sorted([*HOME.glob("*.md"), *(HOME / "docs").glob("*.md"), *(HOME / "deploy").rglob("*.md")])
SHELLS = {"sh", "bash", "shell", "console"}
STARTS = ("semaforo ", ".venv/bin/", "make ", "python -m ")

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Example:
    """Hold what stands together in a document: the lines of a block, or one span of a sentence."""

    place: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place} {self.lines[0]}"


def examples_of(doc: Path) -> Iterator[Example]:
    """Yield the shell blocks of a document and the commands that its sentences quote."""
    text = doc.read_text(encoding="utf-8")
    for block in _FENCED.finditer(text):
        if block[1] in SHELLS:
            yield Example(_place(doc, text, block.start()), _lines(block[2]))
    prose = _FENCED.sub(lambda found: "\n" * found[0].count("\n"), text)
    for span in _SPAN.finditer(prose):
        quoted = " ".join(span[1].split())
        if quoted.startswith(STARTS):
            yield Example(_place(doc, prose, span.start()), (quoted,))


def wrong_in(line: str) -> str | None:
    """Say which command, option, target or module of a line does not exist; None when all do."""
    problems = (_wrong(words) for words in _segments(line) if words)
    return next((problem for problem in problems if problem is not None), None)


def _lines(block: str) -> tuple[str, ...]:
    joined = block.replace("\\\n", " ")
    return tuple(line for line in joined.splitlines() if line.strip() and not line.startswith("#"))


def _segments(line: str) -> list[list[str]]:
    """Cut a line of shell into its commands, without what they are fed or write to."""
    lexer = shlex.shlex(line.replace("…", ""), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    segments: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;()"):
            segments.append([])
        else:
            segments[-1].append(word)
    return segments


def _wrong(words: Sequence[str]) -> str | None:
    words = [word for word in words if not re.fullmatch(r"[A-Z_]+=.*", word)]
    program = words[0].removeprefix(".venv/bin/") if words else ""
    if program == "semaforo":
        return _wrong_command(words[1:])
    if program == "make":
        return _wrong_target(words[1:])
    if words[:1] and program.startswith("python") and words[1:2] == ["-m"]:
        return _wrong_module(words[2])
    return None


def _wrong_command(words: Sequence[str]) -> str | None:
    command: click.Command = main
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            return f"there is no command {rest[0]}"
        command = found
        rest.pop(0)
    known = {"-h", "--help", "--version"} | {name for param in command.params for name in param.opts}
    unknown = [word for word in rest if word.startswith("-") and word.partition("=")[0] not in known]
    return f"{command.name} has no option {unknown[0]}" if unknown else None


def _wrong_target(words: Sequence[str]) -> str | None:
    targets = set(_TARGET.findall((HOME / "Makefile").read_text(encoding="utf-8")))
    unknown = [word for word in words if not word.startswith("-") and word not in targets]
    return f"the Makefile has no target {unknown[0]}" if unknown else None


def _wrong_module(name: str) -> str | None:
    path = HOME.joinpath(*name.split("."))
    is_there = path.with_suffix(".py").exists() or (path / "__main__.py").exists()
    ours = path.parent != HOME or path.is_dir()
    return f"there is no module {name}" if ours and not is_there else None


def _place(doc: Path, text: str, start: int) -> str:
    return f"{doc.relative_to(HOME)}:{text.count(chr(10), 0, start) + 1}"
