"""Which keys and values may follow here in a rule file, for an editor that completes words?

A flat reading of the JSON Schema: by the name of a key, what may stand inside it and which values it takes.
Keys of one name in different places share their list, which is at worst a suggestion too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ROOT = ""
_BRANCHES = ("anyOf", "oneOf", "allOf", "prefixItems")
_INNER = ("items", "additionalProperties")

Entry = dict[str, Any]


def completions(schema: Mapping[str, Any]) -> dict[str, dict[str, Entry]]:
    """Return the keys inside each key by its name, with their `detail` and `values`; the file's own at ""."""
    found: dict[str, dict[str, Entry]] = {}
    _Walk(schema, found).inside(ROOT, schema)
    return found


class _Walk:
    """Walk a schema once, every definition once for each key that leads to it."""

    def __init__(self, schema: Mapping[str, Any], found: dict[str, dict[str, Entry]]) -> None:
        self.definitions: Mapping[str, Any] = schema.get("$defs", {})
        self.found = found
        self.seen: set[tuple[str, int]] = set()

    def inside(self, key: str, schema: Mapping[str, Any]) -> None:
        for one in self.objects(schema, frozenset()):
            if (key, id(one)) in self.seen:
                continue
            self.seen.add((key, id(one)))
            for name, inner in one.get("properties", {}).items():
                entry = self.found.setdefault(key, {}).setdefault(name, {"detail": "", "values": []})
                entry["detail"] = entry["detail"] or self.description(inner)
                entry["values"] = list(dict.fromkeys([*entry["values"], *self.values(inner, frozenset())]))
                self.inside(name, inner)

    def objects(self, schema: Any, passed: frozenset[str]) -> Iterator[Mapping[str, Any]]:
        """Yield every object that may stand directly here, as an item, or as a value of a free key."""
        if not isinstance(schema, dict):
            return
        if "properties" in schema:
            yield schema
        reference = schema.get("$ref")
        if reference is not None and reference not in passed:
            yield from self.objects(self.resolved(reference), passed | {reference})
        for branch in _BRANCHES:
            for one in schema.get(branch, ()):
                yield from self.objects(one, passed)
        for name in _INNER:
            yield from self.objects(schema.get(name), passed)

    def values(self, schema: Any, passed: frozenset[str]) -> Iterator[str]:
        if not isinstance(schema, dict):
            return
        yield from (str(value) for value in schema.get("enum", ()))
        if "const" in schema:
            yield _scalar(schema["const"])
        if schema.get("type") == "boolean":
            yield from ("true", "false")
        reference = schema.get("$ref")
        if reference is not None and reference not in passed:
            yield from self.values(self.resolved(reference), passed | {reference})
        for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items")):
            yield from self.values(one, passed)

    def resolved(self, reference: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.definitions.get(reference.rpartition("/")[2], {})
        return found

    def description(self, schema: Mapping[str, Any]) -> str:
        reference = schema.get("$ref")
        own = schema.get("description", "")
        return str(own or (self.resolved(reference).get("description", "") if reference else ""))


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
