"""What browser tests stand on: one Chromium a test process, the real pages over a world, axe, screenshots."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from redis import Redis

from tests.browser.site import PASSWORD, Site, settings_for
from tests.world import World

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# No word to the outside: what a fresh profile would fetch is switched off.
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
FOLDER = Path(os.environ.get("SCREENSHOTS", "build/screenshots"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all browser tests in one test process, so that one browser is started."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium, or skip."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here; Debian and Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def site(world: World, redis: Redis) -> Iterator[Site]:
    """Serve the pages over the world's own context."""
    with Site(world.ctx, settings_for(redis, world.server.url)) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Give a way to open fresh pages, not logged in: `visit(viewport=PHONE, color_scheme="dark")`.

    A page that logs an error, or breaks the content security policy, fails its test.
    """
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(**options: object) -> Page:
        chosen = {"viewport": WIDE, "base_url": site.url, "locale": "es-PE", **options}
        context = browser.new_context(**chosen)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_breach(said.text) else None)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """Give a page that has logged in and shows the board."""
    return log_in(visit())


def log_in(page: Page, path: str = "/ops/") -> Page:
    """Come in by the password and end on a page of ours."""
    page.goto(path)
    page.get_by_label("Clave").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_load_state()
    return page


def flaws(page: Page) -> list[str]:
    """Return what axe finds wrong on a page as it stands, each with its first place; [] is what we want."""
    found = Axe().run(page, options={"runOnly": list(RULES), "resultTypes": ["violations"]}).response
    return [f"{one['id']}: {one['help']} — {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window; 0 is what we want."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def check_everywhere(page: Page, name: str) -> None:
    """Check a page as it stands: axe, wide in the dark and light on a phone, and no sideways scrolling.

    Leaves NAME-1280, NAME-360 and NAME-dark under the folder of SCREENSHOTS, build/screenshots by default.
    """
    for shape, viewport, scheme in (("dark", WIDE, "dark"), ("360", PHONE, "light"), ("1280", WIDE, "light")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        keep(page, f"{name}-{shape}")
        assert overflow(page) == 0, f"{name} {shape}"
        if (viewport, scheme) != (
            WIDE,
            "light",
        ):  # slow; both were seen by then
            assert flaws(page) == [], f"{name} {shape}"


def keep(page: Page, name: str) -> None:
    """Keep a screenshot of the whole page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


def _is_breach(text: str) -> bool:
    return bool(re.search(r"Content Security Policy|SyntaxError|TypeError|ReferenceError", text))
