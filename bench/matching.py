"""How long does one ticket take to classify, and does that grow with the number of keywords?"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.rules import Rule

TEXT = (
    "Buenas tardes, desde la mañana tenemos un inconveniente con el módulo de oportunidades: al guardar "
    "aparece un mensaje y el vendedor vuelve a la lista sin que el cambio quede. ¿Nos ayudan a revisar? "
    "Adjuntamos la captura. Quedamos atentos a sus comentarios. Saludos, Área Comercial"
)
ROUNDS = 400


def run() -> dict[str, Any]:
    """Return microseconds a ticket with the shipped rules, and with 10 to 1,000 rules of ten phrases."""
    sections, problems = load_sections(Path(__file__).parent.parent / "rules")
    if sections is None:
        raise RuntimeError("\n".join(map(str, problems)))
    figures: dict[str, Any] = {"shipped_us": _microseconds(compile_rules(sections))}
    for rules in (10, 100, 1000):
        figures[f"{rules * 10}_words_us"] = _microseconds(compile_rules({"reglas": _invented(rules)}))
    figures["growth_100_to_10000_words"] = round(figures["10000_words_us"] / figures["100_words_us"], 2)
    return figures


def _microseconds(classifier: Classifier) -> float:
    seconds = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        classifier.classify(f"Consulta {number}", TEXT)
        seconds.append(time.perf_counter() - start)
    return round(statistics.median(seconds) * 1e6, 1)


def _invented(count: int) -> tuple[Rule, ...]:
    examples = {"coincide": ["uno", "dos"], "no_coincide": ["tres", "cuatro"]}
    cards = [
        {
            "id": f"inventada-{number}",
            "titulo": f"Inventada {number}",
            "dueno": "bench",
            "estado": "activa",
            "nivel": "NORMAL",
            "cuando": {"alguna": [f"palabra{number}x{word} siguiente{word}" for word in range(10)]},
            "ejemplos": examples,
        }
        for number in range(count)
    ]
    return TypeAdapter(tuple[Rule, ...]).validate_python(cards)
