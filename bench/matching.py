"""How long does one ticket take to classify, and does that grow with the keywords or faster than the text?

Words and text are invented; the rivals get the same keywords and the same text, and must find as many. The
classifier does more than they: it ends with level, deciding rule and the words as they stand in the ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bench.lines import SHOWN, Figure, Goal, Kind, Line, Size
from bench.rival import ABSENT, ask
from bench.timing import best_micros
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules
from bot.policy.rules import Rule

RULES = Path(__file__).parent.parent / "rules"
PARAGRAPH = (
    "Buenas tardes, desde la mañana tenemos un inconveniente con el módulo de oportunidades: al guardar "
    "aparece un mensaje y el vendedor vuelve a la lista sin que el cambio quede. Lo probamos en dos "
    "equipos y con otro navegador, y pasa igual en ambos. Ayer por la tarde funcionaba sin problema. El "
    "área comercial debe enviar hoy dos cotizaciones y no puede registrar el avance de sus clientes. "
    "Adjuntamos la captura que nos mandó el supervisor. ¿Nos ayudan a revisar si hubo alguna "
    "actualización o si falta un permiso? También quisiéramos saber cuándo podrían llamarnos para verlo "
    "juntos, porque la gerente sale de viaje mañana temprano. Quedamos atentos a sus comentarios. "
    "Saludos, Área Comercial"
)
WORDS_IN_TEXT = 120
HITS = 3  # phrases of the invented rules that stand in the text
COUNTS = (50, 500, 5000)
RIVALS = ("re each", "alternation", "flashtext", "spacy", "scan")
SHIPPED, LARGEST = "shipped", f"{COUNTS[-1]} keywords"
LINES = {
    SHIPPED: Line("classify 120 words, shipped rules, with evidence", "µs", Goal(Kind.AT_MOST, 200)),
    "re each": Line(LARGEST, "µs", Goal(Kind.TIMES_FASTER, 100), "one compiled re a keyword"),
    "alternation": Line(LARGEST, "µs", SHOWN, "one big alternation"),
    "flashtext": Line(LARGEST, "µs", SHOWN, "flashtext"),
    "spacy": Line(LARGEST, "µs", SHOWN, "spaCy PhraseMatcher"),
    "scan": Line(LARGEST, "µs", Goal(Kind.WITHIN, 6), "pyahocorasick scan and normalisation"),
    "growth": Line("50 → 5,000 keywords", "µs", Goal(Kind.WITHIN, 1.5), "with 50"),
    "linear": Line("10,000 words, time a word", "µs", Goal(Kind.WITHIN, 1.5), "a word of 100"),
    "cap": Line("40,000 words", "µs", Goal(Kind.WITHIN, 1.5), "20,000 words"),
}


def run(size: Size) -> Mapping[str, Figure]:
    """Measure the shipped rules, growth, and the rivals at the largest count."""
    seconds = {Size.TINY: 0.0, Size.QUICK: 0.3, Size.FULL: 3.0}[size]
    counts = COUNTS[:1] if size is Size.TINY else COUNTS
    text = ticket_text()
    figures = {SHIPPED: Figure(_micros(shipped(), text, seconds))}
    by_count = {count: _micros(invented(count), text, seconds) for count in counts}
    figures["growth"] = Figure(by_count[counts[-1]], by_count[50])
    if size is not Size.TINY:
        figures |= _by_length(seconds)
        figures |= _beside_rivals(by_count[COUNTS[-1]], text, seconds)
    return figures


def ticket_text(words: int = WORDS_IN_TEXT) -> str:
    """Return a text of so many words that holds the first phrases of the invented rules."""
    phrases = keywords(HITS)
    while len(phrases) < words:
        phrases += PARAGRAPH.split()
    return " ".join(" ".join(phrases).split()[:words])


@cache
def shipped() -> Classifier:
    """Return the classifier of the shipped rules."""
    sections, problems = load_sections(RULES)
    if sections is None:
        raise RuntimeError("\n".join(map(str, problems)))
    return compile_rules(sections)


@cache
def invented(count: int) -> Classifier:
    """Return a classifier of so many two-word keywords, ten a rule."""
    words = keywords(count)
    examples = {"coincide": ["uno", "dos"], "no_coincide": ["tres", "cuatro"]}
    cards: list[dict[str, Any]] = [
        {
            "id": f"inventada-{start}",
            "titulo": f"Inventada {start}",
            "dueno": "bench",
            "estado": "activa",
            "nivel": "NORMAL",
            "cuando": {"alguna": words[start : start + 10]},
            "ejemplos": examples,
        }
        for start in range(0, count, 10)
    ]
    return compile_rules({"reglas": TypeAdapter(tuple[Rule, ...]).validate_python(cards)})


def keywords(count: int) -> list[str]:
    """Return so many keywords of two words each."""
    return [f"palabra{number // 10}x{number % 10} siguiente{number % 10}" for number in range(count)]


def _micros(classifier: Classifier, text: str, seconds: float) -> float:
    return best_micros(lambda: classifier.classify("Consulta", text), seconds)


def _by_length(seconds: float) -> dict[str, Figure]:
    lengths = (100, 10_000, 20_000, 40_000)
    spent = {words: _micros(shipped(), ticket_text(words), seconds) for words in lengths}
    return {
        "linear": Figure(spent[10_000] / 10_000, spent[100] / 100),
        "cap": Figure(spent[40_000], spent[20_000]),
    }


def _beside_rivals(measured: float, text: str, seconds: float) -> dict[str, Figure]:
    words = keywords(COUNTS[-1])
    found = len(invented(COUNTS[-1]).classify("Consulta", text).evidence)
    answers = ask("keywords", {"text": text, "keywords": words, "seconds": seconds})
    return {name: _beside(measured, found, answers.get(name)) for name in RIVALS}


def _beside(measured: float, found: int, answer: dict[str, Any] | None) -> Figure:
    if answer is None:
        return Figure(measured, note=ABSENT)
    note = "" if answer["found"] == found else f"finds {answer['found']} where we find {found}"
    return Figure(measured, answer["us"], note)
