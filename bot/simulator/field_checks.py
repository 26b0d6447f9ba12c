"""Is a value of the type that Freshdesk demands for its field?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from bot.simulator.clock import parse_moment
from bot.simulator.errors import problem, unknown_field
from bot.simulator.records import Json
from bot.simulator.seed import FieldSeed

# A kind ending in "?" also takes null.
Kinds = dict[str, str]

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EXPECTED = {
    "int": "a/an Integer",
    "str": "a/an String",
    "bool": "a/an Boolean",
    "list": "a/an Array",
    "dict": "a/an key/value pair",
    "moment": "a/an valid date in the combined date and time ISO8601 format",
    "date": "a/an valid date in the YYYY-MM-DD format",
    "number": "a/an Number",
}
_JSON_NAMES = {
    str: "String",
    bool: "Boolean",
    int: "Integer",
    float: "Float",
    list: "Array",
    dict: "key/value pair",
}


def type_problems(body: Json, kinds: Kinds) -> Iterator[Json]:
    """Yield unknown fields and values of the wrong type."""
    for field, value in body.items():
        if field not in kinds:
            yield unknown_field(field)
        elif not _fits(kinds[field], value):
            yield mismatch(field, value, kinds[field].rstrip("?"))


def mismatch(field: str, value: Any, kind: str) -> Json:
    """Return the problem of a value of the wrong type."""
    named = _JSON_NAMES.get(type(value), "Null")
    message = f"Value set is of type {named}. It should be {_EXPECTED.get(kind, kind)}"
    return problem(field, message, "datatype_mismatch")


def one_of(field: str, value: Any, allowed: Any) -> Iterator[Json]:
    """Yield a problem unless a value is among those allowed."""
    if value not in allowed:
        listed = ",".join(str(item) for item in allowed)
        yield problem(field, f"It should be one of these values: '{listed}'")


def custom_problems(values: Json, known: tuple[FieldSeed, ...]) -> Iterator[Json]:
    """Yield what is wrong with custom fields; null empties any of them."""
    by_name = {field.name: field for field in known}
    for name, value in values.items():
        field = by_name.get(name)
        if field is None:
            yield unknown_field(name)
        elif value is not None:
            yield from _custom_problem(field, value)


def blank_problems(values: Json, fields: tuple[str, ...]) -> Iterator[Json]:
    """Yield the fields that were sent empty although they are mandatory."""
    for field in fields:
        if field in values and isinstance(values[field], str) and not values[field].strip():
            yield problem(field, "It should not be blank as this is a mandatory field")


def tag_problems(tags: list[Any], longest: int) -> Iterator[Json]:
    """Yield the problem of tags that are not short strings without commas."""
    for tag in tags:
        if not isinstance(tag, str):
            yield mismatch("tags", tag, "str")
        elif len(tag) > longest:
            yield problem("tags", f"It should contain elements that have maximum of {longest} characters")
        elif "," in tag:
            yield problem("tags", "It should not contain the special character ','")


def without_doubles(tags: list[str]) -> list[str]:
    """Return tags once each, whatever their case, in their first spelling."""
    return list({tag.casefold(): tag for tag in reversed(tags)}.values())[::-1]


def _custom_problem(field: FieldSeed, value: Any) -> Iterator[Json]:
    kind = {"checkbox": "bool", "number": "int", "decimal": "number", "date": "date"}.get(field.kind, "str")
    if not _fits(kind, value):
        yield mismatch(field.name, value, kind)
    elif field.kind == "dropdown":
        yield from one_of(field.name, value, field.choices)


def _fits(kind: str, value: Any) -> bool:
    if value is None:
        return kind.endswith("?")
    match kind.rstrip("?"):
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float | str) and not isinstance(value, bool)
        case "moment":
            return isinstance(value, str) and _reads(parse_moment, value)
        case "date":
            return isinstance(value, str) and _reads(date.fromisoformat, value)
        case "email":
            return isinstance(value, str) and _MAIL.fullmatch(value) is not None
        case "bool":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "dict":
            return isinstance(value, dict)
    return isinstance(value, str)


def _reads(parse: Any, text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
