"""What does the calendar page show, and how does a day of one's own come into the draft?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from redis import Redis

from bot.policy.calendar_edit import OwnDayText, with_day
from bot.policy.model import policy_from
from bot.store.drafts import Drafts
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import Rulebook, load_folder, publish
from bot.web import create_app
from bot.web.calendar_month import month_asked
from tests.browser.site import PASSWORD, settings_for
from tests.rule_files import folder_with
from tests.world import MONDAY, World

from .conftest import csrf_token, log_in

PAGE = "/ops/calendario"
EVE = {"fecha": "2026-12-24", "motivo": "Nochebuena", "tipo": "horario", "horario": "09:00-13:00"}
NAME = "calendario.yaml"


@pytest.fixture
def world(world: World, redis: Redis, tmp_path: Path) -> World:
    """Give a world whose small rules are published."""
    loaded, kept = load_folder(folder_with(tmp_path / "rules", "uno")), RuleVersions(redis)
    publish(kept, loaded.files, Publication(loaded.policy.version, MONDAY, "ana", Origin.FOLDER))
    world.with_context(rulebook=Rulebook(loaded, kept))
    return world


@pytest.fixture
def pages(world: World, redis: Redis) -> FlaskClient:
    client = create_app(settings_for(redis, world.server.url), world.ctx).test_client()
    log_in(client, PASSWORD)
    return client


def days(client: FlaskClient, month: str) -> dict[int, tuple[str, str]]:
    """Return the days of a month: class and words."""
    soup = BeautifulSoup(client.get(f"{PAGE}?mes={month}").text, "html.parser")
    cells = [cell for cell in soup.select("td.day") if "out" not in cell["class"]]
    return {
        int(cell.find("time").get_text()): (  # type: ignore[union-attr]
            cell["class"][1],
            " ".join(cell.get_text(" ").split()[1:]),
        )
        for cell in cells
    }


def draft_of(redis: Redis) -> str:
    found = Drafts(redis).read("operaciones")
    return "" if found is None else found.files.get(NAME) or ""


def test_a_month_names_holidays_weekends_and_hours(pages: FlaskClient) -> None:
    december = days(pages, "2026-12")
    assert len(december) == 31
    assert december[8] == ("holiday", "Inmaculada Concepción")
    assert december[25][0] == "holiday"
    assert december[5] == ("closed", "cerrado")
    assert december[7] == ("open", "09:00–18:00")
    assert len(days(pages, "2028-02")) == 29


def test_today_is_marked_and_months_lead_on(pages: FlaskClient) -> None:
    page = pages.get(PAGE).text
    soup = BeautifulSoup(page, "html.parser")
    assert soup.select("td[aria-current=date] time")[0].get_text() == "23"
    assert soup.find(id="t-mes").get_text() == "Noviembre de 2026"  # type: ignore[union-attr]
    linked = [str(link["href"]).split("mes=")[1][:7] for link in soup.select("a[rel]")]
    assert linked == ["2026-10", "2026-12"]


@pytest.mark.parametrize("text", ["", "2026-13", "x", "9999-99", "0001-01", "<b>"])
def test_a_month_that_is_none_is_this_one(pages: FlaskClient, text: str) -> None:
    assert month_asked(text, date(2026, 11, 23)) == date(2026, 11, 1)
    assert "Noviembre de 2026" in pages.get(PAGE, query_string={"mes": text}).text


def test_looking_ahead_changes_nothing(pages: FlaskClient, redis: Redis) -> None:
    page = pages.get(f"{PAGE}/ensayo", query_string=EVE)
    assert page.status_code == 200
    assert "Nochebuena" in page.text
    assert "+    - {fecha: &#34;2026-12-24&#34;" in page.text
    assert draft_of(redis) == ""


def test_a_day_goes_into_the_draft_and_from_there_into_force(
    pages: FlaskClient, world: World, redis: Redis
) -> None:
    token = csrf_token(pages, PAGE)
    answer = pages.post(f"{PAGE}/agregar", data={"csrf_token": token, **EVE})
    assert (answer.status_code, answer.location) == (303, "/ops/reglas/borrador")
    assert '- {fecha: "2026-12-24", motivo: "Nochebuena", horario: ["09:00-13:00"]}' in draft_of(redis)
    assert days(pages, "2026-12")[24][1] == "09:00–18:00 en su borrador: Nochebuena (09:00–13:00)"
    revision = Drafts(redis).read("operaciones").revision  # type: ignore[union-attr]
    form = {"csrf_token": token, "revision": revision, "nota": "fin de año"}
    assert pages.post("/ops/reglas/borrador/publicar", data=form).status_code == 303
    assert days(pages, "2026-12")[24] == ("own-hours", "Nochebuena, 09:00–13:00")
    act = next(iter(world.ctx.audit.latest()))
    version = world.ctx.rulebook.versions.active()  # type: ignore[union-attr]
    assert (act.action, act.target) == ("rules_draft.publish", str(version)[:12])


def test_a_day_is_taken_out_by_the_draft_too(pages: FlaskClient, world: World, redis: Redis) -> None:
    files = dict(world.ctx.rulebook.held.files)
    files[NAME] = with_day(NAME, files[NAME], "predeterminado", OwnDayText(date(2026, 12, 24), "Inventario"))
    publish_files(world, files)
    assert days(pages, "2026-12")[24] == ("own-closed", "Inventario")
    token = csrf_token(pages, f"{PAGE}?mes=2026-12")
    answer = pages.post(f"{PAGE}/quitar", data={"csrf_token": token, "fecha": "2026-12-24"})
    assert answer.status_code == 303
    assert "Inventario" not in draft_of(redis)
    assert "en su borrador: Atención normal (09:00–18:00)" in days(pages, "2026-12")[24][1]


def publish_files(world: World, files: dict[str, bytes]) -> None:
    policy, problems = policy_from(files)
    assert policy is not None, problems
    kept = world.ctx.rulebook.versions
    assert kept is not None
    publish(kept, files, Publication(policy.version, MONDAY, "ana", Origin.FOLDER))
    world.ctx.rulebook.look(at_once=True)


BAD = {
    "no date": ({"fecha": ""}, "Elija la fecha"),
    "no such date": ({"fecha": "2026-02-30"}, "Elija la fecha"),
    "no reason": ({"motivo": "  "}, "Escriba el motivo"),
    "a long reason": ({"motivo": "x" * 81}, "81 letras y caben 80"),
    "no hours": ({"horario": ""}, "Escriba el horario de ese día"),
    "hours that are none": ({"horario": "9 a 1"}, "«9 a 1» no es un horario"),
    "hours that cross": ({"horario": "09:00-13:00, 12:00-15:00"}, "van en orden"),
}


@pytest.mark.parametrize(("changes", "said"), BAD.values(), ids=BAD.keys())
def test_what_makes_no_sense_is_explained_and_what_was_typed_stays(
    pages: FlaskClient, redis: Redis, changes: dict[str, str], said: str
) -> None:
    asked = {**EVE, **changes}
    page = pages.get(f"{PAGE}/ensayo", query_string=asked)
    assert (page.status_code, said in page.text) == (422, True)
    kept = BeautifulSoup(page.text, "html.parser").find(id="motivo")
    assert kept is not None
    assert kept["value"] == asked["motivo"]
    token = csrf_token(pages, PAGE)
    assert pages.post(f"{PAGE}/agregar", data={"csrf_token": token, **asked}).status_code == 422
    assert draft_of(redis) == ""


def test_hostile_reasons_are_text_everywhere(pages: FlaskClient, redis: Redis) -> None:
    asked = {**EVE, "motivo": '"}]<script>alert(1)</script>\n{{7*7}}: #x'}
    page = pages.get(f"{PAGE}/ensayo", query_string=asked)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    token = csrf_token(pages, PAGE)
    assert pages.post(f"{PAGE}/agregar", data={"csrf_token": token, **asked}).status_code == 303
    assert "en su borrador" in days(pages, "2026-12")[24][1]


def test_nobody_else_can(world: World, redis: Redis) -> None:
    client = create_app(settings_for(redis, world.server.url), world.ctx).test_client()
    assert client.get(PAGE).status_code == 303
    assert client.post(f"{PAGE}/agregar", data=EVE).status_code in {303, 400}
    assert draft_of(redis) == ""
