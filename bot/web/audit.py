"""Which acts of people on the pages are written down, and what are they called?

One hook writes down every act of the list that was carried out, so that no page can forget to. A test holds
that each form of the ops pages is either in the list or in that of forms that change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, g, request
from redis.exceptions import RedisError

from bot.engine.context import Context
from bot.telemetry import log
from bot.web.visitor import current_user

# Endpoint to what people read in the list of acts; the link that works once is a GET.
ACTS: Mapping[str, str] = {
    "login.entrance": "Entró con el enlace de un solo uso",
    "login.enter": "Entró",
    "login.leave": "Salió",
    "brakes.stop": "Detuvo toda escritura",
    "brakes.resume": "Reanudó la escritura",
    "system.stop": "Detuvo toda escritura",
    "system.resume": "Reanudó la escritura",
    "system.retry": "Reintentó un ticket",
    "system.retry_all": "Reintentó todos los tickets con fallas",
    "tickets.ring": "Pidió recalcular un ticket",
    "rules_draft.publish": "Publicó reglas",
    "rules_history.roll_back": "Volvió a una versión anterior de las reglas",
    "rules_trials.apply": "Aplicó las reglas a tickets abiertos",
}
# These are acts only if another version of the rules holds afterwards.
PUBLISHING = frozenset({"rules_draft.publish", "rules_history.roll_back"})
# Forms that only look, or change nothing but the visitor's own draft.
HARMLESS = frozenset({"system.examine", "rules_trials.begin", "rules_trials.cancel"})
DRAFTING = ("calendar.", "rules_bench.", "rules_draft.", "rules_editor.")


def register_audit(app: Flask, context: Context) -> None:
    """Write down every act of the list, once it was carried out."""

    def note_before() -> None:
        if request.endpoint == "login.leave":
            g.audit_user = current_user()  # nobody is logged in any more when it is done
        if request.endpoint in PUBLISHING:
            g.audit_version = _published(context)

    def note_act(response: Response) -> Response:
        try:
            if _is_act(response, context):
                user = g.get("audit_user") or current_user()
                context.audit.record(user, request.endpoint or "", _target(context), context.now())
        except RedisError as error:  # the act is done, and so its answer must say
            log.error("act not written down", act=request.endpoint, error=type(error).__name__)
        return response

    app.before_request(note_before)
    app.after_request(note_act)


def without_act() -> None:
    """Say that nothing was done after all."""
    g.audit_nothing = True


def _is_act(response: Response, context: Context) -> bool:
    if request.endpoint not in ACTS or response.status_code >= 400 or g.get("audit_nothing"):
        return False
    if request.endpoint == "login.entrance":
        return "token" in request.args and response.status_code == 303
    if request.endpoint in PUBLISHING and _published(context) == g.get("audit_version"):
        return False
    return request.method == "POST"


def _target(context: Context) -> str:
    """Return what an act is about: the ticket of the address, or the version that was published."""
    named = request.view_args or {}
    if "ticket_id" in named:
        return f"{named['portal']}:{named['ticket_id']}"
    return (_published(context) or "")[:12] if request.endpoint in PUBLISHING else ""


def _published(context: Context) -> str | None:
    versions = context.rulebook.versions
    return None if versions is None else versions.active()
