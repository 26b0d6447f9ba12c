"""May these rule files be published, and in which process is that found out?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bot.policy.checking import check_files
from bot.policy.problems import Problem

Check = Callable[[Mapping[str, bytes], Iterable[Problem]], list[Problem]]


def check_here(files: Mapping[str, bytes], unread: Iterable[Problem]) -> list[Problem]:
    """Check rule files in every way there is; `unread` are problems known before."""
    return list(check_files(files, unread).problems)


def check_apart(files: Mapping[str, bytes], unread: Iterable[Problem]) -> list[Problem]:
    """Check in a process of its own: all rules compiled take 50 MB, and a clock runs for months."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(check_here, dict(files), list(unread)).result()
