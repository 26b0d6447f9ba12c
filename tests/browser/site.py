"""How does a test serve the real web process over a world, and who comes in?"""

from __future__ import annotations

import threading
from dataclasses import replace
from types import TracebackType
from typing import Self

from redis import Redis
from werkzeug.serving import make_server

from bot.engine.context import Context
from bot.settings import PortalSettings, Settings
from bot.simulator.server import HOST, QuietHandler
from bot.web import create_app
from tests.world import PORTAL

PASSWORD = "clave de la mesa"


class Site:
    """Serve the application of `bot.web` on a free port of loopback, on a thread of this process."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self.context = context
        self._server = make_server(
            HOST, 0, create_app(settings, context), threaded=True, request_handler=QuietHandler
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def settings_for(redis: Redis, freshdesk_url: str, **changes: object) -> Settings:
    """Return settings for one portal, that of `tests.world`, and a password."""
    named = redis.connection_pool.connection_kwargs
    url = f"unix://{named['path']}" if "path" in named else f"redis://{named['host']}:{named['port']}"
    portal = PortalSettings(
        portal=PORTAL,
        domain="acelera.freshdesk.com",
        url=freshdesk_url,
        api_key="sim-key",
        webhook_secrets=("a-secret-of-the-webhook",),
        is_stand_in=True,
    )
    made = Settings(portals={PORTAL: portal}, redis_url=url, ops_password=PASSWORD)
    return replace(made, **changes)  # type: ignore[arg-type]
