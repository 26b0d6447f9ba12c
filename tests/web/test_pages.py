"""What do people see on the ops pages, and what does their button do?"""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from bot.domain.ticket import TicketKey
from bot.engine.context import Context

from .conftest import NOW, csrf_token, entry, record

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}{% for x in y %}",
    "'\"&<>\u202e\u0000",
]


def rows(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    """Return the board, a row as column to text."""
    table = BeautifulSoup(client.get(f"/ops/{query}").text, "html.parser").select("table.board tbody tr")
    return [
        {str(c.get("data-label", "Ticket")): c.get_text(" ", strip=True) for c in row.select("th,td")}
        for row in table
    ]


def numbers(client: FlaskClient, query: str = "") -> list[str]:
    return [row["Ticket"].split()[0] for row in rows(client, query)]


def ending(limit: str, state: str = "running") -> dict[str, Any]:
    clock = {"target": None, "limit": limit, "state": state, "met_at": None, "text": ""}
    return {"response": clock, "resolution": {**clock, "limit": None}}


def test_a_row_says_all_of_a_ticket(ops: FlaskClient, context: Context) -> None:
    record(context, entry())
    (row,) = rows(ops)
    assert row == {
        "Ticket": "#101 acelera 🔴 URGENTE urg-servicio-caido",
        "Queda": "En plazo quedan 2 d",
        "Plazos": "Respuesta mié 25 nov, 10:00",
        "Próximo paso": "objetivo de respuesta mar 24 nov, 09:00",
        "Agente": "Sin agente",
    }


def test_an_answered_ticket_shows_both_clocks(ops: FlaskClient, context: Context) -> None:
    due = entry()["due"]
    met = due["response"] | {"state": "met", "met_at": "2026-11-23T11:00:00-05:00"}
    paused = due["resolution"] | {"state": "paused"}
    record(context, entry(due={"response": met, "resolution": paused}, waits_for="cliente", agent_id=7))
    (row,) = rows(ops)
    assert row["Queda"] == "En pausa espera al cliente"
    assert row["Plazos"] == "Respuesta ✓ cumplido lun 23 nov, 11:00 Solución lun 30 nov, 10:00"
    assert row["Agente"] == "Agente 7", "whose name Freshdesk does not tell now"


def test_what_ends_first_comes_first_and_what_stands_still_last(ops: FlaskClient, context: Context) -> None:
    record(context, entry(1, state="closed"))
    record(context, entry(2, due=ending("2026-11-25T10:00:00-05:00")))
    record(context, entry(3, due=ending("2026-11-20T10:00:00-05:00", "breached")))
    record(context, entry(4, state="paused", due=ending("2026-11-24T10:00:00-05:00", "paused")))
    record(context, entry(5, due=ending("2026-11-25T14:00:00Z")))
    assert numbers(ops) == ["#3", "#5", "#2", "#4"]


def test_a_limit_that_passed_since_the_last_look_has_passed(ops: FlaskClient, context: Context) -> None:
    record(context, entry(1, due=ending("2026-11-23T09:00:00-05:00")))
    (row,) = rows(ops)
    assert row["Queda"] == "Vencido venció hace 1 h"


FILTERS = {
    "all": ("", {"#1", "#2", "#3"}),
    "level": ("?nivel=NORMAL", {"#2"}),
    "state": ("?estado=paused", {"#3"}),
    "portal": ("?portal=norte", {"#3"}),
    "agent": ("?agente=7", {"#2"}),
    "no agent": ("?agente=nadie", {"#1", "#3"}),
    "cause": ("?espera=cliente", {"#3"}),
    "two": ("?nivel=URGENTE&portal=acelera", {"#1"}),
    "none": ("?nivel=PREFERENTE", set()),
    "unknown": ("?nivel=x", set()),
    "page that makes no sense": ("?pagina=-3", {"#1", "#2", "#3"}),
    "page beyond": ("?pagina=99", set()),
    "page huge": ("?pagina=" + "9" * 400, {"#1", "#2", "#3"}),
}


@pytest.mark.parametrize(("query", "expected"), FILTERS.values(), ids=FILTERS.keys())
def test_filters(ops: FlaskClient, context: Context, query: str, expected: set[str]) -> None:
    record(context, entry(1))
    record(context, entry(2, level="NORMAL", agent_id=7))
    paused = ending("2026-11-24T10:00:00-05:00", "paused")
    record(context, entry(3, portal="norte", state="paused", due=paused, waits_for="cliente"))
    assert set(numbers(ops, query)) == expected


def test_pages_hold_fifty_and_keep_the_filter(ops: FlaskClient, context: Context) -> None:
    for number in range(1, 121):
        record(context, entry(number))
    seen = [numbers(ops, f"?nivel=URGENTE&pagina={page}") for page in (1, 2, 3)]
    assert [len(page) for page in seen] == [50, 50, 20]
    assert len({number for page in seen for number in page}) == 120
    page = ops.get("/ops/?nivel=URGENTE&pagina=2").text
    assert "Página 2 de 3" in page
    assert escape("/ops/?nivel=URGENTE&pagina=3") in page


def test_an_empty_board_says_so(ops: FlaskClient, context: Context) -> None:
    assert "No hay tickets abiertos" in ops.get("/ops/").text
    record(context, entry())
    assert "Ningún ticket cumple" in ops.get("/ops/?nivel=NORMAL").text


def test_the_script_gets_the_part_that_changes_alone(ops: FlaskClient, context: Context) -> None:
    record(context, entry())
    part = ops.get("/ops/", headers={"Semaforo-Part": "tabla"}).text
    assert "#101" in part
    assert "<header" not in part
    assert len(part) < len(ops.get("/ops/").text)


def test_headlines_are_asked_for_tickets_of_ours_and_may_be_missing(ops: FlaskClient) -> None:
    answer = ops.get("/ops/asuntos?t=acelera:1&t=nobody:1&t=x&t=acelera:&t=" + "9" * 400)
    assert (answer.status_code, answer.json) == (200, {})


def test_a_text_that_cannot_be_read_is_told(ops: FlaskClient) -> None:
    answer = ops.get("/ops/tickets/acelera/1/texto")
    assert answer.status_code == 200
    assert "Freshdesk no respondió" in answer.text
    assert ops.get("/ops/tickets/nobody/1/texto").status_code == 404


def test_nobody_asks_what_would_happen_without_a_form_of_ours(ops: FlaskClient) -> None:
    assert ops.post("/ops/tickets/acelera/1/que-pasaria").status_code == 400
    assert ops.get("/ops/tickets/acelera/1/que-pasaria").status_code == 405


def test_thousands_of_tickets_make_a_light_page(ops: FlaskClient, context: Context) -> None:
    for number in range(1, 1001):
        record(context, entry(number, agent_id=number % 40, words=["una palabra larga"] * 8))
    assert len(ops.get("/ops/").data) < 100_000
    assert "1000 tickets abiertos" in ops.get("/ops/").text


def test_failing_tickets_stand_on_top(ops: FlaskClient, context: Context) -> None:
    for _ in range(3):
        context.failures.add(TicketKey("acelera", 7), "TemporaryError 503", NOW)
    assert "TemporaryError 503" in ops.get("/ops/").text
    assert "fallado 3" in ops.get("/ops/tickets/acelera/7").text


def test_a_ticket_page_tells_reasons_clocks_effects_and_actions(ops: FlaskClient, context: Context) -> None:
    record(context, entry())
    context.wakeups.ring(TicketKey("acelera", 101), NOW.replace(hour=20))
    page = ops.get("/ops/tickets/acelera/101")
    assert page.status_code == 200
    text = " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ", strip=True).split())
    for words in (
        "Nivel URGENTE por la regla «urg-servicio-caido».",
        "Lunes 23, 10:00 + 24 h hábiles = martes 24, 10:00.",
        "Cambiar campos prioridad: 4 vence la respuesta: mar 24 nov, 10:00",
        "Primera mirada guardada: URGENTE, decidió regla urg-servicio-caido",
        "Nota con el nivel hecho lun 23 nov, 09:59 clave: nivel referencia: SMF-",
        "Próxima mirada lun 23 nov, 15:00 en 5 h",
        "4f2a9c1b7d3e",
    ):
        assert words in text
    assert 'href="https://acelera.freshdesk.com/a/tickets/101"' in page.text


def test_an_overdue_wake_up_is_told_as_now(ops: FlaskClient, context: Context) -> None:
    record(context, entry())
    context.wakeups.ring(TicketKey("acelera", 101), NOW)
    assert "ahora mismo" in ops.get("/ops/tickets/acelera/101").text


def test_the_button_rings_the_ticket(ops: FlaskClient, context: Context) -> None:
    key = TicketKey("acelera", 101)
    path = "/ops/tickets/acelera/101"
    answer = ops.post(f"{path}/recalcular", data={"csrf_token": csrf_token(ops, path)}, follow_redirects=True)
    assert context.wakeups.at(key) == NOW
    assert "Pedido anotado" in answer.text


@pytest.mark.parametrize("path", ["/ops/tickets/nobody/1/recalcular", "/ops/tickets/acelera/x/recalcular"])
def test_the_button_rings_no_ticket_that_cannot_be(ops: FlaskClient, context: Context, path: str) -> None:
    answer = ops.post(path, data={"csrf_token": csrf_token(ops, "/ops/")})
    assert answer.status_code == 404
    assert context.wakeups.overdue(NOW)[0] == 0


GO = {
    "number": ("acelera", "4711", "/ops/tickets/acelera/4711"),
    "with a hash": ("norte", " #12 ", "/ops/tickets/norte/12"),
    "not a number": ("acelera", "INC-1", "/ops/"),
    "empty": ("acelera", "", "/ops/"),
    "portal unknown": ("nobody", "1", "/ops/"),
    "too long": ("acelera", "9" * 5000, "/ops/"),
    "other digits": ("acelera", "٤٢", "/ops/"),
}


@pytest.mark.parametrize(("portal", "number", "aim"), GO.values(), ids=GO.keys())
def test_a_number_leads_to_its_ticket(ops: FlaskClient, portal: str, number: str, aim: str) -> None:
    answer = ops.get("/ops/ir", query_string={"portal": portal, "numero": number})
    assert (answer.status_code, answer.location) == (303, aim)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_shown_as_text(ops: FlaskClient, context: Context, attack: str) -> None:
    hostile = entry(
        level=attack,
        state=attack,
        decided_by=attack,
        words=[attack],
        flags=[attack],
        tags=[attack],
        reasons=[attack],
        rules_version=attack,
        wake_at=attack,
        due={"response": {"state": attack, "text": attack, "limit": attack}},
        actions=[{"kind": attack, attack: attack}],
        effects=[{"kind": attack, "key": attack, "state": attack, "at": attack}],
    )
    record(context, hostile)
    context.failures.add(TicketKey("acelera", 101), attack, NOW)
    for path in ("/ops/", "/ops/tickets/acelera/101"):
        page = ops.get(path)
        assert page.status_code == 200
        soup = BeautifulSoup(page.text, "html.parser")
        assert len(soup.select("script")) == page.text.count('src="/static/')
        assert not soup.select("img, [onerror]")
        assert "{{7*7}}" in page.text or "49" not in page.text


@pytest.mark.parametrize(
    "bare", [{}, {"due": None, "flags": None, "actions": None}, {"due": {"response": None}, "words": "x"}]
)
def test_an_entry_of_another_version_is_shown_with_dashes(
    ops: FlaskClient, context: Context, bare: dict[str, Any]
) -> None:
    context.journal.record(TicketKey("acelera", 5), {"portal": "acelera", "ticket_id": 5, **bare}, NOW)
    assert ops.get("/ops/").status_code == 200
    assert "—" in ops.get("/ops/tickets/acelera/5").text


def test_a_stop_is_shown_made_and_lifted_on_the_page(ops: FlaskClient, context: Context) -> None:
    assert "Escritura detenida" not in ops.get("/ops/").text
    held = TicketKey("acelera", 7)
    for path, stopped in (("detener", True), ("reanudar", False)):
        token = csrf_token(ops, "/ops/")
        answer = ops.post(f"/ops/escritura/{path}", data={"csrf_token": token})
        assert answer.status_code == 303
        assert (context.brakes.stopped() is not None) is stopped
        if stopped:
            context.brakes.hold(held)
            assert "nada se escribe en Freshdesk" in ops.get("/ops/").text
    assert context.wakeups.at(held) == NOW
    assert context.brakes.held() == set()


@pytest.mark.parametrize("path", ["detener", "reanudar"])
def test_nobody_else_stops_or_resumes(
    client: FlaskClient, ops: FlaskClient, context: Context, path: str
) -> None:
    assert ops.post(f"/ops/escritura/{path}").status_code == 400, "without the page's own token"
    ops.post("/ops/salir", data={"csrf_token": csrf_token(ops, "/ops/")})
    assert client.post(f"/ops/escritura/{path}").status_code in {302, 303, 400, 401}
    assert context.brakes.stopped() is None
