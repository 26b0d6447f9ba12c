"""Which words say that a request lies outside what support covers?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bot.policy.replies import Language
from bot.policy.section import Section
from bot.policy.template_fields import SPANISH_PRESENT, checked_with

if TYPE_CHECKING:  # the model is made of sections, this among them
    from bot.domain.record import Decision
    from bot.policy.model import Policy
    from bot.policy.verdict import Verdict

OUT_OF_SCOPE = "fuera_de_alcance"
_MOST_WORDS = 8
_NOTE = checked_with({"palabras": ["código fuente"], "borrador": "Hola"})
Drafts = Annotated[dict[Language, Annotated[str, checked_with({"numero": 7})]], SPANISH_PRESENT]


class ScopeSection(Section):
    """Mirror the section `alcance`."""

    nota: Annotated[str, _NOTE] = Field(description="Nota privada con las palabras halladas y el borrador.")
    borrador: Drafts = Field(description="Respuesta sugerida, por idioma; nunca se envía sola.")


def words_of_flag(flag: str, decision: Decision, verdict: Verdict, policy: Policy) -> tuple[str, ...]:
    """Return the words on which the rules raised a flag; the remembered ones when rules changed since."""
    found = [evidence.text for evidence in verdict.evidence if flag in policy.rule_flags(evidence.rule)]
    return tuple(dict.fromkeys(found or decision.words))[:_MOST_WORDS]
