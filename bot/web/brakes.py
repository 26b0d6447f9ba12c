"""How do people stop all writing to Freshdesk from a page, and let it go on?"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from bot.engine.brakes import resume
from bot.engine.context import Context
from bot.web.login import Guard


class BrakePages:
    """Stop and resume; both only by a form of ours."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def blueprint(self, guard: Guard) -> Blueprint:
        """Return the routes, each behind `guard`."""
        routes = Blueprint("brakes", __name__, url_prefix="/ops/escritura")
        routes.before_request(guard)
        routes.add_url_rule("/detener", view_func=self.stop, methods=["POST"])
        routes.add_url_rule("/reanudar", view_func=self.resume, methods=["POST"])
        return routes

    def stop(self) -> ResponseReturnValue:
        """Stop all writing to Freshdesk, everywhere."""
        self._context.brakes.stop(self._context.now())
        flash("Escritura detenida: el bot no escribe nada en Freshdesk hasta que alguien la reanude.")
        return redirect(url_for("board.show"), 303)

    def resume(self) -> ResponseReturnValue:
        """Let writing go on."""
        waited = resume(self._context)
        flash(f"La escritura continúa; tickets que esperaban y se miran ahora: {waited}.")
        return redirect(url_for("board.show"), 303)
