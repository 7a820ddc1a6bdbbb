"""Who did what, as the page for developers tells it: in words, in both languages, older lines when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from relance.accounts.audited import AuditAction
from tests.browser import answers
from tests.browser.conftest import OpenPage, Scheme
from tests.browser.fitting import cut_off
from tests.browser.test_pages import NARROW, WIDE, settle, show_in, widest

Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]


def card(page: Page, title: str = "Audit log") -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title))


def test_the_audit_says_when_who_what_and_leads_there(open_page: OpenPage) -> None:
    page = open_page("/apps/1/developers")
    rows = card(page).locator("tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.nth(0)).to_contain_text("Published journey 1")
    expect(rows.nth(0).locator("time").locator("visible=true")).to_have_count(1)
    expect(rows.nth(1)).to_contain_text("API key “Back office”")
    expect(rows.nth(1).get_by_role("link")).to_have_count(0)  # what was deleted has no page
    expect(rows.nth(2)).to_contain_text("Merged person 9 into another")
    for answer in (
        "Time zone: Europe/Paris",
        "Currency: none",
        "Hosts of links: shop.example and *.blog.example",
        "Unsigned browsers are believed: no",
    ):
        expect(rows.nth(3)).to_contain_text(answer)
    expect(rows.nth(4)).to_contain_text("State: paused")
    expect(rows.nth(5)).to_contain_text("Invited operator Grace Brewster Hopper")
    expect(rows.nth(6)).to_contain_text("Replaced by key: 4")
    expect(rows.nth(8)).to_contain_text("operator 7")  # who is not there any more
    card(page).get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(12)
    expect(rows.nth(10)).to_contain_text("Made key Back office")
    expect(rows.nth(10)).to_contain_text("Kind: API key")
    expect(rows.nth(11)).to_contain_text("the server")
    expect(card(page).get_by_role("button", name="Show more")).to_have_count(0)
    rows.nth(0).get_by_role("link", name="1", exact=True).click()
    page.wait_for_url("**/apps/1/journeys/1")


@pytest.mark.parametrize(("language", "title"), [("en-GB", "Audit log"), ("fr-FR", "Journal d’audit")])
def test_every_action_is_told_in_words(open_page: OpenPage, language: str, title: str) -> None:
    page = open_page("/apps/1/overview", language=language)
    line = answers.load("audit")[0]
    lines = [{**line, "id": place, "action": action} for place, action in enumerate(get_args(AuditAction))]
    page.route("**/apps/1/audit?*", lambda route: route.fulfill(json=answers.page(lines)))
    page.goto("/apps/1/developers")
    expect(card(page, title).locator("tbody tr")).to_have_count(len(lines))
    answer = card(page, title).inner_text()
    assert [each["action"] for each in lines if each["action"] in answer] == []
    assert "{}" not in answer


def test_the_audit_fits_every_screen(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/developers", language="fr-FR")
    expect(card(page, "Journal d’audit").locator("tbody tr")).to_have_count(10)
    guises: list[tuple[ViewportSize, Scheme]] = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")]
    for screen, scheme in guises:
        page.set_viewport_size(screen)
        show_in(page, scheme)
        settle(page)
        assert widest(page, screen) <= screen["width"]
        assert cut_off(page) == []
        assert axe(page) == []
        expect(card(page, "Journal d’audit").locator("time").locator("visible=true")).to_have_count(10)
        picture(page, f"audit-{screen['width']}-{scheme}-french")
