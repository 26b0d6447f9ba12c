"""Is the picture of the architecture that of the code?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.docs.commands import HOME

TEXT = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = re.findall(r"^```mermaid\nflowchart TD\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[0]
ARROW = re.compile(r"^ +(\w+) --> (\w+)$", re.MULTILINE)
ROOM = re.compile(r"^ +(\w+)\[", re.MULTILINE)
LEFT_OUT = {"domain", "settings", "telemetry", "error_reports"}
KEY = re.compile(r"`semaforo:([a-z]+)")


def imports() -> Iterator[tuple[str, str]]:
    """Yield each import of one room of `bot` by another."""
    for path in (HOME / "bot").rglob("*.py"):
        room = path.relative_to(HOME / "bot").with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _names(node):
                parts = name.split(".")
                if parts[0] == "bot" and len(parts) > 1 and parts[1] != room:
                    yield room, parts[1]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module == "bot":
        return [f"bot.{alias.name}" for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_every_arrow_is_an_import_and_every_import_an_arrow() -> None:
    found = {(room, other) for room, other in imports() if other not in LEFT_OUT and room not in LEFT_OUT}
    assert set(ARROW.findall(PICTURE)) == found


def test_every_room_stands_in_the_picture() -> None:
    rooms = {path.stem for path in (HOME / "bot").iterdir() if not path.name.startswith(("_", "py.typed"))}
    assert set(ROOM.findall(PICTURE)) == rooms - (LEFT_OUT - {"domain"})


def test_every_key_of_redis_is_explained() -> None:
    users = (HOME / "deploy" / "redis-users.acl").read_text(encoding="utf-8")
    keys = set(re.findall(r"~semaforo:([a-z]+)", users))
    assert keys - set(KEY.findall(TEXT)) == set()


def test_the_map_of_the_policy_names_modules_that_are_there() -> None:
    """A name with a star stands for all that begin so."""
    charter = (
        ast.get_docstring(ast.parse((HOME / "bot/policy/__init__.py").read_text(encoding="utf-8"))) or ""
    )
    named = re.findall(r"`([a-z_]+\*?)`", charter)
    assert len(named) > 50
    missing = [name for name in named if not list((HOME / "bot/policy").glob(f"{name}.py"))]
    assert missing == []
