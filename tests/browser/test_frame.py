"""Do people find their way in and around, by keyboard too, on any screen?"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, check_everywhere, flaws, log_in
from tests.world import World


def test_the_password_leads_to_the_page_that_was_asked_for(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/ops/tickets/acelera/1")
    check_everywhere(page, "entrar")
    log_in(page, "/ops/tickets/acelera/1")
    expect(page).to_have_url(re.compile("/ops/tickets/acelera/1$"))


def test_a_wrong_password_is_told_where_it_was_typed(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/ops/")
    page.get_by_label("Clave").fill("no es esta")
    page.get_by_label("Clave").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Esa clave no es")
    expect(page.get_by_label("Clave")).to_have_accessible_description(re.compile("Esa clave no es"))
    assert flaws(page) == []


def test_the_frame_is_sound_everywhere(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Tablero")
    check_everywhere(page, "tablero-vacio")
    page.get_by_role("button", name="Salir").click()
    expect(page.get_by_label("Clave")).to_be_visible()


def test_the_first_tab_stop_jumps_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenido")).to_be_focused()


def test_a_number_leads_to_its_ticket_on_a_phone(visit: Callable[..., Page], world: World) -> None:
    ticket = world.open("CRM caído", "No podemos entrar al CRM, está caído para todos.")
    world.settle(ticket)
    page = log_in(visit(viewport=PHONE))
    page.get_by_label("Número de ticket").fill(str(ticket))
    page.get_by_label("Número de ticket").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"#{ticket}")
