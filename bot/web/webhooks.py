"""Which ticket does a delivery speak of, and is it stored that we must look at it?

The delivery is a hint: only the ticket id is taken from it, and the body is neither logged nor kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Response, abort, g, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.freshdesk.event import UnusableDelivery, parse_delivery
from bot.settings import PortalSettings
from bot.telemetry import log
from bot.web.credentials import is_accepted, webhook_secrets
from bot.web.metrics import Deliveries

BODY_LIMIT = 256 * 1024
PATH = "/webhooks/freshdesk/<portal>"


class Receiver:
    """Turn deliveries into rings; nothing slow happens here, and Redis is asked only after the secret."""

    def __init__(
        self, portals: Mapping[str, PortalSettings], context: Context, deliveries: Deliveries
    ) -> None:
        self._portals = portals
        self._context = context
        self._deliveries = deliveries

    def blueprint(self) -> Blueprint:
        """Return the routes; OPTIONS gets its 405 like every method but POST."""
        routes = Blueprint("webhooks", __name__)
        for path in (PATH, f"{PATH}/", f"{PATH}/<path:secret>"):
            routes.add_url_rule(
                path, view_func=self.receive, methods=["POST"], provide_automatic_options=False
            )
        routes.after_request(self._count)
        return routes

    def receive(self, portal: str, secret: str | None = None) -> ResponseReturnValue:
        """Ring the delivery's ticket and answer 202 once Redis has stored it."""
        body = _body()
        known = self._portals.get(portal)
        if known is None:
            abort(404, "unknown portal")
        if not is_accepted(webhook_secrets(request.headers, secret), known.webhook_secrets):
            raise Unauthorized("bad or missing secret", www_authenticate=_basic())
        try:
            event = parse_delivery(body, request.content_type)
        except UnusableDelivery:
            abort(400, "no usable ticket id")
        key = TicketKey(portal, event.ticket_id)
        g.ticket = str(key)
        self._context.wakeups.ring(key, self._when())
        return {"accepted": True, "ticket_id": event.ticket_id}, 202

    def _when(self) -> datetime:
        return self._context.now() + self._context.coalesce

    def _count(self, response: Response) -> Response:
        named = (request.view_args or {}).get("portal", "")
        portal = named if named in self._portals else "unknown"
        self._deliveries.count(portal, response.status_code)
        log.info("delivery", portal=portal, status=response.status_code, ticket=g.get("ticket"))
        return response


def _body() -> bytes:
    # Werkzeug cuts a body sent in chunks at the limit without a word; one byte more shows that it did.
    request.max_content_length = BODY_LIMIT + 1
    try:
        body = request.get_data(cache=False)
    except ParseException:  # gunicorn's word for chunks that are none
        abort(400, "malformed body")
    if len(body) > BODY_LIMIT:
        abort(413, f"more than {BODY_LIMIT} bytes")
    return body


def _basic() -> WWWAuthenticate:
    return WWWAuthenticate("basic", {"realm": "webhooks"})
