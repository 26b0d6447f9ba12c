"""Does this process live, and can the whole set-up do its work?"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from redis.exceptions import RedisError

from bot.engine.brakes import brake_state
from bot.engine.context import Context
from bot.web.metrics import PROCESSES, rules_version


class Health:
    """Answer supervisors, load balancers and Prometheus; open to all, so no ticket is named."""

    def __init__(self, context: Context, registry: CollectorRegistry) -> None:
        self._context = context
        self._registry = registry

    def blueprint(self) -> Blueprint:
        """Return the three routes."""
        routes = Blueprint("health", __name__)
        routes.add_url_rule("/healthz", view_func=self.healthz)
        routes.add_url_rule("/readyz", view_func=self.readyz)
        routes.add_url_rule("/metrics", view_func=self.metrics)
        return routes

    def healthz(self) -> ResponseReturnValue:
        """Answer 200 while the process lives, whatever Redis does: a restart would not mend Redis."""
        return {"status": "ok"}

    def readyz(self) -> ResponseReturnValue:
        """Answer 200 when deliveries can be taken and will be worked on, else 503 with the reasons."""
        reasons = self._reasons()
        if reasons:
            return {"status": "not ready", "reasons": reasons}, 503
        answer = {"status": "ready", "rules_version": rules_version(self._context), "writes": self._writes()}
        unusable = self._context.rulebook.unusable
        return answer | ({"rules_published_but_unusable": unusable} if unusable else {})

    def metrics(self) -> ResponseReturnValue:
        """Answer in Prometheus' text format."""
        return Response(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)

    def _writes(self) -> dict[str, object]:
        """Return whether a brake is on; the set-up is ready all the same, for deliveries are taken."""
        state = brake_state(self._context)
        blown = [fuse.portal for fuse in state.blown]
        return {"stopped": state.stop is not None, "fuses_blown": blown, "tickets_held": state.held}

    def _reasons(self) -> list[str]:
        reasons = [] if rules_version(self._context) else ["no rules are loaded"]
        try:
            unseen = [kind for kind in PROCESSES if self._context.heartbeats.seen(kind) is None]
        except RedisError:
            return [*reasons, "Redis does not answer"]
        return reasons + [f"no {kind} has been seen lately" for kind in unseen]
