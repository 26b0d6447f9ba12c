"""What is the least a receiver in Flask can do? Two applications to stand beside ours, under gunicorn."""

from __future__ import annotations

import os
import time

from flask import Flask
from flask.typing import ResponseReturnValue

from bot.store.connection import connect_impatient


def answer_only() -> Flask:
    """Return an application that answers 202 and does nothing."""
    app = Flask(__name__)

    @app.post("/webhooks/freshdesk/<portal>")
    def answer(portal: str) -> ResponseReturnValue:
        return {"accepted": True, "ticket_id": len(portal)}, 202

    return app


def one_round_trip() -> Flask:
    """Return an application that stores one moment in Redis before it answers 202."""
    app, redis = Flask(__name__), connect_impatient(os.environ["REDIS_URL"])

    @app.post("/webhooks/freshdesk/<portal>")
    def store(portal: str) -> ResponseReturnValue:
        redis.zadd("plain", {f"{portal}:{time.time_ns() % 5000}": time.time()})
        return {"accepted": True, "ticket_id": len(portal)}, 202

    return app
