"""The WSGI application: `gunicorn app:app`, configured by the environment."""

from __future__ import annotations

from bot.web import create_app

app = create_app()
