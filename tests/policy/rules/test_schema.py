"""Does the schema that editors use say the same as the loader?"""

from __future__ import annotations

import json
import re
from typing import Any

from bot.policy.schema import json_schema
from bot.policy.sections import SECTIONS


def _described(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["description"]] if isinstance(schema.get("description"), str) else []
        return own + [text for value in schema.values() for text in _described(value)]
    if isinstance(schema, list):
        return [text for value in schema for text in _described(value)]
    return []


def test_every_section_is_in_it() -> None:
    assert set(SECTIONS) | {"version", "erratas", "firme"} == set(json_schema()["properties"])


def test_unknown_sections_and_keys_are_refused() -> None:
    schema = json_schema()
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Rule"]["additionalProperties"] is False
    assert {"id", "titulo", "dueno", "estado", "cuando"} <= set(schema["$defs"]["Rule"]["required"])


def test_exceptions_are_conditions_with_a_reason() -> None:
    card = json_schema()["$defs"]["ExceptInOrder"]
    assert {"frase", "hueco", "en", "alcance", "motivo"} <= set(card["properties"])
    assert set(card["required"]) == {"frase", "motivo"}


def test_every_key_of_a_rule_is_explained_in_spanish() -> None:
    schema = json_schema()
    for name in ("Rule", "Filter", "InOrder", "NearWords", "AllOf", "RegexText", "ReadingAids"):
        for key, value in schema["$defs"][name]["properties"].items():
            assert value.get("description"), (name, key)
    english = re.compile(r"\b(the|of|which|hold|name)\b", re.IGNORECASE)
    assert [text for text in _described(schema) if english.search(text)] == []


def test_it_is_plain_json_whose_references_lead_somewhere() -> None:
    text = json.dumps(json_schema())
    definitions = json.loads(text)["$defs"]
    assert set(re.findall(r'"#/\$defs/([^"]+)"', text)) <= set(definitions)
