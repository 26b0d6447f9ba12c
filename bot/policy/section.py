"""What do all models that mirror a section of a rule file have in common?"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


def _drop_docstring(schema: dict[str, Any]) -> None:
    # pydantic publishes the class docstring; editors of rule files read Spanish field texts instead.
    schema.pop("description", None)


class Section(BaseModel):
    """Mirror one mapping of a rule file: immutable, and every unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_drop_docstring)
