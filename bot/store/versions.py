"""How is an entry read that another version of the program wrote?

Old and new run side by side during an upgrade, and new entries stay after going back. So fields are only ever
added, with a default; what a reader does not know it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any


def known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an entry that a dataclass of this version has fields for."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in data.items() if name in names}
