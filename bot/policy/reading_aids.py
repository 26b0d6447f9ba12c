"""How do customers write here: short forms, negations, words that are right as they stand?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool

from bot.policy.section import Section


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What every Spanish text needs; a rule file that gives its own list replaces the one here.
ABBREVIATIONS = _words(
    "ud uds sr sra srta sres dr dra ing lic arq econ abg prof cpc mg av jr psje urb dpto nro num ref tel telf"
    " cel pag art inc etc aprox vs ej sac srl eirl"
)
CONNECTIVES = _words("pero sino aunque mientras")
NEGATORS = _words("no nunca jamas tampoco sin ni ningun ninguna nada")
BRIDGES = _words(
    "es esta estan estamos estaba estaban son era eran fue ha han hay habia hubo sido muy tan tanto tanta se"
    " mas algo algun alguna un una unos unas ningun ninguna del todo nada mayor"
)


def _single(text: str) -> str:
    if not re.fullmatch(r"[^\W_]+", text):
        raise ValueError(
            f"«{text}» debe ser una sola palabra; varias juntas van en una lista de «vocabulario»"
        )
    return text


SingleWord = Annotated[str, AfterValidator(_single)]


class ReadingAids(Section):
    """How customers write here: short forms, negations, words that are right as they stand."""

    abreviaturas: tuple[SingleWord, ...] = Field(
        default=ABBREVIATIONS, description="Tras estas palabras, un punto no termina la frase."
    )
    conectores: tuple[SingleWord, ...] = Field(
        default=CONNECTIVES, description="Palabras que abren otra cláusula."
    )
    negadores: tuple[SingleWord, ...] = Field(
        default=NEGATORS, description="Palabras que niegan lo que sigue."
    )
    puentes: tuple[SingleWord, ...] = Field(
        default=BRIDGES, description="Palabras que dejan pasar una negación: «no es muy urgente»."
    )
    equivalencias: Mapping[SingleWord, SingleWord] = Field(
        default_factory=dict, description="Formas cortas y la palabra por la que valen: «xq»: «porque»."
    )
    palabras_conocidas: tuple[SingleWord, ...] = Field(
        default=(), description="Palabras bien escritas que se parecen a otras y no son una errata."
    )
    erratas: StrictBool = Field(default=True, description="Con false, nunca se perdona una letra.")
