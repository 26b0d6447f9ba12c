"""Does folding take away only disguises, and remember where everything came from?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.folding import fold, fold_text, fold_word

SAME = {
    "capitals": ("URGENTE", "urgente"),
    "accents": ("canción", "cancion"),
    "tilde": ("contraseña", "contrasena"),
    "decomposed": ("contrasen\u0303a", "contrasena"),
    "dieresis": ("pingüino", "pinguino"),
    "stretched": ("URGENTEEEEE", "urgente"),
    "stretched with an invisible sign": ("yaa\u200ba", "ya"),
    "double letters stay": ("llegó error leer", "llego error leer"),
    "digits stay": ("1000 000", "1000 000"),
    "soft hyphen": ("cam\u00adpaña", "campana"),
    "quotes": ("“hola” ‘x’ «y»", '"hola" \'x\' "y"'),
    "no-break space": ("no\u00a0va", "no va"),
    "ligature": ("o\ufb01cina", "oficina"),
    "full width": ("ＣＲＭ", "crm"),
    "ordinal": ("Nº 1ª", "n 1"),
    "line end stays": ("a\nb", "a\nb"),
}


@pytest.mark.parametrize(("text", "folded"), SAME.values(), ids=SAME)
def test_folded(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(st.text())
def test_offsets_lead_back_to_what_folds_to_the_same(text: str) -> None:
    folded = fold(text)
    assert folded.text == fold_text(text)
    assert list(folded.offsets) == sorted(folded.offsets)
    for at, letter in enumerate(folded.text):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert letter in fold_text(text[start:end])


@given(st.text(alphabet=st.characters(categories=["L", "N", "M"])))
def test_a_word_folds_alone_as_it_does_in_a_text(word: str) -> None:
    assert fold_word(word) == fold(word).text
