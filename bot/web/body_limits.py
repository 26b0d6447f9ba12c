"""Which pages of ours take more than a webhook's delivery may be?"""

from __future__ import annotations

from flask import Flask, request, session

MIB = 1024 * 1024
UPLOAD = 20 * MIB
# A rule file has 256 KiB at most; a form may write a letter with its accent in six bytes.
LIMITS = {
    "rules_editor.save": 2 * MIB,
    "rules_editor.check": 2 * MIB,
    "rules_bench.run": MIB,
    "rules_trials.begin": UPLOAD + MIB,
}


def register_body_limits(app: Flask) -> None:
    """Raise the limit for those pages; to be called before the CSRF check, which reads the form."""
    app.before_request(_raise)


def _raise() -> None:
    limit = LIMITS.get(request.endpoint or "")
    if limit is not None and session and session.get("token"):
        request.max_content_length = limit
        request.max_form_memory_size = 2 * MIB
