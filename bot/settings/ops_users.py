"""Who may enter the ops pages under a name of their own, and does a password fit?"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

from werkzeug.security import check_password_hash, generate_password_hash

NAME = re.compile(r"[^\W_][\w.-]{0,39}")
HASH = re.compile(r"scrypt:\d{4,7}:\d{1,2}:\d\$[A-Za-z0-9]{8,64}\$[0-9a-f]{128}")
TAKEN = frozenset({"operaciones", "api"})  # who acts without a name
SHORTEST = 12
# scrypt takes 32 MB and a tenth of a second, and anybody may knock.
_one_at_a_time = threading.Lock()
_NOBODY = generate_password_hash("nobody has this password")


def read_users(text: str, problems: list[str]) -> dict[str, str]:
    """Read `name:hash` lines, blank lines and `#` aside; problems name the line and never its hash."""
    users: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, _, digest = line.strip().partition(":")
        if not line.strip() or name.startswith("#"):
            continue
        problem = _problem(name, digest, users)
        if problem:
            problems.append(
                f"OPS_USERS_FILE: line {number}: {problem}; make lines with: semaforo ops-user NAME"
            )
        users[name] = digest
    if not users:
        problems.append("OPS_USERS_FILE: names nobody; make a line with: semaforo ops-user NAME")
    return users


def user_line(name: str, password: str) -> str:
    """Return the line of a person; ValueError for a name that cannot be one."""
    if problem := _problem_of_name(name):
        raise ValueError(problem)
    return f"{name}:{generate_password_hash(password)}"


def fits(users: Mapping[str, str], name: str, password: str) -> bool:
    """Tell whether a person's password fits; an unknown name takes as long as a known one."""
    with _one_at_a_time:
        right = check_password_hash(users.get(name, _NOBODY), password)
    return right and name in users


def _problem(name: str, digest: str, known: Mapping[str, str]) -> str:
    if name in known:
        return "a name that stands above already"
    return _problem_of_name(name) or ("" if HASH.fullmatch(digest) else "no scrypt hash")


def _problem_of_name(name: str) -> str:
    if name.casefold() in TAKEN:
        return f"nobody may be called {name.casefold()}"
    return (
        "" if NAME.fullmatch(name) else "a name has at most 40 letters, digits, dots, dashes or underscores"
    )
