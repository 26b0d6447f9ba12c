"""The HTTP door: webhooks in, ops pages and machine checks out.

Lives here: the Flask application, the receiver of Freshdesk's deliveries, the ops pages in Spanish with their
login, health and metrics. May not live here: a decision about a ticket, a write to Freshdesk, anything slow.
A delivery is only ever turned into a ring. The pages show what the journal says; subjects, names and texts
are read from Freshdesk through `engine.glimpse` and `engine.look`, and every page is whole without them. One
file a subject, one blueprint each, all behind the login's guard. Called by gunicorn through `app.py` and by
`semaforo web`.
"""

from __future__ import annotations

from bot.web.application import create_app

__all__ = ["create_app"]
