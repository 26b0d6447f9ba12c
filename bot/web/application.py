"""Of what is the web process made?"""

from __future__ import annotations

import os
from typing import Protocol

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect
from prometheus_client import CollectorRegistry

from bot.engine.context import Context
from bot.engine.glimpse import Glimpses
from bot.engine.presence import Presence
from bot.settings import Settings, SettingsError, read_settings
from bot.store.access import Access
from bot.store.connection import connect_impatient
from bot.store.drafts import Drafts
from bot.store.trials import Trials
from bot.telemetry import set_up_logging
from bot.web.api import TicketApi
from bot.web.audit import register_audit
from bot.web.board import BoardPages
from bot.web.body_limits import register_body_limits
from bot.web.brakes import BrakePages
from bot.web.calendar_page import CalendarPages
from bot.web.compliance import CompliancePages
from bot.web.compressed import register_compression
from bot.web.errors import register_errors
from bot.web.headers import protect
from bot.web.health import Health
from bot.web.layout import register_layout
from bot.web.login import Guard, Login
from bot.web.metrics import Deliveries, Waiting
from bot.web.rules_bench import RuleBenchPages
from bot.web.rules_desk import RuleDesk
from bot.web.rules_draft import RuleDraftPages
from bot.web.rules_editor import RuleEditorPages
from bot.web.rules_history import RuleHistoryPages
from bot.web.rules_list import RuleListPages
from bot.web.rules_trials import RuleTrialPages
from bot.web.sessions import COOKIE, OpsSessions, raise_session_error
from bot.web.system import SystemPages
from bot.web.ticket_page import TicketPages
from bot.web.webhooks import BODY_LIMIT, Receiver
from bot.wiring import build_web


def create_app(settings: Settings | None = None, context: Context | None = None) -> Flask:
    """Build the application, from the environment unless told otherwise.

    SettingsError with every problem of the environment. Redis need not answer: it is asked per request.
    """
    settings = settings or _from_environment()
    access = Access(connect_impatient(_redis_url(settings)))
    if context is None:
        context = build_web(settings)
        Presence(context, "web").keep_reporting()
    app = Flask(__name__)
    app.config.update(COOKIE, MAX_CONTENT_LENGTH=BODY_LIMIT)
    # Our own Referrer-Policy keeps back the Referer that Flask-WTF asks for; Login looks at Sec-Fetch-Site.
    app.config.update(WTF_CSRF_SSL_STRICT=False, WTF_CSRF_TIME_LIMIT=None)
    # A path is taken as it came: a delivery must not be sent on by a redirect, which Freshdesk drops.
    app.url_map.merge_slashes = False
    app.session_interface = OpsSessions(access, settings.secret_key, settings.ops_password)
    app.before_request(raise_session_error)
    register_body_limits(app)
    register_compression(app)
    protect(app)
    register_errors(app)
    register_layout(app, settings.portals)
    register_audit(app, context)
    _add_routes(app, settings, context, access)
    return app


def _add_routes(app: Flask, settings: Settings, context: Context, access: Access) -> None:
    registry = CollectorRegistry()
    registry.register(Waiting(context))
    receiver = Receiver(settings.portals, context, Deliveries(registry)).blueprint()
    login = Login(access, settings)
    CSRFProtect(app).exempt(receiver)
    app.register_blueprint(receiver)
    app.register_blueprint(Health(context, registry).blueprint())
    app.register_blueprint(login.blueprint())
    for pages in _pages(settings, context):
        app.register_blueprint(pages.blueprint(login.guard))
    app.register_blueprint(TicketApi(context).blueprint(login.guard_api))
    login.announce_link()


class _Pages(Protocol):
    def blueprint(self, guard: Guard) -> Blueprint: ...


def _pages(settings: Settings, context: Context) -> tuple[_Pages, ...]:
    """Return the ops pages, one class a subject; `layout.SECTIONS` names those of the navigation."""
    glimpses = Glimpses(context)
    return (
        BoardPages(settings.portals, context, glimpses),
        TicketPages(settings.portals, context),
        BrakePages(context),
        CompliancePages(context),
        SystemPages(context),
        *_rule_pages(settings, context),
    )


def _rule_pages(settings: Settings, context: Context) -> tuple[_Pages, ...]:
    redis = connect_impatient(_redis_url(settings))
    desk = RuleDesk(context, Drafts(redis))
    return (
        RuleListPages(desk, settings),
        RuleEditorPages(desk),
        RuleDraftPages(desk, settings),
        RuleHistoryPages(desk, settings),
        RuleBenchPages(desk, settings),
        RuleTrialPages(desk, Trials(redis), settings),
        CalendarPages(desk),
    )


def _from_environment() -> Settings:
    settings = read_settings(os.environ)
    set_up_logging(settings.log_level, settings.log_format, "web")
    return settings


def _redis_url(settings: Settings) -> str:
    if settings.redis_url is None:
        raise SettingsError(["REDIS_URL: missing; `make run` starts a store of its own"])
    return settings.redis_url
