"""Can people hold the service and let it go on, and retry what failed?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bot.domain.ticket import TicketKey
from bot.engine.presence import Presence
from bot.store.breaker import Breaker
from bot.store.budget import Budget, Said
from tests.browser.conftest import check_everywhere
from tests.world import PORTAL, World


@pytest.fixture
def world(world: World) -> World:
    """Give a world with processes, a budget, and two tickets that keep failing."""
    world.with_context(budget=Budget(world.redis), breaker=Breaker(world.redis))
    for kind in ("web", "clock", "worker", "worker"):
        Presence(world.ctx, kind).report()
    spent = world.ctx.budget.spend(PORTAL, 1, "tickets", 40)  # type: ignore[union-attr, arg-type]
    world.ctx.budget.settle(PORTAL, spent, Said(700, 610, 1))  # type: ignore[union-attr, arg-type]
    world.ctx.facts.keep_last_sweep(PORTAL, world.clock.now)
    world.ctx.failures.add(TicketKey(PORTAL, 7), "TemporaryError 503", world.clock.now)
    world.ctx.failures.quarantine(TicketKey(PORTAL, 8), "PermanentError 400 due_by:bad", world.clock.now)
    return world


def test_stop_confirm_resume_by_keyboard(page: Page, world: World) -> None:
    page.get_by_role("link", name="Sistema").click()
    check_everywhere(page, "sistema")
    page.get_by_text("Detener toda escritura…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Detener ahora").click()
    assert world.ctx.brakes.stopped() is None, "the box is not ticked"
    page.get_by_label("Sí, quiero detener toda escritura").check()
    page.get_by_role("button", name="Detener ahora").click()
    expect(page.get_by_text("Escritura detenida")).to_be_visible()
    assert world.ctx.brakes.stopped() is not None
    check_everywhere(page, "sistema-detenido")
    page.get_by_role("button", name="Reanudar la escritura").click()
    expect(page.get_by_text("La escritura continúa")).to_be_visible()
    assert world.ctx.brakes.stopped() is None
    expect(page.get_by_role("cell", name="Reanudó la escritura")).to_be_visible()


def test_retry_one_and_all(page: Page, world: World) -> None:
    page.goto("/ops/sistema")
    page.get_by_role("button", name="Reintentar acelera #8").click()
    expect(page.get_by_text("el bot mirará el ticket acelera #8")).to_be_visible()
    assert world.ctx.wakeups.at(TicketKey(PORTAL, 8)) == world.clock.now
    page.get_by_role("button", name="Reintentar todos").click()
    expect(page.get_by_text("Todos los tickets se pudieron atender")).to_be_visible()
    assert list(world.ctx.failures.all()) == []


def test_the_doctor_on_request(page: Page) -> None:
    page.goto("/ops/sistema")
    page.get_by_role("button", name="Revisar ahora").click()
    expect(page.get_by_text("the key works")).to_be_visible()
    check_everywhere(page, "sistema-diagnostico")
