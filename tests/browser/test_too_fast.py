"""An app that sends faster than its events settle is told so on its page for developers."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import answers
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import NARROW, settle, show_in, widest

Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]


def test_an_app_that_is_backlogged_is_told_what_that_means(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people")
    held = [
        {"app": 1, "unsettled": 30_412, "requests_waiting": 12, "refused": 7},
        {"app": 2, "unsettled": 99_999, "requests_waiting": 0, "refused": 0},
    ]
    healthy = {"status": "ok", "behind": 3, "settled_at": answers.NOW, "now": answers.NOW, "backlogged": held}
    page.route("**/health", lambda route: route.fulfill(json=healthy))
    page.goto("/apps/1/developers")
    expect(page.get_by_text("This app sends faster than its events settle: 30,412 wait")).to_be_visible()
    expect(page.get_by_text("Requests refused since the server started: 7.")).to_be_visible()
    expect(page.get_by_text("99,999")).to_have_count(0)
    settle(page)
    for scheme in ("light", "dark"):
        show_in(page, "light" if scheme == "light" else "dark")
        picture(page, f"held-back-wide-{scheme}")
        assert axe(page) == []
    page.get_by_text("FR", exact=True).click()
    expect(page.get_by_text("Cette application envoie plus vite que ses événements ne sont traités")).to_be_visible()
    page.set_viewport_size(NARROW)
    assert widest(page) <= NARROW["width"]
    picture(page, "held-back-narrow-french")
