"""What do the processes say about themselves, without a word of a ticket?"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.error_reports import Report, error_reporter

log: structlog.stdlib.BoundLogger = structlog.get_logger("semaforo")

# A second net: what is logged are ids, levels and counts; should anything else slip in, it is masked.
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|(?<!\d)(?:9\d{8}|\d{8}|[12]\d{10}|\d{4}([ -]?)\d{4}\1\d{4}\1\d{4})(?!\d)"
)
# A version is a hash, in which eight digits in a row are no identity card.
_FREE = {"timestamp", "level", "event", "ticket", "portal", "version", "previous"}


def set_up_logging(level: str, style: str, process: str, dsn: str | None = None) -> None:
    """Write one line an event to stderr, JSON or for the console, in UTC; send errors to `dsn`, too."""
    # A job's process ends as soon as it is done.
    report = error_reporter(dsn, at_once=process.startswith("worker")) if dsn else None
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if style == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _mask,
            *([] if report is None else [_Reporting(report)]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=process)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Masked("%(name)s %(levelname)s %(message)s"))
    # Its debug lines hold the queries of requests, and one of them looks a requester up by address.
    logging.getLogger("urllib3").setLevel(logging.INFO)
    if dsn and report is None:
        log.warning("errors are not reported: SENTRY_DSN needs the package sentry-sdk")


class _Reporting:
    """Report what is logged as an error, as it stands in the log."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(
        self, _logger: Any, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Pass a line on, and report it if it is an error."""
        if method == "error":
            said = {name: str(value) for name, value in event.items() if name not in {"event", "timestamp"}}
            self._report(str(event["event"]), {name: _hidden(name, value) for name, value in said.items()})
        return event


class _Masked(logging.Formatter):
    """Hold the second net under what libraries log, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, masked."""
        return _PERSONAL.sub("[oculto]", super().format(record))


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _hidden(name, value)
    return event


def _hidden(name: str, value: str) -> str:
    return value if name in _FREE else _PERSONAL.sub("[oculto]", value)
