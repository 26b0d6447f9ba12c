"""What every test of the web room stands on: a real Redis, a small context, one portal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.engine.context import Context
from bot.freshdesk.errors import TemporaryError
from bot.policy.model import Policy, load_policy
from bot.settings import PortalSettings, Settings
from bot.store.audit import Audit
from bot.store.brakes import Brakes
from bot.store.breaker import Breaker
from bot.store.budget import Budget
from bot.store.connection import connect_impatient
from bot.store.corrections import Corrections
from bot.store.failures import Failures
from bot.store.heartbeat import Heartbeats
from bot.store.journal import Journal
from bot.store.processes import Processes
from bot.store.refused_jobs import RefusedJobs
from bot.store.rule_versions import RuleVersions
from bot.store.server import StoreServer
from bot.store.wakeups import Wakeups
from bot.web import create_app
from tests.conftest import RULES

from .valkey import Valkey

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-webhook"
PREVIOUS = "clave-añeja-y-larga/+="
PASSWORD = "contraseña de la mesa"


class SilentDesk:
    """Stand for an account that does not answer."""

    def __getattr__(self, name: str) -> Any:
        def silent(*_: object) -> None:
            raise TemporaryError("silent")

        return silent


@pytest.fixture(scope="session")
def shared_valkey() -> Iterator[Valkey]:
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def valkey(shared_valkey: Valkey) -> Valkey:
    shared_valkey.client.flushall()
    return shared_valkey


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """Give one test a server that it may stop, freeze and fill."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def settings(valkey: Valkey) -> Settings:
    return build_settings(valkey.url)


@pytest.fixture
def context(valkey: Valkey) -> Context:
    return build_context(valkey.url)


@pytest.fixture
def app(settings: Settings, context: Context) -> Flask:
    return create_app(settings, context)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ops(client: FlaskClient) -> FlaskClient:
    """Give a visitor who has logged in."""
    log_in(client)
    return client


def build_settings(url: str, password: str | None = PASSWORD) -> Settings:
    portal = PortalSettings(
        portal="acelera",
        domain="acelera.freshdesk.com",
        url="https://acelera.freshdesk.com",
        api_key="key",
        webhook_secrets=(SECRET, PREVIOUS),
    )
    second = replace(portal, portal="norte", webhook_secrets=("the secret of the north",))
    return Settings(portals={"acelera": portal, "norte": second}, redis_url=url, ops_password=password)


def build_context(url: str) -> Context:
    """Build what the web room needs of a context, no more, over a real Redis."""
    redis: Redis = connect_impatient(url)
    rulebook = SimpleNamespace(policy=_policy(), unusable=None, versions=RuleVersions(redis))
    parts = SimpleNamespace(
        freshdesk={"acelera": SilentDesk(), "norte": SilentDesk()},
        may_spend=lambda portal, calls: True,
        budget=Budget(redis),
        breaker=Breaker(redis),
        refused_jobs=RefusedJobs(redis),
        wakeups=Wakeups(redis),
        journal=Journal(redis, timedelta(days=90)),
        corrections=Corrections(redis, timedelta(days=90)),
        failures=Failures(redis),
        heartbeats=Heartbeats(redis),
        brakes=Brakes(redis),
        audit=Audit(redis, timedelta(days=90)),
        processes=Processes(redis),
        server=StoreServer(redis),
        rulebook=rulebook,
        now=lambda: NOW,
        coalesce=timedelta(seconds=2),
    )
    return cast(Context, parts)


@cache
def _policy() -> Policy:
    policy, problems = load_policy(RULES)
    assert policy is not None, problems
    return replace(policy, version="4f2a9c1b7d3e")


def log_in(client: FlaskClient, password: str = PASSWORD) -> None:
    token = csrf_token(client, "/ops/entrar")
    answer = client.post("/ops/entrar", data={"csrf_token": token, "clave": password})
    assert answer.status_code == 303, answer.text


def csrf_token(client: FlaskClient, path: str) -> str:
    """Return the token of the first form on a page."""
    _, _, rest = client.get(path).text.partition('name="csrf_token" value="')
    return rest.partition('"')[0]


def entry(ticket_id: int = 101, **changes: Any) -> dict[str, Any]:
    """Return a journal entry in the shape of `semaforo explain --json`."""
    response = {
        "target": "2026-11-24T10:00:00-05:00",
        "limit": "2026-11-25T10:00:00-05:00",
        "state": "running",
        "met_at": None,
        "text": "Lunes 23, 10:00 + 24 h hábiles = martes 24, 10:00.",
    }
    resolution = {**response, "target": None, "limit": "2026-11-30T10:00:00-05:00", "text": ""}
    return {
        "portal": "acelera",
        "ticket_id": ticket_id,
        "level": "URGENTE",
        "decided_by": "urg-servicio-caido",
        "rules": ["urg-servicio-caido"],
        "words": ["crm caído"],
        "flags": ["fuera_de_alcance"],
        "due": {"response": response, "resolution": resolution},
        "actions": [{"kind": "set_fields", "priority": 4, "fr_due_by": "2026-11-24T10:00:00-05:00"}],
        "reasons": ["Nivel URGENTE por la regla «urg-servicio-caido»."],
        "effects": [{"key": "nivel", "kind": "note", "state": "done", "at": "2026-11-23T09:59:00-05:00"}],
        "tags": ["sla-urgente"],
        "status": 2,
        "state": "running",
        "created_at": "2026-11-23T10:00:00-05:00",
        "waits_for": None,
        "agent_id": None,
        "company_id": None,
        "wake_at": "2026-11-24T09:00:00-05:00",
        "next_step": "objetivo de respuesta",
        "rules_version": "4f2a9c1b7d3e",
        "updated_at": "2026-11-23T10:00:00-05:00",
        **changes,
    }


def record(context: Context, data: dict[str, Any]) -> None:
    context.journal.record(TicketKey(data["portal"], data["ticket_id"]), data, NOW)
