"""Do people see what a day of their own would move, and bring it into force?"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import Rulebook, load_folder
from tests.browser.conftest import check_everywhere
from tests.rule_files import folder_with
from tests.world import MONDAY, World


@pytest.fixture
def world(world: World, redis: Redis, tmp_path: Path) -> World:
    """Give small rules, published, and open tickets that count business days."""
    kept, loaded = RuleVersions(redis), load_folder(folder_with(tmp_path / "rules", "uno"))
    kept.publish(loaded.files, Publication(loaded.policy.version, MONDAY, "ana", Origin.FOLDER, "inicio"))
    world.with_context(rulebook=Rulebook(loaded, kept))
    tickets = [world.open("Consulta", "Quisiera el manual, gracias.") for _ in range(3)]
    world.settle(*tickets)
    return world


def test_a_day_is_tried_out_and_published(page: Page, world: World) -> None:
    page.get_by_role("link", name="Calendario").click()
    expect(page.get_by_role("heading", name="Noviembre de 2026")).to_be_visible()
    check_everywhere(page, "calendario")
    page.get_by_role("link", name="Mes siguiente").click()
    expect(page.get_by_role("cell", name="Inmaculada Concepción")).to_be_visible()
    page.get_by_label("Fecha").fill("2026-11-27")
    page.get_by_label("Motivo").fill("Inventario anual")
    page.get_by_role("button", name="Ver qué se mueve").click()
    expect(page.get_by_role("heading", name="3 tickets abiertos cambian de fecha")).to_be_visible()
    check_everywhere(page, "calendario-ensayo")
    page.get_by_role("button", name="Pasar a mi borrador").click()
    expect(page.get_by_role("status")).to_contain_text("guardado en su borrador")
    page.get_by_label("Por qué cambia las reglas").fill("inventario")
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_role("status")).to_contain_text("Publicado")
    page.goto("/ops/calendario?mes=2026-11")
    expect(page.get_by_role("cell", name="Inventario anual")).to_be_visible()
    check_everywhere(page, "calendario-con-dia")


def test_what_is_missing_is_said(page: Page, world: World) -> None:
    page.goto("/ops/calendario")
    page.get_by_label("Fecha").fill("2026-12-24")
    page.get_by_label("Motivo").fill("Nochebuena")
    page.get_by_label("Se atiende en otro horario").check()
    page.get_by_role("button", name="Ver qué se mueve").click()
    expect(page.get_by_role("alert")).to_contain_text("Escriba el horario de ese día")
    expect(page.get_by_label("Motivo")).to_have_value("Nochebuena")
