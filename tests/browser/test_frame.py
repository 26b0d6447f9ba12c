"""Do people find their way in and around, by keyboard too, on any screen?"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, check_everywhere, log_in
from tests.world import World


def test_the_password_leads_in_and_the_button_out(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/ops/")
    check_everywhere(page, "entrar")
    page.get_by_label("Clave").fill("no es esta")
    page.get_by_label("Clave").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Esa clave no es")


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
    check_everywhere(page, "ticket")
