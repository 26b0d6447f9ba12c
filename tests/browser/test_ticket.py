"""Does the page of a ticket tell the whole story, and do its buttons only ring and look?"""

from __future__ import annotations

from playwright.sync_api import Page, expect

from bot.domain.ticket import TicketKey
from bot.simulator.seed import LUCIA_ID
from tests.browser.conftest import check_everywhere
from tests.world import PORTAL, World

STORY = """Buenos días. El CRM está caído y nadie de la empresa puede entrar.

La factura no está vencida, por si acaso. <script>alert(1)</script>"""


def told_ticket(world: World) -> int:
    """Open a ticket that a person re-levels after the first look, and then waits for its customer."""
    ticket = world.open("CRM caído", STORY, company="Norte SAC")
    world.settle(ticket)
    world.clock.move(hours=1)
    world.as_agent(ticket, priority=3)
    world.settle(ticket)
    world.clock.move(hours=1)
    answer = {"as": "agent", "agent_id": LUCIA_ID, "text": "¿Desde qué hora?"}
    world.control("POST", f"tickets/{ticket}/reply", answer)
    world.as_agent(ticket, status=3)
    world.settle(ticket)
    return ticket


def test_the_page_tells_the_whole_story(world: World, page: Page) -> None:
    ticket = told_ticket(world)
    page.goto(f"/ops/tickets/{PORTAL}/{ticket}")
    text = page.get_by_role("group", name="Texto del ticket")
    expect(text).to_contain_text("<script>alert(1)</script>")
    expect(text.locator("mark.deciding").first).to_be_visible()
    expect(page.get_by_text("Una persona cambió el nivel: URGENTE → IMPORTANTE")).to_be_visible()
    history = page.locator(".looks > li")
    expect(history.last).to_contain_text("Primera mirada guardada: URGENTE")
    expect(history.first).to_contain_text("Ahora espera al cliente")
    page.locator(".looks summary").first.press("Enter")
    check_everywhere(page, "ticket-historia")


def test_looking_writes_nothing_and_says_what_would_happen(world: World, page: Page) -> None:
    ticket = world.open("CRM caído", STORY)
    world.settle(ticket)
    world.as_agent(ticket, priority=1)
    before = world.ticket(ticket)
    page.goto(f"/ops/tickets/{PORTAL}/{ticket}")
    page.get_by_role("button", name="¿Qué pasaría ahora?").click()
    outcome = page.get_by_role("region", name="Qué pasaría ahora")
    expect(outcome).to_contain_text("NORMAL")
    expect(outcome).to_contain_text("Escribir nota privada")
    check_everywhere(page, "ticket-que-pasaria")
    assert world.ticket(ticket) == before


def test_the_button_rings_and_the_page_follows(world: World, page: Page) -> None:
    ticket = world.open("CRM caído", STORY)
    page.goto(f"/ops/tickets/{PORTAL}/{ticket}")
    expect(page.get_by_text("El bot no tiene anotado este ticket")).to_be_visible()
    check_everywhere(page, "ticket-desconocido")
    page.get_by_role("button", name="Recalcular ahora").click()
    expect(page.get_by_role("status").filter(has_text="Pedido anotado")).to_be_visible()
    assert world.ctx.wakeups.at(TicketKey(PORTAL, ticket)) == world.clock.now
    world.settle()
    page.locator("#ticket").dispatch_event("semaforo:refresh")
    expect(page.get_by_text("🔴 URGENTE").first).to_be_visible()


def test_the_page_is_useful_while_freshdesk_is_away(world: World, page: Page) -> None:
    ticket = world.open("CRM caído", STORY)
    world.settle(ticket)
    world.control("PUT", "faults", {"error_500": 1.0})
    page.goto(f"/ops/tickets/{PORTAL}/{ticket}")
    expect(page.get_by_text("Freshdesk no respondió")).to_be_visible()
    expect(page.get_by_role("heading", name="Plazos")).to_be_visible()
    page.get_by_role("button", name="¿Qué pasaría ahora?").click()
    expect(page.get_by_role("alert")).to_contain_text("Freshdesk no respondió")
