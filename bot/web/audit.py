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
    "rules_draft.publish": "Publicó su borrador de reglas",
    "rules_history.roll_back": "Volvió a una versión anterior de las reglas",
    "rules_trials.begin": "Empezó un ensayo de reglas",
    "rules_trials.cancel": "Detuvo un ensayo de reglas",
    "rules_trials.apply": "Aplicó las reglas a tickets abiertos",
}
# Forms that only look: they are sent by POST because they cost something, not because they change anything.
_LOOKS = frozenset(
    {
        "system.examine",
        "tickets.what_if",
        "rules_editor.check",
        "rules_draft.check",
        "rules_bench.run",
        "rules_bench.read_undecided",
    }
)
# Forms that change the sender's own draft and nothing that holds for others.
_DRAFTS = frozenset(
    {"rules_editor.save", "rules_draft.move", "rules_draft.discard", "calendar.add", "calendar.remove"}
)
HARMLESS = _LOOKS | _DRAFTS


def register_audit(app: Flask, context: Context) -> None:
    """Write down every act of the list, once it was carried out."""

    def note_before() -> None:
        if request.endpoint == "login.leave":
            g.audit_user = current_user()  # nobody is logged in any more when it is done

    def note_act(response: Response) -> Response:
        try:
            if _is_act(response):
                user, target = g.get("audit_user") or current_user(), g.get("audit_target") or _ticket()
                context.audit.record(user, request.endpoint or "", target, context.now())
        except RedisError as error:  # the act is done, and so its answer must say
            log.error("act not written down", act=request.endpoint, error=type(error).__name__)
        return response

    app.before_request(note_before)
    app.after_request(note_act)


def about(target: str) -> None:
    """Say what the present act is about, such as a version; a ticket in the address is known anyway."""
    g.audit_target = target


def without_act() -> None:
    """Say that nothing was done after all."""
    g.audit_nothing = True


def _is_act(response: Response) -> bool:
    if request.endpoint not in ACTS or response.status_code >= 400 or g.get("audit_nothing"):
        return False
    if request.endpoint == "login.entrance":
        return "token" in request.args and response.status_code == 303
    return request.method == "POST"


def _ticket() -> str:
    named = request.view_args or {}
    return f"{named['portal']}:{named['ticket_id']}" if "ticket_id" in named else ""
