"""What does building thousands of objects that will stay cost, and who stops paying for it?"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """Keep the garbage collector from walking, again and again, what is being built to stay.

    It takes a third of the time in which rules are read and compiled.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
