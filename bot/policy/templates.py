"""How do notes and replies get their words, with nothing of a ticket taken as markup?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Template, TemplateError, TemplateSyntaxError, meta
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

_ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_ENVIRONMENT.globals.clear()
# Control characters and the marks that turn the direction of writing can disguise what a note says.
_DISGUISES = re.compile("[\x00-\x08\x0b-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST_VALUE = 2000
# What a template can run into: Jinja's own refusals, and Python's when it reckons with the wrong things.
_FAILURES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


def template_problem(text: str, samples: Mapping[str, object]) -> str | None:
    """Return what is wrong with a template, in Spanish, or None.

    `samples` holds a value for every variable that it may use; it is tried on them and on empty ones.
    """
    try:
        tree, template = _ENVIRONMENT.parse(text), _compiled(text)
    except TemplateSyntaxError as error:
        return f"la plantilla no se entiende (línea {error.lineno} del texto): {error.message}"
    unknown = sorted(meta.find_undeclared_variables(tree) - samples.keys())
    if unknown:
        return f"la plantilla usa «{unknown[0]}», que no existe; puedes usar: {', '.join(sorted(samples))}"
    try:
        template.render(samples)
        template.render({name: type(value)() for name, value in samples.items()})
    except _FAILURES as error:
        return f"la plantilla falla al probarla: {error}"
    return None


def render(text: str, values: Mapping[str, object]) -> str:
    """Fill a checked template; every value is escaped, disguises are dropped.

    Raises ValueError when the template reaches for something it may not have.
    """
    try:
        return _compiled(text).render(_cleaned(values)).strip()
    except _FAILURES as error:
        raise ValueError(f"template refused: {type(error).__name__}") from None


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    # Compiling takes fifty times as long as filling in, and templates come from rules only.
    return _ENVIRONMENT.from_string(text)


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return _DISGUISES.sub("", value)[:_LONGEST_VALUE]
    if isinstance(value, Mapping):
        return {name: _cleaned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value
