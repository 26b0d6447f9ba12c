"""What differs between two versions of the rule files, for people and for `patch`?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileDiff:
    """Hold one file's differences: unified lines with their sign, and how many came and went."""

    file: str
    is_new: bool
    is_gone: bool
    lines: tuple[str, ...]
    added: int
    removed: int


def unified_diff(
    before: Mapping[str, bytes], after: Mapping[str, bytes], old: str, new: str
) -> Iterator[str]:
    """Yield the lines of a unified diff, file by file; `old` and `new` head the names."""
    for name in sorted({*before, *after}):
        yield from difflib.unified_diff(
            _lines(before, name),
            _lines(after, name),
            f"{old}/{name}" if name in before else "/dev/null",
            f"{new}/{name}" if name in after else "/dev/null",
            lineterm="",
        )


def file_diffs(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[FileDiff]:
    """Return the files that differ."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return [_file_diff(name, before, after) for name in names]


def _file_diff(name: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> FileDiff:
    # The first two lines name the file, which stands above them anyway.
    lines = list(difflib.unified_diff(_lines(before, name), _lines(after, name), lineterm=""))[2:]
    return FileDiff(
        name,
        name not in before,
        name not in after,
        tuple(lines),
        sum(line.startswith("+") for line in lines),
        sum(line.startswith("-") for line in lines),
    )


def _lines(files: Mapping[str, bytes], name: str) -> list[str]:
    return files.get(name, b"").decode("utf-8", "replace").splitlines()
