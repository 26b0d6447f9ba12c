"""Who is acting on this page?"""

from __future__ import annotations

from flask import g, session

UNNAMED = "operaciones"
PROGRAM = "api"


def current_user() -> str:
    """Return the name the visitor logged in with; `operaciones` for the shared password, `api` for a bearer.

    Only behind a guard: elsewhere nobody has shown who he is.
    """
    if g.get("by_bearer"):
        return PROGRAM
    name = session.get("user")
    return name if isinstance(name, str) and name else UNNAMED
