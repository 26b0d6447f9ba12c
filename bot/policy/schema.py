"""Which JSON Schema lets editors complete and check rule files as people type?"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import TypeAdapter

from bot.policy.loader import HEADER, VERSION
from bot.policy.sections import SECTIONS

_DESCRIPTIONS = {
    "version": "Versión del formato de estos archivos.",
    "erratas": "Con false, las reglas de este archivo no perdonan una letra equivocada.",
    "firme": "Con false, las reglas de este archivo solo votan en la balanza.",
}


def json_schema() -> dict[str, Any]:
    """Return the schema of one rule file, with every registered section and Spanish descriptions."""
    mode: Literal["validation"] = "validation"
    by_section, definitions = TypeAdapter.json_schemas(
        [(name, mode, spec.adapter) for name, spec in SECTIONS.items()]
    )
    properties: dict[str, Any] = {"version": {"const": VERSION, "description": _DESCRIPTIONS["version"]}}
    for name in HEADER:
        properties[name] = {"type": "boolean", "description": _DESCRIPTIONS[name]}
    for (name, _), schema in by_section.items():
        properties[name] = schema
    named = {name: _without_docstring(schema) for name, schema in definitions["$defs"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Archivo de reglas de Semáforo",
        "type": "object",
        "required": ["version"],
        "additionalProperties": False,
        "properties": properties,
        "$defs": named,
    }


def _without_docstring(schema: dict[str, Any]) -> dict[str, Any]:
    # pydantic publishes the English docstrings of classes; editors show the Spanish texts of the fields.
    return {key: value for key, value in schema.items() if key != "description"}
