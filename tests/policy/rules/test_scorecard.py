"""What do the words weigh, when do they decide, and which tables are refused?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.level import Level
from bot.policy.indications import Pieces, indications
from bot.policy.loader import load_sections
from bot.policy.matching import Classifier, compile_rules

BALANCE = """
version: 1
balanza:
  {titulo: "el peso de sus palabras", dueno: mesa, motivo: "De tickets etiquetados.", voto_de_reglas: 6}
pesos:
  URGENTE:
    puntos: {"9": "nadie puede, entrar", "4": "clave*"}
  IMPORTANTE:
    puntos: {"+8": "reporte", "3": "sale ... mal"}
  NORMAL:
    base: 1
    puntos: {"7": "gracias", "-5": "nadie puede"}
  aviso_de_pago:
    base: -2
    puntos: {"6": "pagaremos, del <numero>"}
"""
ENTRIES = {
    "nadie puede",
    "entrar",
    "clave*",
    "reporte",
    "sale ... mal",
    "gracias",
    "pagaremos",
    "del <numero>",
}
RULES = """
version: 1
FIRM
reglas:
  - id: pre-duplicados
    titulo: "Duplicados"
    dueno: mesa
    estado: activa
    nivel: PREFERENTE
    etiquetas: [tema-datos]
    cuando: duplicados
    ejemplos:
      coincide: ["hay duplicados", "borren los duplicados"]
      no_coincide: ["hola", "gracias"]
"""


def classifier(folder: Path, *, firm: bool = False, balance: str = BALANCE) -> Classifier:
    (folder / "balanza.yaml").write_text(balance, encoding="utf-8")
    (folder / "reglas.yaml").write_text(
        RULES.replace("FIRM", f"firme: {str(firm).lower()}"), encoding="utf-8"
    )
    sections, problems = load_sections(folder)
    assert sections is not None, problems
    return compile_rules(sections)


@pytest.mark.parametrize(
    ("text", "level", "by"),
    [
        ("nadie puede entrar", Level.URGENTE, "balanza"),
        ("NADIE PUÉDE ENTRAR", Level.URGENTE, "balanza"),
        ("entrar con claves", Level.URGENTE, "balanza"),
        ("perdí mis claves", Level.NORMAL, None),
        ("entrar", Level.NORMAL, None),
        ("perdí mi clave", Level.NORMAL, None),
        ("el reporte sale muy mal", Level.IMPORTANTE, "balanza"),
        ("el reporte sale muy muy mal", Level.NORMAL, None),
        ("sale mal", Level.NORMAL, None),
        ("sale todo mal", Level.IMPORTANTE, "balanza"),
        ("nadie. Puede ser", Level.NORMAL, None),
        ("gracias", Level.NORMAL, None),
        ("gracias, gracias", Level.NORMAL, None),
        ("hay duplicados", Level.PREFERENTE, "pre-duplicados"),
        ("gracias, hay duplicados", Level.NORMAL, "balanza"),
        ("el reporte tiene duplicados", Level.IMPORTANTE, "balanza"),
        ("hola", Level.NORMAL, None),
        ("", Level.NORMAL, None),
    ],
)
def test_the_heaviest_level_wins(tmp_path: Path, text: str, level: Level, by: str | None) -> None:
    verdict = classifier(tmp_path).classify("", text)
    assert (verdict.level, verdict.decided_by) == (level, by)


def test_a_firm_rule_decides_whatever_the_words_weigh(tmp_path: Path) -> None:
    verdict = classifier(tmp_path, firm=True).classify("nadie puede entrar", "hay duplicados")
    assert (verdict.level, verdict.decided_by, verdict.tags) == (
        Level.PREFERENTE,
        "pre-duplicados",
        ("tema-datos",),
    )


def test_an_outvoted_rule_tags_nothing(tmp_path: Path) -> None:
    verdict = classifier(tmp_path).classify("nadie puede entrar", "hay duplicados")
    assert (verdict.level, verdict.rules, verdict.tags) == (Level.URGENTE, ("pre-duplicados",), ())


def test_the_words_that_weighed_are_told_with_their_points(tmp_path: Path) -> None:
    verdict = classifier(tmp_path).classify("Reporte", "El reporte SALE   muy mal")
    told = [(e.rule, e.field, e.text, e.words, e.phrase) for e in verdict.evidence]
    assert told == [
        ("balanza", "asunto", "Reporte", "Reporte", "reporte (+8)"),
        ("balanza", "cuerpo", "SALE   muy mal", "SALE … mal", "sale ... mal (+3)"),
    ]


def test_a_long_ticket_weighs_no_more_than_a_short_one(tmp_path: Path) -> None:
    case = classifier(tmp_path)
    assert case.classify("", "nadie puede entrar " * 200).level is Level.URGENTE
    assert (
        case.classify("", "gracias " * 200 + "nadie puede").level
        is case.classify("", "gracias nadie puede").level
    )


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("pagaremos después del 15", ("aviso_de_pago",)),
        ("pagaremos", ()),
        ("gracias, pagaremos", ("aviso_de_pago",)),
        ("después del almuerzo", ()),
        ("hola", ()),
    ],
)
def test_a_flag_is_raised_by_more_than_zero(tmp_path: Path, text: str, flags: tuple[str, ...]) -> None:
    assert classifier(tmp_path).classify("", text).flags == flags


def test_without_a_scorecard_a_rule_that_is_not_firm_decides(tmp_path: Path) -> None:
    verdict = classifier(tmp_path, balance="version: 1\n").classify("", "hay duplicados")
    assert verdict.decided_by == "pre-duplicados"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('URGENTE: {puntos: {"nueve": clave}}', "número entero"),
        ('URGENTE: {puntos: {"0": clave}}', "número entero"),
        ('URGENTE: {puntos: {"9": "cla*"}}', "antes del asterisco"),
        ('URGENTE: {puntos: {"9": "no pue* hoy mismo"}}', "no es una palabra"),
        ('URGENTE: {puntos: {"9": "no pued*"}}', "antes del asterisco van 6"),
        ('URGENTE: {puntos: {"9": "<fecha>"}}', "no conozco «<fecha>»"),
        ('URGENTE: {puntos: {"9": "@lista"}}', "no es una palabra"),
        ("URGENTE: {puntos: {}}", "puntos"),
        ('URGENTES: {puntos: {"9": clave}}', "URGENTES"),
        ("URGENTE: {base: mucho, puntos: {'9': clave}}", "base"),
    ],
)
def test_a_table_that_can_never_match_is_refused_with_its_line(
    tmp_path: Path, table: str, message: str
) -> None:
    (tmp_path / "pesos.yaml").write_text(f"version: 1\npesos:\n  {table}\n", encoding="utf-8")
    sections, problems = load_sections(tmp_path)
    assert sections is None
    assert any(message in str(one) and "pesos.yaml:3" in str(one) for one in problems), list(
        map(str, problems)
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return classifier(tmp_path_factory.mktemp("balanza"))


_TEXT = st.text(max_size=40) | st.lists(
    st.sampled_from(["nadie", "puede", "entrar", "gracias", "reporte", "sale", "mal", ".", "<b>"])
)


@given(
    words=st.lists(
        st.sampled_from(
            ["nadie", "puede", "entrar", "clave", "claves", "reporte", "sale", "mal", "del", "15", "."]
        )
    )
)
def test_what_is_weighed_is_what_the_tables_learn_from(shared: Classifier, words: list[str]) -> None:
    reading = shared.read("", " ".join(words))
    learned: dict[str, Pieces] = {}
    for entry, pieces in indications(reading.words, reading.breaks, (4, 5), shared.short_forms):
        if entry in ENTRIES:
            learned.setdefault(entry, pieces)
    assert shared.scorecard is not None
    assert shared.scorecard.count(reading).found == learned


@given(subject=_TEXT, body=_TEXT)
def test_any_text_gets_a_verdict_whose_evidence_is_in_it(
    shared: Classifier, subject: str | list[str], body: str | list[str]
) -> None:
    subject, body = (text if isinstance(text, str) else " ".join(text) for text in (subject, body))
    verdict = shared.classify(subject, body)
    for one in verdict.evidence:
        text = subject if one.field == "asunto" else shared.read(subject, body).body
        assert text[one.start : one.end] == one.text
