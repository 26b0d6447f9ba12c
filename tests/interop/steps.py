"""How does a script say which of its steps came through?"""

from __future__ import annotations

import traceback
from collections.abc import Callable

Step = Callable[[], None]


def run_steps(steps: dict[str, Step]) -> int:
    """Run every step, print `ok NAME` or `failed NAME: why`, and return how many failed."""
    failed = 0
    for name, step in steps.items():
        try:
            step()
        except Exception as error:
            failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{where.filename.rpartition('/')[2]}:{where.lineno}"
            print(f"failed {name}: {type(error).__name__} at {place}: {str(error)[:160]}".replace("\n", " "))
        else:
            print(f"ok {name}")
    return failed
