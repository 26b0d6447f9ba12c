"""The HTTP door: webhooks in, ops pages and machine checks out.

Lives here: the Flask application, the receiver of Freshdesk's deliveries, the ops pages in Spanish with their
login, health and metrics. May not live here: a decision about a ticket, a call to Freshdesk, anything slow.
A delivery is only ever turned into a ring; the pages only ever show what the journal says. Called by gunicorn
through `app.py` and by `semaforo web`.
"""

from __future__ import annotations

from bot.web.application import create_app

__all__ = ["create_app"]
