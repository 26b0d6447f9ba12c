"""Who is told of errors besides the log? An error service (Sentry's protocol), if one is named.

It learns what the error's log line says, ids and names of errors, and nothing else.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

PACKAGE = "sentry_sdk"
FLUSH_SECONDS = 2.0
LONGEST = 200  # characters a tag may have
# Of an event as the library makes it, with the machine's name, its packages, its environment.
KEPT = {"event_id", "timestamp", "level", "message", "tags", "platform"}

Report = Callable[[str, Mapping[str, str]], None]


def error_reporter(dsn: str, *, at_once: bool) -> Report | None:
    """Return what sends one error by its name and tags; None while the package `sentry-sdk` is not installed.

    `at_once` waits until it is sent, for processes that end without notice, as a job does.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    sdk = importlib.import_module(PACKAGE)
    sdk.init(
        dsn=dsn,
        before_send=without_more,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        send_client_reports=False,
    )

    def report(name: str, tags: Mapping[str, str]) -> None:
        short = {tag: value[:LONGEST] for tag, value in tags.items()}
        sdk.capture_event({"message": name, "level": "error", "tags": short})
        if at_once:
            sdk.flush(FLUSH_SECONDS)

    return report


def without_more(event: Mapping[str, Any], _hint: object = None) -> dict[str, Any]:
    """Return an event without what the library adds to it."""
    return {name: value for name, value in event.items() if name in KEPT}
