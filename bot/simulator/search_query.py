"""Which records does a search query select? Parses the documented grammar into a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

MAX_LENGTH = 512
_TOKEN = re.compile(
    r"\s*(?:(?P<paren>[()])|(?P<word>AND|OR)\b|(?P<term>(?P<field>[A-Za-z_]\w*):(?P<op>[<>]?)"
    r"(?P<value>'(?:[^'\\]|\\.)*'|[^\s()']+)))"
)


class QueryError(ValueError):
    """The query does not follow the grammar, or names an unknown field."""


def parse(query: str, fields: frozenset[str]) -> Test:
    """Return the test of a query without its outer quotes. Raise QueryError."""
    if len(query) > MAX_LENGTH:
        raise QueryError(f"It should have at most {MAX_LENGTH} characters")
    reader = _Reader(query, fields)
    test = reader.any_of()
    if reader.token is not None:
        raise QueryError("Given query is not valid")
    return test


class _Reader:
    """A recursive descent over `OR` of `AND` of terms and parentheses."""

    def __init__(self, query: str, fields: frozenset[str]) -> None:
        self._query, self._fields, self._at = query, fields, 0
        self.token: re.Match[str] | None = None
        self._advance()

    def any_of(self) -> Test:
        tests = [self._all_of()]
        while self._takes("OR"):
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._atom()]
        while self._takes("AND"):
            tests.append(self._atom())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _atom(self) -> Test:
        if self._takes("("):
            test = self.any_of()
            if not self._takes(")"):
                raise QueryError("A parenthesis is not closed")
            return test
        token = self.token
        if token is None or token["term"] is None:
            raise QueryError("Given query is not valid")
        if token["field"] not in self._fields:
            raise QueryError(f"{token['field']} is not a searchable field")
        self._advance()
        return _term(token["field"], token["op"], token["value"])

    def _takes(self, text: str) -> bool:
        if self.token is None or text not in (self.token["word"], self.token["paren"]):
            return False
        self._advance()
        return True

    def _advance(self) -> None:
        if not self._query[self._at :].strip():
            self.token = None
            return
        self.token = _TOKEN.match(self._query, self._at)
        if self.token is None:
            raise QueryError("Given query is not valid")
        self._at = self.token.end()


def _term(field: str, op: str, text: str) -> Test:
    wanted = _literal(text)
    if op == "":
        return lambda row: _equals(row.get(field), wanted)
    # `:>` and `:<` take in the value itself.
    sign = 1 if op == ">" else -1
    return lambda row: _compares(row.get(field), wanted, sign)


def _literal(text: str) -> Any:
    if text.startswith("'"):
        inner = re.sub(r"\\(.)", r"\1", text[1:-1])
        return date.fromisoformat(inner) if re.fullmatch(r"\d{4}-\d\d-\d\d", inner) else inner
    known = {"null": None, "true": True, "false": False}
    if text in known:
        return known[text]
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    raise QueryError(f"{text} should be inside single quotes")


def _equals(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return wanted in value if wanted is not None else not value
    return bool(_day(value) == wanted)


def _compares(value: Any, wanted: Any, sign: int) -> bool:
    value = _day(value)
    if value is None or any(isinstance(value, kind) != isinstance(wanted, kind) for kind in (str, date)):
        return False
    return bool(value >= wanted) if sign > 0 else bool(value <= wanted)


def _day(value: Any) -> Any:
    # Searches see dates only, in UTC.
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value
