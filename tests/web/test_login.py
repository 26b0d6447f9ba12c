"""Who gets into the ops pages, how, and for how long?"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.engine.context import Context
from bot.settings import Settings
from bot.store.access import Access
from bot.web import create_app
from bot.web.credentials import is_accepted

from .conftest import NOW, PASSWORD, build_settings, csrf_token, entry, log_in, record
from .valkey import Valkey

FIRST, SECOND = b"the first secret", b"the second secret"
API = "/ops/api/tickets/acelera/101"
GUARDED = [
    "/ops/",
    "/ops/asuntos?t=acelera:1",
    "/ops/tickets/acelera/101",
    "/ops/tickets/acelera/101/texto",
    "/ops/ir?portal=acelera&numero=1",
]


@pytest.fixture
def open_app(valkey: Valkey, context: Context) -> Flask:
    """Give the application without a password."""
    return create_app(build_settings(valkey.url, password=None), context)


@pytest.fixture
def link(valkey: Valkey) -> str:
    """Give the path of a fresh one-time link."""
    valkey.client.delete("semaforo:ops:link-offered")
    return f"/ops/entrar?token={Access(valkey.client).offer_link()}"


@pytest.mark.parametrize("path", GUARDED)
def test_shows_the_entrance_to_strangers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/ops/entrar")


def test_the_password_opens_the_page_that_was_asked_for(client: FlaskClient) -> None:
    entrance = client.get("/ops/tickets/acelera/101").location
    form = {"csrf_token": csrf_token(client, entrance), "clave": PASSWORD}
    answer = client.post(entrance, data=form)
    assert (answer.status_code, answer.location) == (303, "/ops/tickets/acelera/101")
    assert client.get("/ops/").status_code == 200
    assert client.get("/ops/entrar").status_code == 303


@pytest.mark.parametrize(
    "aim", ["https://evil.example/", "//evil.example", "/\\evil.example", "/ops/\\evil", "x"]
)
def test_never_sends_anybody_to_another_site(client: FlaskClient, aim: str) -> None:
    form = {"csrf_token": csrf_token(client, "/ops/entrar"), "clave": PASSWORD}
    answer = client.post("/ops/entrar", query_string={"sigue": aim}, data=form)
    assert answer.location == "/ops/"


@pytest.mark.parametrize("given", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "\x00", "ñ" * 5000])
def test_a_wrong_password_does_not(client: FlaskClient, given: str) -> None:
    form = {"csrf_token": csrf_token(client, "/ops/entrar"), "clave": given}
    assert client.post("/ops/entrar", data=form).status_code == 401
    assert client.get("/ops/").status_code == 303


def test_a_failure_makes_the_address_wait_and_no_other(app: Flask, valkey: Valkey) -> None:
    client = app.test_client()
    form = {"csrf_token": csrf_token(client, "/ops/entrar"), "clave": "wrong"}
    assert client.post("/ops/entrar", data=form).status_code == 401
    right = client.post("/ops/entrar", data={**form, "clave": PASSWORD})
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 2
    elsewhere = client.post(
        "/ops/entrar", data={**form, "clave": PASSWORD}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert elsewhere.status_code == 303


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 303),
        ("10.0.0.1", "10.0.0.2", 303),
    ],
)
def test_one_subscriber_is_one_guesser(app: Flask, first: str, second: str, status: int) -> None:
    client = app.test_client()
    form = {"csrf_token": csrf_token(client, "/ops/entrar"), "clave": "wrong"}
    client.post("/ops/entrar", data=form, environ_base={"REMOTE_ADDR": first})
    right = {**form, "clave": PASSWORD}
    answer = client.post("/ops/entrar", data=right, environ_base={"REMOTE_ADDR": second})
    assert answer.status_code == status


@pytest.mark.parametrize("given", [[b"wrong"], [SECOND], [FIRST], [b"wrong", FIRST]], ids=str)
def test_every_secret_is_compared_whichever_fits(given: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of an answer must not tell which of two secrets was right, or that one was."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert is_accepted(given, (FIRST.decode(), SECOND.decode())) == (given != [b"wrong"])
    assert len(compared) == 2 * len(given)


@pytest.mark.parametrize("path", ["/ops", "/ops/", "/ops/entrar", "/ops/nothing", "/nothing", "/healthz"])
@pytest.mark.parametrize("follow", [False, True])
def test_the_name_a_visitor_gives_our_host_is_never_believed(
    client: FlaskClient, path: str, follow: bool
) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    answer = client.get(path, headers=headers, follow_redirects=follow)
    assert "evil.example" not in answer.text + str(answer.headers)


def test_each_failure_doubles_the_delay_up_to_a_minute(valkey: Valkey) -> None:
    access, delays = Access(valkey.client), []
    for _ in range(8):
        access.count_failure("10.0.0.1")
        delays.append(access.delay("10.0.0.1"))
    assert delays == [2, 4, 8, 16, 32, 60, 60, 60]
    access.clear_failures("10.0.0.1")
    assert access.delay("10.0.0.1") == 0


def test_leaving_ends_the_session_also_for_a_copied_cookie(app: Flask, ops: FlaskClient) -> None:
    thief = app.test_client()
    cookie = ops.get_cookie("semaforo_ops", path="/ops")
    assert cookie is not None
    thief.set_cookie("semaforo_ops", cookie.value, path="/ops")
    assert thief.get("/ops/").status_code == 200
    ops.post("/ops/salir", data={"csrf_token": csrf_token(ops, "/ops/")})
    assert ops.get("/ops/").status_code == 303
    assert thief.get("/ops/").status_code == 303


def test_the_idle_limit_is_eight_hours_and_starts_anew(ops: FlaskClient, valkey: Valkey) -> None:
    (name,) = valkey.client.keys("semaforo:ops:session:*")
    assert valkey.client.ttl(name) == 8 * 3600
    valkey.client.expire(name, 5)
    ops.get("/ops/")
    assert valkey.client.ttl(name) == 8 * 3600
    valkey.client.delete(name)
    assert ops.get("/ops/").status_code == 303


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_is_as_strict_as_it_can_be(app: Flask, scheme: str) -> None:
    client = app.test_client()
    base = f"{scheme}://localhost"
    page = client.get("/ops/entrar", base_url=base)
    flags = {part.strip() for part in page.headers["Set-Cookie"].split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", "Path=/ops"} <= flags
    assert ("Secure" in flags) == (scheme == "https")


def test_a_session_holds_for_every_worker(
    app: Flask, settings: Settings, context: Context, ops: FlaskClient
) -> None:
    other = create_app(settings, context).test_client()
    cookie = ops.get_cookie("semaforo_ops", path="/ops")
    assert cookie is not None
    other.set_cookie("semaforo_ops", cookie.value, path="/ops")
    assert other.get("/ops/").status_code == 200


@pytest.mark.parametrize(
    "changed", [{"ops_password": "another"}, {"secret_key": "another key of the sessions"}]
)
def test_a_new_password_or_key_ends_every_session(
    settings: Settings, context: Context, ops: FlaskClient, changed: dict[str, Any]
) -> None:
    after = create_app(replace(settings, **changed), context).test_client()
    cookie = ops.get_cookie("semaforo_ops", path="/ops")
    assert cookie is not None
    after.set_cookie("semaforo_ops", cookie.value, path="/ops")
    assert after.get("/ops/").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "e30.e30.e30", "\u00ff" * 20, ".eJw"])
def test_a_forged_cookie_is_no_session(client: FlaskClient, cookie: str) -> None:
    assert client.get("/ops/", headers={"Cookie": f"semaforo_ops={cookie}"}).status_code == 303


# Without a password: this machine only, by a link that works once.


def test_a_link_works_once(open_app: Flask, link: str) -> None:
    first, second = open_app.test_client(), open_app.test_client()
    assert first.get(link).status_code == 303
    assert first.get("/ops/").status_code == 200
    spent = second.get(link)
    assert spent.status_code == 200
    assert "ya se usó" in spent.text
    assert second.get("/ops/").status_code == 303


def test_a_link_is_printed_at_the_start_once_for_all_workers(
    valkey: Valkey, context: Context, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = build_settings(valkey.url, password=None)
    apps = [create_app(settings, context) for _ in range(3)]
    printed = capfd.readouterr()
    text = printed.out + printed.err
    assert text.count("/ops/entrar?token=") == 1
    token = text.partition("/ops/entrar?token=")[2].split()[0]
    assert all(token not in name.decode() for name in valkey.client.scan_iter())
    assert apps[2].test_client().get(f"/ops/entrar?token={token}").status_code == 303


def test_the_entrance_prints_a_new_link(
    open_app: Flask, valkey: Valkey, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    valkey.client.delete("semaforo:ops:link-offered")
    assert open_app.test_client().get("/ops/entrar").status_code == 200
    printed = capfd.readouterr()
    assert "/ops/entrar?token=" in printed.out + printed.err


STRANGERS = {
    "another machine": ({"REMOTE_ADDR": "192.168.1.7"}, {}),
    "behind a proxy on this machine": ({}, {"X-Forwarded-For": "203.0.113.9"}),
    "behind a proxy, standard header": ({}, {"Forwarded": "for=203.0.113.9"}),
    "a name that was pointed here": ({}, {"Host": "evil.example"}),
    "no address": ({"REMOTE_ADDR": ""}, {}),
}


@pytest.mark.parametrize(("environ", "headers"), STRANGERS.values(), ids=STRANGERS.keys())
def test_without_a_password_only_this_machine_gets_in(
    open_app: Flask, link: str, environ: dict[str, str], headers: dict[str, str]
) -> None:
    client = open_app.test_client()
    for path in (link, *GUARDED, API, "/ops/entrar"):
        assert client.get(path, environ_overrides=environ, headers=headers).status_code == 403
    assert client.get(link).status_code == 303  # nobody spent it


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_this_machine_has_several_names(open_app: Flask, link: str, host: str) -> None:
    client = open_app.test_client()
    assert client.get(link, base_url=f"http://{host}").status_code == 303


def test_a_link_is_no_way_around_a_password(client: FlaskClient, link: str) -> None:
    assert client.get(link).status_code == 200
    assert client.get("/ops/").status_code == 303


def test_without_a_password_none_is_accepted(open_app: Flask, context: Context) -> None:
    record(context, entry())
    client = open_app.test_client()
    token = csrf_token(client, "/ops/entrar")
    assert client.post("/ops/entrar", data={"csrf_token": token, "clave": ""}).status_code in {400, 404}
    for bearer in ("", "None", "x"):
        assert client.get(API, headers={"Authorization": f"Bearer {bearer}"}).status_code == 401


# The API.


BEARERS = {
    "none": ({}, 401),
    "right": ({"Authorization": f"Bearer {PASSWORD}".encode().decode("latin-1")}, 200),
    "wrong": ({"Authorization": "Bearer wrong"}, 401),
    "as Basic": ({"Authorization": "Basic Ong="}, 401),
    "empty": ({"Authorization": "Bearer "}, 401),
}


@pytest.mark.parametrize(("headers", "status"), BEARERS.values(), ids=BEARERS.keys())
def test_the_api_takes_the_password_as_a_bearer_token(
    client: FlaskClient, context: Context, headers: dict[str, str], status: int
) -> None:
    record(context, entry())
    answer = client.get(API, headers=headers)
    assert (answer.status_code, answer.is_json) == (status, True)


def test_the_api_takes_the_session_and_gives_the_entry_as_it_is(ops: FlaskClient, context: Context) -> None:
    data = entry()
    record(context, data)
    assert ops.get(API).json == data
    unknown = ops.get("/ops/api/tickets/acelera/999")
    assert (unknown.status_code, unknown.is_json) == (404, True)
    assert ops.get("/ops/api/tickets/nobody/101").status_code == 404
    assert ops.get("/ops/api/tickets/acelera/-1").status_code == 404


def test_guessing_at_the_api_is_slowed_down_too(client: FlaskClient) -> None:
    statuses = [client.get(API, headers={"Authorization": "Bearer x"}).status_code for _ in range(2)]
    assert statuses == [401, 429]


# Forms.


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/ops/tickets/acelera/101/recalcular", {}),
        ("/ops/tickets/acelera/101/recalcular", {"csrf_token": "x"}),
        ("/ops/salir", {}),
        ("/ops/entrar", {"clave": PASSWORD}),
    ],
)
def test_a_form_without_its_token_is_refused(
    ops: FlaskClient, context: Context, path: str, data: dict[str, str]
) -> None:
    answer = ops.post(path, data=data)
    assert answer.status_code == 400
    assert "formulario" in answer.text
    assert context.wakeups.overdue(NOW)[0] == 0
    assert ops.get("/ops/").status_code == 200


def test_a_token_of_another_session_is_refused(app: Flask, ops: FlaskClient) -> None:
    other = app.test_client()
    log_in(other)
    token = csrf_token(other, "/ops/")
    answer = ops.post("/ops/tickets/acelera/101/recalcular", data={"csrf_token": token})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 303), ("none", 303), ("cross-site", 403), ("same-site", 403)]
)
def test_a_form_sent_from_another_site_is_refused(ops: FlaskClient, site: str, status: int) -> None:
    form = {"csrf_token": csrf_token(ops, "/ops/tickets/acelera/101")}
    answer = ops.post("/ops/tickets/acelera/101/recalcular", data=form, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status


def test_a_form_over_https_needs_no_referer(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/ops/entrar", base_url="https://localhost")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(
        "/ops/entrar", base_url="https://localhost", data={"csrf_token": token, "clave": PASSWORD}
    )
    assert answer.status_code == 303
