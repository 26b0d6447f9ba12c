"""How are pydantic's findings on a rule file told in Spanish to the people who edit it?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from bot.policy.problems import did_you_mean, shorten
from bot.policy.source import Path

_KINDS: Mapping[str, str] = {
    "string_type": "un texto",
    "list_type": "una lista: [a, b]",
    "tuple_type": "una lista: [a, b]",
    "set_type": "una lista: [a, b]",
    "frozen_set_type": "una lista: [a, b]",
    "dict_type": "claves con sus valores",
    "mapping_type": "claves con sus valores",
    "model_type": "claves con sus valores",
    "model_attributes_type": "claves con sus valores",
    "bool_type": "true o false",
    "bool_parsing": "true o false",
    "int_type": "un número entero",
    "int_parsing": "un número entero",
    "int_from_float": "un número entero",
    "float_type": "un número",
    "float_parsing": "un número",
    "date_type": "una fecha como 2026-12-31",
    "date_parsing": "una fecha como 2026-12-31",
    "date_from_datetime_parsing": "una fecha como 2026-12-31",
    "date_from_datetime_inexact": "una fecha sin hora, como 2026-12-31",
}
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "debe ser {} o más"),
    "greater_than": ("gt", "debe ser mayor que {}"),
    "less_than_equal": ("le", "debe ser {} o menos"),
    "less_than": ("lt", "debe ser menor que {}"),
    "string_too_short": ("min_length", "es muy corto: lleva al menos {} caracteres"),
    "string_too_long": ("max_length", "es muy largo: hasta {} caracteres"),
    "too_short": ("min_length", "faltan elementos: lleva al menos {}"),
    "too_long": ("max_length", "sobran elementos: lleva {} como máximo"),
    "string_pattern_mismatch": ("pattern", "no tiene la forma {}"),
}


def complaints(error: ValidationError, model: Any, name: str) -> Iterator[tuple[Path, str]]:
    """Yield path and Spanish message of every finding.

    `model` is the type that was validated against, `name` what people call a value of it.
    """
    findings = error.errors(include_url=False)
    deeper = {tuple(one["loc"])[:depth] for one in findings for depth in range(len(one["loc"]))}
    for one in findings:
        path = tuple(one["loc"])
        # pydantic counts the valid items, and says «too short» of a list whose items it has just refused.
        if one["type"] == "too_short" and path in deeper:
            continue
        yield path, _message(one, path, model, name)


def _message(one: Any, path: Path, model: Any, name: str) -> str:
    kind, value, context = one["type"], one.get("input"), one.get("ctx", {})
    name = next((step for step in reversed(path) if isinstance(step, str)), name)
    if kind == "extra_forbidden":
        return f"no conozco la clave «{path[-1]}»{did_you_mean(str(path[-1]), keys_at(model, path[:-1]))}"
    if kind == "missing":
        return f"falta la clave «{path[-1]}»"
    if kind in _KINDS:
        return f"«{name}» lleva {_KINDS[kind]}, y dice {described(value)}"
    if kind in _BOUNDS:
        key, text = _BOUNDS[kind]
        return f"«{name}» {text.format(context.get(key))}; dice {described(value)}"
    if kind in ("enum", "literal_error"):
        return _choice(name, value, str(context.get("expected", "")))
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error") or one["msg"])
    if kind.startswith("union_tag"):
        return f"«{name}» no tiene una forma conocida: dice {described(value)}"
    # Errors raised by our own validators carry their Spanish message.
    return str(one["msg"]) if kind in _OWN else f"«{name}» no es válido: dice {described(value)}"


_OWN = frozenset({"condicion"})


def _choice(name: str, value: Any, expected: str) -> str:
    options = re.findall(r"'([^']*)'", expected) or [expected]
    hint = did_you_mean(str(value), options)
    return f"«{name}» no puede ser {described(value)}: usa {', '.join(options)}{hint}"


def described(value: Any) -> str:
    """Name a value of a rule file as its author sees it."""
    if value is None:
        return "nada"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "un grupo de claves"
    if isinstance(value, list | tuple):
        return "una lista"
    if isinstance(value, int | float):
        return f"el número {value} (si es un texto, va entre comillas)"
    return f"«{shorten(str(value))}»"


def keys_at(model: Any, path: Iterable[str | int]) -> set[str]:
    """Return the keys that any mapping at a path of a type may hold."""
    here = set(_models(model))
    for step in path:
        inner = {kind for one in here for kind in _inside(one, step)}
        # The name of a union's branch is a step too, and may be the name of a key in it.
        here = inner | here if len(here) > 1 else inner or here
    return {
        field.alias or name
        for one in here
        if isinstance(one, type) and issubclass(one, BaseModel)
        for name, field in one.model_fields.items()
    }


def _models(kind: Any) -> Iterator[Any]:
    """Unwrap annotations, unions and aliases into the types they stand for."""
    if get_origin(kind) is Annotated:
        yield from _models(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for option in get_args(kind):
            yield from _models(option)
    elif isinstance(kind, type) and issubclass(kind, RootModel):
        yield from _models(kind.model_fields["root"].annotation)
    else:
        yield kind


def _inside(kind: Any, step: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(step))
        if field is not None:
            yield from _models(field.annotation)
    elif isinstance(step, int) and get_origin(kind) in (list, tuple, set, frozenset):
        yield from _models(get_args(kind)[0])
    elif isinstance(step, str) and get_origin(kind) in (dict, Mapping):
        yield from _models(get_args(kind)[1])
