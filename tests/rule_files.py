"""Small rule folders for tests: the shipped levels and texts, and one rule that looks for a word."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

RULES = Path(__file__).parent.parent / "rules"
ADDED = "prueba.yaml"
WORD = "ornitorrinco"
_RULE = """version: 1
reglas:
  - id: prueba-{word}
    titulo: Aparece la palabra {word}
    dueno: mesa-de-ayuda
    estado: activa
    nivel: {level}
    clausula: "Regla de prueba"
    cuando: {{frase: {word}}}
    ejemplos:
      coincide: ["vi un {word}", "el {word} volvió"]
      no_coincide: ["vi un gato", {wrong}]
"""


def folder_with(folder: Path, word: str = WORD, level: str = "PREFERENTE") -> Path:
    """Make a folder whose only rule looks for a word."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in RULES.glob("*.yaml"):  # all but the rules of classification, which lie a folder deeper
        shutil.copy(file, folder)
    add_rule(folder, word, level)
    return folder


def add_rule(folder: Path, word: str = WORD, level: str = "PREFERENTE") -> None:
    """Let a folder's rule look for another word."""
    (folder / ADDED).write_text(_RULE.format(word=word, level=level, wrong="nada"), encoding="utf-8")


def spoil(folder: Path) -> str:
    """Let an example of the folder's rule not come out, and return the place of the fault."""
    text = _RULE.format(word=WORD, level="PREFERENTE", wrong=f'"otro {WORD}"')
    (folder / ADDED).write_text(text, encoding="utf-8")
    return f"{ADDED}:12"


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the rule files of a folder as they are published."""
    paths = (path for path in folder.rglob("*.yaml") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


_HOME = tempfile.TemporaryDirectory(prefix="sem-rules-")
BASE = folder_with(Path(_HOME.name), "base")  # read only, gone with the test process
