"""How do tests write rule files and ask them about tickets?"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.rules import Filter, Rule


def rule(when: Any, **more: Any) -> Rule:
    """Build a rule in force; its examples are not looked at."""
    card = {
        "id": "r-prueba",
        "titulo": "Regla de prueba",
        "dueno": "mesa",
        "estado": "activa",
        "nivel": "URGENTE",
        "cuando": when,
        "ejemplos": {"coincide": ["a", "b"], "no_coincide": ["a", "b"]},
    }
    return Rule.model_validate(card | more)


def filter_card(when: Any, scope: str, **more: Any) -> Filter:
    """Build a filter without end over every level."""
    card = {
        "id": "f-prueba",
        "dueno": "mesa",
        "motivo": "para probar el filtro",
        "permanente": True,
        "suprime": {"niveles": ["URGENTE", "IMPORTANTE", "PREFERENTE", "NORMAL"]},
        "alcance": scope,
        "cuando": when,
    }
    return Filter.model_validate(card | more)


def classifier(
    *cards: Rule | Filter, lists: dict[str, list[str]] | None = None, **sections: Any
) -> Classifier:
    """Compile cards as if they had been loaded."""
    return compile_rules(
        {
            "reglas": tuple(card for card in cards if isinstance(card, Rule)),
            "filtros": tuple(card for card in cards if isinstance(card, Filter)),
            "vocabulario": {name: tuple(words) for name, words in (lists or {}).items()},
            **sections,
        }
    )


def words_found(
    when: Any, body: str, subject: str = "", lists: dict[str, list[str]] | None = None
) -> list[str]:
    """Return the original words on which a condition holds in a ticket; empty when it does not."""
    verdict = classifier(rule(when), lists=lists).classify(subject, body)
    return [evidence.text for evidence in verdict.evidence]


def problems_of(**files: str | bytes) -> list[str]:
    """Load files named like `a` for `a.yaml` and return every problem as text."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for stem, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / f"{stem}.yaml").write_bytes(data)
        _, problems = load_sections(folder)
        return [str(problem) for problem in problems]


RULE = """\
version: 1
reglas:
  - id: r-uno
    titulo: Regla uno
    dueno: mesa
    estado: activa
    nivel: URGENTE
    cuando: caido
    ejemplos:
      coincide: ["está caído", "todo caído"]
      no_coincide: ["hola", "gracias"]
"""
FILTER = """\
version: 1
filtros:
  - id: f-uno
    dueno: mesa
    motivo: porque ya se resolvió
    permanente: true
    suprime: {niveles: [URGENTE]}
    alcance: frase
    cuando: ya volvio
"""
