"""Do people change, try, publish and take back rules on the pages?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from redis import Redis

from bot.domain.ticket import TicketKey
from bot.store.rule_versions import Origin, Publication, RuleVersions
from bot.store.rulebook import Rulebook, load_folder, publish
from tests.browser.conftest import check_everywhere, keep, log_in
from tests.rule_files import ADDED, folder_with
from tests.world import MONDAY, PORTAL, World

EDITOR = f"/ops/reglas/editor?archivo={ADDED}"


@pytest.fixture
def versions(world: World, redis: Redis, tmp_path: Path) -> RuleVersions:
    """Publish one small rule, which looks for «uno», and have the world follow what is published."""
    kept = RuleVersions(redis)
    loaded = load_folder(folder_with(tmp_path / "rules", "uno"))
    publish(
        kept, loaded.files, Publication(loaded.policy.version, MONDAY, "ana", Origin.FOLDER, "las primeras")
    )
    world.with_context(rulebook=Rulebook(loaded, kept))
    return kept


def replace_text(page: Page, old: str, new: str) -> None:
    """Select a word of the editor and type another over it."""
    page.get_by_role("textbox", name=f"Texto de {ADDED}").click()
    page.keyboard.press("Control+f")
    page.get_by_placeholder("Buscar").press_sequentially(old)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.type(new)


def test_a_change_goes_from_the_editor_to_the_rules_in_force(
    versions: RuleVersions, world: World, page: Page
) -> None:
    page.goto("/ops/reglas/")
    page.get_by_role("link", name="Aparece la palabra uno").click()
    expect(page.locator("#problemas")).to_contain_text("Sin problemas")
    replace_text(page, "PREFERENTE", "URGENT")
    expect(page.locator("#problemas")).to_contain_text("Línea 7")
    check_everywhere(page, "editor-error")
    page.keyboard.type("E")
    expect(page.locator("#problemas")).to_contain_text("Sin problemas")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").first).to_contain_text("Borrador guardado")
    page.get_by_role("link", name="Revisar y publicar").click()
    page.get_by_role("button", name="Comprobar todo").click()
    expect(page.locator("#comprobacion")).to_contain_text("Todo en orden")
    check_everywhere(page, "borrador-cambiado")
    page.get_by_label("Por qué cambia las reglas").fill("uno es urgente")
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_role("status")).to_contain_text("Publicado")
    check_everywhere(page, "historial-dos")
    ticket = world.open("Consulta", "Vi un uno.")
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 4
    newest = versions.history()[0]
    assert (newest.author, newest.origin, newest.note) == ("operaciones", Origin.PAGE, "uno es urgente")


def test_an_earlier_version_comes_back(versions: RuleVersions, tmp_path: Path, page: Page) -> None:
    first = versions.active()
    other = load_folder(folder_with(tmp_path / "other", "dos"))
    publish(versions, other.files, Publication(other.policy.version, MONDAY, "eva", Origin.FOLDER, "dos"))
    page.goto("/ops/reglas/historial")
    page.get_by_role("link", name=(first or "")[:12], exact=True).click()
    check_everywhere(page, "version")
    page.get_by_label("Por qué vuelve").fill("dos no servía")
    page.get_by_role("button", name="Volver a esta versión").click()
    expect(page.get_by_role("status")).to_contain_text("Vale otra vez")
    assert versions.active() == first


def test_what_others_published_meanwhile_loses_nothing(
    versions: RuleVersions, world: World, tmp_path: Path, page: Page
) -> None:
    page.goto(EDITOR)
    replace_text(page, "PREFERENTE", "URGENTE")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_role("status").first).to_contain_text("Borrador guardado")
    other = load_folder(folder_with(tmp_path / "other", "dos"))
    publish(versions, other.files, Publication(other.policy.version, MONDAY, "eva", Origin.FOLDER, "dos"))
    world.ctx.rulebook.look(at_once=True)  # as the service does within a second
    page.goto("/ops/reglas/borrador")
    expect(page.get_by_text("eva publicó")).to_be_visible()
    expect(page.get_by_role("button", name="Publicar")).to_be_disabled()
    check_everywhere(page, "borrador-adelantado")
    page.get_by_label("Mi archivo, sin los cambios de ellos").check()
    page.get_by_role("button", name="Pasar mi borrador").click()
    page.get_by_label("Por qué cambia las reglas").fill("los dos")
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_role("status")).to_contain_text("Publicado")
    assert b"URGENTE" in (versions.files(versions.active() or "") or {})[ADDED]


def test_the_bench_shows_both_rules_side_by_side(versions: RuleVersions, world: World, page: Page) -> None:
    ticket = world.open("Otra cosa <script>alert(1)</script>", "Hola, llegó <b>uno</b> y no sé qué hacer.")
    page.goto(EDITOR)
    replace_text(page, "PREFERENTE", "URGENTE")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_role("status").first).to_contain_text("Borrador guardado")
    page.goto("/ops/reglas/banco")
    page.get_by_label("Asunto").fill("Consulta")
    page.get_by_label("Texto").fill("Vi un uno & <i>nada</i> más.")
    page.get_by_role("button", name="Probar").click()
    live, draft = (
        page.get_by_role("region", name="Reglas en uso"),
        page.get_by_role("region", name="Su borrador"),
    )
    expect(live.locator(".result")).to_contain_text("PREFERENTE")
    expect(draft.locator(".result")).to_contain_text("URGENTE")
    expect(draft.locator("mark")).to_have_text("uno")
    check_everywhere(page, "banco-texto")
    page.get_by_label("Números").fill(f"#{ticket}, 999999")
    page.get_by_role("button", name="Probar").click()
    expect(page.get_by_role("alert")).to_contain_text("no hay un ticket")
    expect(page.get_by_role("link", name=f"{PORTAL} #{ticket}")).to_be_visible()
    assert page.locator(".side script").count() == 0


def test_a_trial_runs_beside_and_its_changes_are_applied_on_demand(
    versions: RuleVersions, world: World, tmp_path: Path, page: Page
) -> None:
    ticket, same = world.open("Consulta", "Vi un uno."), world.open("Consulta", "Gracias por todo.")
    world.settle(ticket, same)
    page.goto(EDITOR)
    replace_text(page, "PREFERENTE", "URGENTE")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_role("status").first).to_contain_text("Borrador guardado")
    page.goto("/ops/reglas/ensayo")
    past = page.locator("form", has=page.get_by_role("heading", name="Su borrador sobre tickets pasados"))
    lines = "".join(
        f'{{"id": {n}, "portal": "{PORTAL}", "subject": "", "body": "{text}"}}\n'
        for n, text in ((ticket, "un uno"), (same, "nada"))
    )
    past.locator("input[type=file]").set_input_files(
        {"name": "t.jsonl", "mimeType": "application/json", "buffer": lines.encode()}
    )
    past.get_by_role("button", name="Ensayar").click()
    keep(page, "ensayo-en-marcha")
    finished(page)
    expect(page.locator(".changes tbody tr")).to_have_count(1)
    expect(page.locator(".changes")).to_contain_text(f"{PORTAL} #{ticket}")
    check_everywhere(page, "ensayo-pasados")
    page.goto("/ops/reglas/borrador")
    page.get_by_label("Por qué cambia las reglas").fill("uno es urgente")
    page.get_by_role("button", name="Publicar").click()
    page.goto("/ops/reglas/ensayo")
    page.get_by_role("button", name="Mirar tickets abiertos").click()
    finished(page)
    check_everywhere(page, "ensayo-abiertos")
    world.settle(ticket)
    assert world.ticket(ticket)["priority"] == 2, "publishing alone re-levels nothing"
    page.get_by_role("button", name="Aplicar a 1 ticket").click()
    finished(page)
    world.settle(ticket, same)
    assert world.ticket(ticket)["priority"] == 4
    assert world.ctx.ledger.read(TicketKey(PORTAL, same)).decision is not None


def finished(page: Page) -> None:
    """Wait until the trial is over, as live.js shows it, and read the page anew."""
    expect(page.locator("#ensayo .pill").first).to_have_text("terminado", timeout=60_000)
    page.reload()


@pytest.mark.parametrize("path", ["", "editor", "borrador", "banco", "ensayo", "sin-regla", "historial"])
def test_every_page_is_sound_when_there_is_nothing_to_show(
    versions: RuleVersions, page: Page, path: str
) -> None:
    page.goto(f"/ops/reglas/{path}")
    expect(page.locator(".tabs [aria-current]")).to_have_count(1)
    check_everywhere(page, f"reglas-{path or 'lista'}")


def test_the_editor_works_without_script(versions: RuleVersions, visit: Callable[..., Page]) -> None:
    page = log_in(visit(java_script_enabled=False), "/ops/")
    page.goto(EDITOR)
    area = page.get_by_label(ADDED)
    area.fill(area.input_value().replace("PREFERENTE", "URGENT"))
    page.get_by_role("button", name="Comprobar").click()
    expect(page.locator("#problemas")).to_contain_text(re.compile(f"{ADDED}:7"))
    area.fill(area.input_value().replace("URGENT", "URGENTE"))
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_role("status")).to_contain_text("Borrador guardado")


def test_the_editor_proposes_keys_values_and_lists(versions: RuleVersions, page: Page) -> None:
    page.goto(EDITOR)
    replace_text(page, "PREFERENTE", "PR")
    page.keyboard.press("Control+Space")
    proposals = page.get_by_role("option")
    expect(proposals.filter(has_text="PREFERENTE")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#problemas")).to_contain_text("Sin problemas")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("ign")
    expect(proposals.filter(has_text="ignora_filtros")).to_be_visible()
    keep(page, "editor-propuestas")


def test_the_editor_page_weighs_little(versions: RuleVersions, page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(EDITOR)
    expect(page.locator("#problemas")).to_contain_text("Sin problemas")
    assert 100_000 < sum(sizes) < 150 * 1024
