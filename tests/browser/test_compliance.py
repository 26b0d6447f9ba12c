"""Does a manager find the answer, and take the report along?"""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.domain.level import Level
from bot.domain.plan import TimeSpent
from bot.domain.ticket import TicketKey
from bot.policy.report_outcome import Promise, TicketOutcome
from bot.policy.sla import ClockState
from tests.browser.conftest import check_everywhere
from tests.world import MONDAY, PORTAL, World

CLIENTS = ("Panadería Los Andes SAC", "Minera del Sur", "Clínica San Borja", "Textil Gamarra EIRL")


@pytest.fixture
def quarter(world: World) -> World:
    """Give twelve weeks of tickets of four clients, some late, some that wait."""
    chance = random.Random(7)
    names = [world.control("POST", "companies", {"name": name})["id"] for name in CLIENTS]
    for number in range(1, 241):
        late, closed = chance.random() < 0.06, chance.random() < 0.93
        created = MONDAY - timedelta(days=chance.randrange(84))
        kept = Promise(ClockState.BREACHED if late else ClockState.MET, created + timedelta(hours=24))
        solved = Promise(ClockState.MET if closed else ClockState.PAUSED, created + timedelta(days=7))
        hours = chance.randrange(1, 30)
        spent = TimeSpent(
            timedelta(hours=hours),
            {"cliente": timedelta(hours=chance.randrange(40)), "tercero": timedelta(hours=number % 5)},
            closed_at=created + timedelta(days=2) if closed else None,
        )
        level, company = chance.choice(list(Level)), chance.choice([*names, None])
        key = TicketKey(PORTAL, number)
        world.ctx.outcomes.keep(
            TicketOutcome(key, level, created, MONDAY, kept, solved, spent, int(late), company)
        )
    return world


def test_the_answer_stands_on_top_and_can_be_taken_along(page: Page, quarter: World, tmp_path: Path) -> None:
    page.get_by_role("navigation", name="Secciones").get_by_role("link", name="Cumplimiento").click()
    page.get_by_role("link", name="Últimas 12 semanas completas").click()
    expect(page.locator(".answer")).to_contain_text("respondimos a tiempo")
    expect(page.locator(".loading")).to_be_hidden()
    expect(page.get_by_role("rowheader", name=CLIENTS[0])).to_be_visible()
    check_everywhere(page, "cumplimiento")
    for form, words in (("CSV", "week,portal,company_id,level"), ("JSON", '"from": "2026-08-31"')):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=f"Descargar {form}").click()
        path = tmp_path / form
        waiting.value.save_as(path)
        assert words in path.read_text(encoding="utf-8")


def test_a_period_of_ones_own(page: Page, quarter: World) -> None:
    page.goto("/ops/cumplimiento")
    page.get_by_label("Emitidos desde").fill("2020-01-01")
    page.get_by_label("Hasta, incluido").fill("2020-01-31")
    page.get_by_role("button", name="Ver").last.click()
    expect(page.get_by_role("heading", name="Nada que contar en estas fechas")).to_be_visible()
    check_everywhere(page, "cumplimiento-vacio")
