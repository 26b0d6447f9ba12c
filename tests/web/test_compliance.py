"""What does the manager's page say, and are its downloads what `semaforo report` prints?"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient
from redis import Redis
from redis.exceptions import ConnectionError as Gone

from bot.cli import main
from bot.domain.level import Level
from bot.domain.plan import TimeSpent
from bot.domain.ticket import TicketKey
from bot.policy.report_outcome import Promise, TicketOutcome
from bot.policy.sla import ClockState
from bot.web import create_app
from bot.web.compliance_words import sentence
from bot.web.figures import percent
from tests.browser.site import PASSWORD, settings_for
from tests.conftest import RULES
from tests.store.everything import canaries_stored
from tests.world import MONDAY, PORTAL, World

from .conftest import log_in

WEEK = "?desde=2026-11-23&hasta=2026-11-29"
TWO_WEEKS = "?desde=2026-11-16&hasta=2026-11-29"
HOUR = timedelta(hours=1)


def outcome(number: int, **changes: object) -> TicketOutcome:
    """Return an URGENTE ticket of Monday, answered in time and closed after three hours."""
    plain = TicketOutcome(
        key=TicketKey(PORTAL, number),
        level=Level.URGENTE,
        created_at=MONDAY,
        looked_at=MONDAY + 3 * HOUR,
        response=Promise(ClockState.MET, MONDAY + 24 * HOUR),
        resolution=Promise(ClockState.MET, MONDAY + 168 * HOUR),
        spent=TimeSpent(HOUR, {"cliente": 2 * HOUR}, closed_at=MONDAY + 3 * HOUR),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


LATE = Promise(ClockState.BREACHED, MONDAY)


@pytest.fixture
def pages(world: World, redis: Redis) -> FlaskClient:
    client = create_app(settings_for(redis, world.server.url), world.ctx).test_client()
    log_in(client, PASSWORD)
    return client


def text_of(page: str, chosen: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").select(chosen)[0].get_text(" ").split())


def test_one_sentence_says_met_missed_and_whose_delay(pages: FlaskClient, world: World) -> None:
    for number in range(1, 4):
        world.ctx.outcomes.keep(outcome(number))
    world.ctx.outcomes.keep(outcome(4, response=LATE))
    page = pages.get(f"/ops/cumplimiento{WEEK}")
    assert page.status_code == 200
    assert text_of(page.text, ".answer") == (
        "De 4 tickets emitidos del 23 nov al 29 nov 2026, respondimos a tiempo 3 de 4 (75 %; 1 fuera de "
        "plazo) y resolvimos a tiempo 4 de 4 (100 %; ninguno fuera de plazo). Del tiempo útil en que "
        "estuvieron abiertos, el 33.3 % fue nuestro, "
        "el 66.7 % se esperó al cliente y el 0 % al fabricante o a otro."
    )
    assert len(page.data) < 150_000


def test_without_tickets_it_says_so_and_what_to_do(pages: FlaskClient) -> None:
    page = pages.get("/ops/cumplimiento")
    assert "No se emitió ningún ticket del 26 oct al 22 nov 2026." in page.text
    assert "período más largo" in page.text


def test_every_plot_says_in_words_what_it_shows(pages: FlaskClient, world: World) -> None:
    world.ctx.outcomes.keep(outcome(1))
    world.ctx.outcomes.keep(outcome(2, resolution=None, created_at=MONDAY - timedelta(days=7)))
    soup = BeautifulSoup(pages.get(f"/ops/cumplimiento{TWO_WEEKS}").text, "html.parser")
    plots = soup.select("svg.plot")
    assert len(plots) == 5
    for plot in plots:
        named = plot["aria-labelledby"]
        assert all(plot.find(id=one).get_text(strip=True) for one in str(named).split())  # type: ignore[union-attr]
    assert not soup.select("[style]")
    assert "16 nov 100 %; 23 nov 100 %" in soup.get_text()


def test_clients_are_named_live_and_numbered_without_freshdesk(pages: FlaskClient, world: World) -> None:
    ticket = world.open("Caído", "El CRM está caído.", company="Panadería <b>Ñandú</b>", email="p@n.example")
    world.settle(ticket)
    page = pages.get(f"/ops/cumplimiento{WEEK}").text
    assert "Panadería &lt;b&gt;Ñandú&lt;/b&gt;" in page
    assert canaries_stored(world.redis, ["Panadería"]) == {}


def test_without_freshdesk_clients_have_their_number(pages: FlaskClient, world: World) -> None:
    world.control("PUT", "faults", {"error_500": 1.0})
    world.ctx.outcomes.keep(outcome(1, company_id=4711))
    assert "Empresa n.º 4711" in pages.get(f"/ops/cumplimiento{WEEK}").text


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_download_is_what_the_command_prints(
    pages: FlaskClient, world: World, valkey_url: str, form: str
) -> None:
    world.ctx.outcomes.keep(outcome(1, company_id=9))
    world.ctx.outcomes.keep(outcome(2, level=Level.NORMAL, response=LATE))
    found = pages.get(f"/ops/cumplimiento/informe.{form}{WEEK}")
    assert found.headers["Content-Disposition"].endswith(f"cumplimiento-2026-11-23-2026-11-29.{form}")
    words = ["report", "--from", "2026-11-23", "--to", "2026-11-29", f"--{form}"]
    env = {
        "REDIS_URL": valkey_url,
        "RULES_DIR": str(RULES),
        "PORTAL_ACELERA_DOMAIN": "demo.freshdesk.com",
        "PORTAL_ACELERA_URL": world.server.url,
        "PORTAL_ACELERA_API_KEY": "sim-key",
        "PORTAL_ACELERA_WEBHOOK_SECRET": "secreto",
    }
    printed = CliRunner().invoke(main, words, env=env)
    assert printed.exit_code == 0, printed.output
    assert found.data == printed.stdout_bytes
    if form == "json":
        assert json.loads(found.text)["total"]["tickets"] == 2


BAD = {
    "one date": ("?desde=2026-11-23", "Elija las dos fechas"),
    "no date": ("?desde=ayer&hasta=hoy", "«ayer» no es una fecha"),
    "turned round": ("?desde=2026-11-29&hasta=2026-11-23", "es anterior a «desde»"),
    "too long": ("?desde=2000-01-01&hasta=2026-01-01", "más de dos años"),
    "portal": ("?portal=<script>", "No hay un portal «&lt;script&gt;»"),
}


@pytest.mark.parametrize(("query", "said"), BAD.values(), ids=BAD.keys())
def test_what_is_no_period_is_explained(pages: FlaskClient, query: str, said: str) -> None:
    page = pages.get(f"/ops/cumplimiento{query}")
    assert (page.status_code, said in page.text) == (200, True)
    assert pages.get(f"/ops/cumplimiento/informe.csv{query}").status_code == 400


def test_a_portal_by_itself(pages: FlaskClient, world: World) -> None:
    world.ctx.outcomes.keep(outcome(1))
    world.ctx.outcomes.keep(replace(outcome(1), key=TicketKey("otro", 1)))
    data = json.loads(pages.get(f"/ops/cumplimiento/informe.json{WEEK}&portal={PORTAL}").text)
    assert [one["portal"] for one in data["clients"]] == [PORTAL]


def test_nobody_else_sees_it(world: World, redis: Redis) -> None:
    client = create_app(settings_for(redis, world.server.url), world.ctx).test_client()
    for path in ("", "/informe.csv", "/informe.json"):
        answer = client.get(f"/ops/cumplimiento{path}")
        assert (answer.status_code, "/ops/entrar" in str(answer.location)) == (303, True)


def test_a_store_that_goes_away_meanwhile_is_told_on_the_page(
    pages: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: object) -> None:
        raise Gone("away")

    monkeypatch.setattr(type(world.ctx.outcomes), "all", gone)
    page = pages.get(f"/ops/cumplimiento{WEEK}").text
    assert "actualice la página" in page
    assert page.rstrip().endswith("</html>")


SHARES = {
    None: "—", 1.0: "100 %", 0.9999: "99.9 %", 0.974: "97.4 %", 0.75: "75 %", 0.0: "0 %", 0.33333: "33.3 %",
}  # fmt: skip


@pytest.mark.parametrize(("share", "text"), SHARES.items(), ids=str)
def test_shares_are_never_rounded_up_to_all(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_the_sentence_of_tickets_nobody_answered_yet() -> None:
    promise = {"met": 0, "missed": 0, "pending": 2, "met_share": None}
    part = {"hours": 0.0, "share": None}
    total = {
        "tickets": 2, "response": promise, "resolution": promise,
        "delay": {"ours": part, "client": part, "vendor": part},
    }  # fmt: skip
    said = sentence(total, "el 23 nov 2026")
    assert said.strip() == (
        "De 2 tickets emitidos el 23 nov 2026, todavía no respondimos ni se nos pasó ninguno y "
        "todavía no resolvimos ni se nos pasó ninguno."
    )
    assert not re.search(r"  |\bnan\b", said)


def test_days_are_those_of_the_portals_zone(pages: FlaskClient, world: World) -> None:
    world.clock.now = datetime(2026, 11, 23, 4, 59, tzinfo=UTC)
    assert "del 19 oct al 15 nov 2026" in pages.get("/ops/cumplimiento").text
