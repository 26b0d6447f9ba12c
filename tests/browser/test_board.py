"""Does the board show what is open, and follow it without being loaded again?"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from bot.engine.glimpse import LIFE
from bot.simulator.seed import LUCIA_ID
from tests.browser.conftest import PHONE, check_everywhere, keep, log_in
from tests.world import World

DOWN = {"subject": "CRM caído", "text": "Nadie puede entrar al CRM, está caído para todos."}
QUESTION = {"subject": "Consulta", "text": "¿Cómo exporto la lista de contactos?"}


def busy_desk(world: World) -> list[int]:
    """Give the desk tickets in every standing: late, nearly so, waiting for its customer, in time."""
    late = world.open(**DOWN, company="Norte SAC")
    world.settle(late)
    world.clock.move(hours=20)
    soon = world.open("Error al facturar", "El botón de facturar da error y no podemos emitir.")
    world.settle(soon)
    world.clock.move(hours=5)
    waits = world.open("Reporte lento", "El reporte de ventas demora mucho en abrir.", company="Norte SAC")
    world.settle(waits)
    world.control(
        "POST", f"tickets/{waits}/reply", {"as": "agent", "agent_id": LUCIA_ID, "text": "¿Desde cuándo?"}
    )
    world.as_agent(waits, status=3)
    fresh = world.open(**QUESTION, email="rosa@sur.example")
    tickets = [late, soon, waits, fresh]
    world.settle(*tickets)
    return tickets


def test_the_board_tells_all_of_a_busy_desk(world: World, page: Page) -> None:
    late, *_ = busy_desk(world)
    page.reload()
    row = page.locator(f"#t-acelera-{late}")
    expect(row).to_contain_text("Vencido")
    expect(row).to_contain_text(DOWN["subject"])
    expect(row).to_contain_text("Norte SAC")
    expect(page.locator(".board tbody tr").first).to_have_id(f"t-acelera-{late}")
    expect(page.locator(".board").get_by_text("espera al cliente")).to_be_visible()
    check_everywhere(page, "tablero")


def test_the_board_follows_without_losing_the_place(world: World, page: Page) -> None:
    first = world.open(**QUESTION)
    world.settle(first)
    page.reload()
    link = page.locator(f"#t-acelera-{first}").get_by_role("link")
    link.focus()
    second = world.open(**DOWN)
    world.settle(second)
    page.locator("#tabla").dispatch_event("semaforo:refresh")
    expect(page.locator(f"#t-acelera-{second}")).to_be_visible()
    expect(page.locator(".board tbody tr").first).to_have_id(f"t-acelera-{second}")
    expect(link).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="2 tickets abiertos")).to_be_visible()
    world.as_agent(second, priority=1)
    world.settle(second)
    page.locator("#tabla").dispatch_event("semaforo:refresh")
    expect(page.locator(".board tbody tr").first).to_have_id(f"t-acelera-{first}")
    expect(link).to_be_focused()
    world.as_agent(second, status=5)
    world.settle(second)
    page.locator("#tabla").dispatch_event("semaforo:refresh")
    expect(page.locator(f"#t-acelera-{second}")).to_have_count(0)


def test_a_refresh_leaves_selected_words_and_read_subjects_alone(world: World, page: Page) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    page.reload()
    subject = page.locator(f'[data-subject="acelera:{ticket}"]')
    expect(subject).to_have_text(DOWN["subject"])
    subject.select_text()
    world.clock.move(seconds=LIFE.total_seconds() + 1)  # the server has forgotten the subject
    world.settle(world.open(**QUESTION))
    page.locator("#tabla").dispatch_event("semaforo:refresh")
    expect(page.locator(".board tbody tr")).to_have_count(2)
    assert page.evaluate("getSelection().toString()") == DOWN["subject"]


def test_filters_live_in_the_address(world: World, page: Page) -> None:
    world.settle(world.open(**DOWN), world.open(**QUESTION))
    page.reload()
    page.get_by_role("navigation", name="Niveles").get_by_role("link", name="URGENTE").click()
    expect(page).to_have_url(f"{page.url.split('?')[0]}?nivel=URGENTE")
    expect(page.locator(".board tbody tr")).to_have_count(1)
    page.get_by_label("Estado").select_option("En pausa")
    expect(page.get_by_text("Ningún ticket cumple")).to_be_visible()
    page.get_by_role("link", name="Quitar los filtros").click()
    expect(page.locator(".board tbody tr")).to_have_count(2)


def test_the_board_is_whole_without_script(world: World, visit: Callable[..., Page]) -> None:
    ticket = world.open(**DOWN)
    world.settle(ticket)
    page = log_in(visit(java_script_enabled=False, viewport=PHONE))
    expect(page.locator(f"#t-acelera-{ticket}")).to_contain_text("URGENTE")
    keep(page, "tablero-sin-script-360")
