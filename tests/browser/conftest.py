"""A browser at a dashboard: Debian's Chromium by Playwright, against recorded answers or the server at ``RELANCE_TEST_URL``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from relance.web.dashboard.routes import STATIC
from tests.browser.server import Recorded

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("RELANCE_SHOTS", "")  # a folder: pages are pictured there, for people to look at

expect.set_options(timeout=20_000)  # ms; the machine may be busy with other tests

Scheme = Literal["light", "dark"]
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One after the other: while a browser is driven, no test of the same process may run an event loop."""
    for item in items:
        if "tests/browser" in item.nodeid and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def recorded() -> Iterator[Recorded]:
    """The dashboard with recorded answers behind it."""
    if not (STATIC / "index.html").exists():
        pytest.fail("The dashboard has not been built: run `npm ci && npm run build` in dashboard/.")
    server = Recorded()
    yield server
    server.stop()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, recorded: Recorded) -> Iterator[OpenPage]:
    """Opens an address signed in (unless told otherwise), in a scheme, width and language; fails on any error in the console."""
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def open_(path: str, *, scheme: Scheme = "light", width: int = 1320, language: str = "en-GB", signed_in: bool = True) -> Page:
        server = request.getfixturevalue("own") if "own" in request.fixturenames else recorded
        context = browser.new_context(
            base_url=server.url,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            locale=language,
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )
        if signed_in:
            context.add_cookies([{"name": "relance_session", "value": "recorded", "url": server.url}])
        page = context.new_page()
        troubles: list[str] = []
        contexts.append((context, troubles))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.goto(path)
        return page

    yield open_
    for context, troubles in contexts:
        context.close()
        # The browser itself notes each 401 and 409 that a test provokes.
        assert [line for line in troubles if "Failed to load resource" not in line] == []


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Runs axe-core (WCAG 2 A and AA, best practice) and says what it objects to."""
    source = AXE.read_text()

    def run(page: Page) -> list[str]:
        page.evaluate(source)  # evaluated, not added as an element: the page's policy stays as it is
        found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
        return [
            f"{one['id']} ({one['impact']}): {node['html'][:160]} — {node['failureSummary'][:220]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    return run


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Takes a picture of the whole page where a folder for it is given."""

    def take(page: Page, name: str) -> None:
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)

    return take
