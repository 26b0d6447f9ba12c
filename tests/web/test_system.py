"""What does the system page tell, and what do its forms do?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from redis.exceptions import ConnectionError as Gone

from bot.domain.ticket import TicketKey
from bot.engine.presence import Presence
from bot.store.audit import Audit
from bot.store.processes import Process
from bot.store.server import ServerState
from bot.web import create_app
from bot.web.audit import ACTS, HARMLESS
from bot.web.system_view import kind_rows, reason_text, server_checks
from tests.browser.site import PASSWORD, settings_for
from tests.world import MONDAY, PORTAL, World

from .conftest import csrf_token, log_in

PAGE = "/ops/sistema"
SEVEN, EIGHT = TicketKey(PORTAL, 7), TicketKey(PORTAL, 8)


@pytest.fixture
def app(world: World, redis: Redis) -> Flask:
    return create_app(settings_for(redis, world.server.url), world.ctx)


@pytest.fixture
def pages(app: Flask) -> FlaskClient:
    client = app.test_client()
    log_in(client, PASSWORD)
    return client


def card(client: FlaskClient, heading: str) -> str:
    """Return the words of the part under a heading."""
    soup = BeautifulSoup(client.get(PAGE).text, "html.parser")
    found = next(h for h in soup.select("h2") if heading in h.get_text()).parent
    assert found is not None
    return " ".join(found.get_text(" ").split())


def send(client: FlaskClient, path: str, **data: str) -> str:
    token = csrf_token(client, PAGE)
    answer = client.post(f"{PAGE}/{path}", data={"csrf_token": token, **data}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def acts(world: World) -> list[tuple[str, str, str]]:
    return [(one.user, one.action, one.target) for one in world.ctx.audit.latest()]


def test_it_tells_which_processes_run_on_which_rules(pages: FlaskClient, world: World) -> None:
    for kind in ("clock", "worker"):
        Presence(world.ctx, kind).report()
    told = card(pages, "Procesos")
    assert world.ctx.rulebook.policy.version[:12] in told
    assert "inícielo: semaforo web" in told
    assert "inícielo: semaforo clock" not in told
    assert "los demás hacen su trabajo" in told


def test_a_process_on_older_rules_is_pointed_out() -> None:
    old = Process("clock", "m/1", MONDAY, MONDAY, "old", "1.0")
    rows = {row.title: row for row in kind_rows([old], "new", MONDAY.tzinfo, MONDAY)}  # type: ignore[arg-type]
    assert (rows["Reloj"].late, rows["Reloj"].needed, rows["Web"].needed) == (True, False, True)
    assert not rows["Trabajador urgente"].needed


def test_what_needs_eyes_stands_on_top(pages: FlaskClient, failing: World) -> None:
    notice = BeautifulSoup(pages.get(PAGE).text, "html.parser").select("#estado > .notice")[0]
    told = " ".join(notice.get_text(" ").split())
    for words in ("no se ve ningún proceso «Reloj»", "barrido atrasado", "2 tickets con fallas"):
        assert words in told
    soup = BeautifulSoup(pages.get(PAGE).text, "html.parser")
    assert all(soup.select(str(link["href"])) for link in notice.select("a"))


def test_all_well_is_said_too(pages: FlaskClient, world: World) -> None:
    world.ctx.facts.keep_last_sweep(PORTAL, world.clock.now)
    for kind in ("web", "clock", "worker"):
        Presence(world.ctx, kind).report()
    assert "Todo en orden" in pages.get(PAGE).text


def test_it_tells_what_waits_and_how_long(pages: FlaskClient, world: World) -> None:
    world.ctx.wakeups.ring(SEVEN, world.clock.now - timedelta(minutes=5))
    assert "les toca 1 El más antiguo espera 5 min atrasado" in card(pages, "Cola")


def test_it_tells_how_the_store_keeps_its_data(pages: FlaskClient) -> None:
    told = card(pages, "Almacén")
    assert "Registro en disco (AOF):" in told
    assert "MB" in told


def test_what_is_wrong_with_the_store_comes_with_its_mend() -> None:
    bad = ServerState("Redis", "7", False, False, False, "allkeys-lru", 90, 100, 1)
    assert [(check.good, bool(check.mend)) for check in server_checks(bad)] == [(False, True)] * 4
    good = ServerState("Redis", "7", True, True, True, "noeviction", 10, 0, 1)
    assert all(check.good for check in server_checks(good))


def test_the_stop_wants_a_confirmation(pages: FlaskClient, world: World) -> None:
    assert "marque la casilla" in send(pages, "detener")
    assert world.ctx.brakes.stopped() is None
    assert ("operaciones", "system.stop", "") not in acts(world)
    assert "Escritura detenida" in send(pages, "detener", confirmo="si")
    assert world.ctx.brakes.stopped() is not None
    world.ctx.brakes.hold(SEVEN)
    assert "1 ticket espera." in card(pages, "Escritura")
    assert "1 ticket esperaba y se miran ahora" in send(pages, "reanudar")
    assert world.ctx.brakes.stopped() is None
    assert world.ctx.wakeups.at(SEVEN) == world.clock.now
    assert [one[1] for one in acts(world)] == ["system.resume", "system.stop", "login.enter"]


def test_a_blown_fuse_is_told_with_what_to_do(pages: FlaskClient, world: World) -> None:
    for _ in range(world.ctx.brakes.writes_per_hour + 1):
        world.ctx.brakes.count_write(PORTAL, world.clock.now)
    assert f"Saltó el fusible de {PORTAL}" in card(pages, "Escritura")
    send(pages, "reanudar")
    assert "Normal" in card(pages, "Escritura")


@pytest.fixture
def failing(world: World) -> World:
    world.ctx.failures.add(SEVEN, "TemporaryError 503", world.clock.now)
    world.ctx.failures.quarantine(EIGHT, "PermanentError 400 due_by:invalid_value", world.clock.now)
    return world


def test_failures_are_told_in_spanish_and_tried_again_one_or_all(pages: FlaskClient, failing: World) -> None:
    told = card(pages, "fallas")
    assert told.index("#8") < told.index("#7"), "quarantine first"
    assert "Freshdesk rechazó el cambio (400)" in told
    send(pages, "reintentar/acelera/8")
    assert [one.key for one in failing.ctx.failures.all()] == [SEVEN]
    assert failing.ctx.wakeups.at(EIGHT) == failing.clock.now
    assert "otra vez 1 ticket." in send(pages, "reintentar")
    assert list(failing.ctx.failures.all()) == []
    assert acts(failing)[:2] == [
        ("operaciones", "system.retry_all", ""),
        ("operaciones", "system.retry", "acelera:8"),
    ]
    send(pages, "reintentar")
    assert acts(failing)[0][1:] == ("system.retry_all", ""), "nothing was done the second time"
    assert len(acts(failing)) == 3
    assert "Reintentó un ticket" in card(pages, "Quién hizo qué")


REASONS = {
    "TemporaryError 503": "Freshdesk no respondió bien (503)",
    "PermanentError 400 due_by:invalid": "Freshdesk rechazó el cambio (400)",
    "NoEnd: every attempt was cut off": "ningún intento llegó a terminar",
    "KeyError": "error inesperado del programa",
    "": "error inesperado del programa",
}


@pytest.mark.parametrize(("reason", "text"), REASONS.items(), ids=str)
def test_reasons_in_words(reason: str, text: str) -> None:
    assert reason_text(reason) == text


def test_the_doctor_looks_only_when_asked_and_only_reads(pages: FlaskClient, world: World) -> None:
    before = world.control("GET", "requests")
    pages.get(PAGE)
    assert world.control("GET", "requests") == before, "looking at the page asks Freshdesk nothing"
    page = send(pages, "diagnostico")
    assert "the key works" in page
    assert set(world.control("GET", "requests")["methods"]) <= {"GET"}


def test_every_form_is_written_down_or_known_to_change_nothing(app: Flask) -> None:
    posts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/ops")
    }
    assert posts - ACTS.keys() - HARMLESS == set()


def test_who_comes_and_goes_is_written_down_and_who_fails_is_not(app: Flask, world: World) -> None:
    client = app.test_client()
    token = csrf_token(client, "/ops/entrar")
    client.post("/ops/entrar", data={"csrf_token": token, "clave": "no es"})
    assert acts(world) == []
    world.redis.flushall()
    log_in(client, PASSWORD)
    client.post("/ops/salir", data={"csrf_token": csrf_token(client, PAGE)})
    assert [one[1] for one in acts(world)] == ["login.leave", "login.enter"]


def test_an_act_that_cannot_be_written_down_is_done_all_the_same(
    pages: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise Gone("away")

    monkeypatch.setattr(Audit, "record", gone)
    assert "Escritura detenida" in send(pages, "detener", confirmo="si")


@pytest.mark.parametrize("path", ["detener", "reanudar", "reintentar", "diagnostico", "reintentar/acelera/7"])
def test_nobody_else_can(app: Flask, world: World, path: str) -> None:
    client = app.test_client()
    assert client.post(f"{PAGE}/{path}", data={"confirmo": "si"}).status_code in {303, 400}
    assert world.ctx.brakes.stopped() is None
    assert acts(world) == []


def test_a_portal_that_is_none_of_ours_is_not_retried(pages: FlaskClient) -> None:
    token = csrf_token(pages, PAGE)
    assert pages.post(f"{PAGE}/reintentar/otro/7", data={"csrf_token": token}).status_code == 404
