"""How does a section of a rule file say which variables its texts may use?"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import AfterValidator

from bot.policy.replies import Language
from bot.policy.templates import template_problem


def checked_with(samples: Mapping[str, object]) -> AfterValidator:
    """Return what refuses a template that does not work with these variables, or with empty ones."""

    def check(value: str) -> str:
        if problem := template_problem(value, samples):
            raise ValueError(problem)
        return value

    return AfterValidator(check)


def _spanish_present(value: dict[Language, str]) -> dict[Language, str]:
    if "es" not in value:
        raise ValueError("falta el idioma «es»")
    return value


SPANISH_PRESENT = AfterValidator(_spanish_present)
