"""Every page: it shows its data, fits a narrow screen, speaks French, and axe objects to nothing in light or dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import OpenPage, Scheme
from tests.browser.fitting import cut_off

EDITED = ["Edit the segment", "1,377 people are in it right now", "Has total adding up to between 50 and 200", "Only where"]
PAGES = {
    "overview": ("/apps/1/overview", ["Overview", "23.6K", "Hibernating", "8,569", "No consent for this topic"]),
    "people": ("/apps/1/people", ["People", "Léa Moreau", "u-1001"]),
    "person": ("/apps/1/people/1", ["Léa Moreau", "Why did they get it, or not?", "led to a purchase", "Order Completed", "pro"]),
    "suppressed": (
        "/apps/1/people/suppressed",
        [
            "Suppression list",
            "lea@old-work.example",
            "Reported as spam",
            "Address of a deleted person",
            "by Grace Brewster Hopper",
        ],
    ),
    "empty-suppressed": ("/apps/3/people/suppressed", ["Nothing is suppressed"]),
    "segments": ("/apps/1/segments", ["Segments", "Has not done", "1,377", "Bought twice in 30 days"]),
    "segment": (
        "/apps/1/segments/2",
        ["Did “Order Completed” at least twice in the last 30 days.", "1,377", "Size over time", "Who came and went"],
    ),
    "new-segment": ("/apps/1/segments/new", ["New segment", "Fill in what is empty to see how many people this is."]),
    "edit-segment": ("/apps/1/segments/6/edit", EDITED),
    "segment-versions": (
        "/apps/1/segments/2/versions",
        ["Version 4", "by Grace", "Did “Product Viewed” in the last 14 days", "Compare two versions", "The first version"],
    ),
    "lists": ("/apps/1/lists", ["Lists", "Guests of the spring evening", "1,377"]),
    "list": ("/apps/1/lists/1", ["1,377 people are on it", "Bought twice in 30 days", "One a line, or separated by commas."]),
    "empty-lists": ("/apps/3/lists", ["No list yet"]),
    "explanation": (
        "/apps/1/segments/7/people/1",
        ["Léa Moreau is in this segment.", "Did “Order Completed” fewer than 5 times in the last 30 days", "Adds up to 131.5"],
    ),
    "journeys": ("/apps/1/journeys", ["Journeys", "Abandoned cart", "9,120"]),
    "journey": (
        "/apps/1/journeys/1",
        [
            "Abandoned cart",
            "Cart reminder",
            "not within 2 hours",
            "Bought",
            "4,592",
            "Goal reached",
            "4,871",
            "at any time",
            "one run for each cart_id",
        ],
    ),
    "messages": ("/apps/1/messages", ["Messages", "Cart reminder", "46.9%", "31,240.50"]),
    "push": ("/apps/1/messages/1", ["Cart reminder", "See my cart", "12 hours", "held back by the cap “Three a week”"]),
    "email": ("/apps/1/messages/2", ["Cart code", "Ten per cent on your"]),
    "limits": (
        "/apps/1/sending/limits",
        [
            "At most 3 marketing messages on any channel in 7 days, 1 of them kept for journeys, at least 4 hours apart; 5 for"
            " people in “Bought twice in 30 days”.",
            "At most 1 message about offers or news by SMS a day.",
            "Nothing is sent from 22:00 to 08:00.",
            "France: marketing leaves from 08:00 to 20:00 only, neither on Sunday nor on public holidays.",
            "Nobody is held out.",
        ],
    ),
    "empty-limits": ("/apps/3/sending/limits", ["No cap yet", "Begin with three a week", "No quiet hours"]),
    "providers": ("/apps/1/sending/providers", ["Mail of the shop", "in use", "Mobile push · iPhone (Apple)", "are not sent"]),
    "queue": (
        "/apps/1/sending/queue",
        [
            "more than 10,000 waiting",
            "Campaigns: 9,412 wait for their turn, the first of them for 3 minutes.",
            "40 are held back by the cap “Three a week”, and decided anew from 21 Nov, 16:00 on.",
            "1 is held back by the hours of France, and decided anew on",
            "7 wait for their journey to go on.",
        ],
    ),
    "empty-queue": ("/apps/3/sending/queue", ["What waits", "Nothing waits."]),
    "empty-providers": ("/apps/3/sending/providers", ["This server’s own account", "Add a provider"]),
    "provider": (
        "/apps/1/sending/providers/3",
        ["SMS in France", "Account SID", "shown to nobody again", "Send a test", "recorded-token-of-one-provider/inbound"],
    ),
    "new-provider": ("/apps/1/sending/providers/new/generic_sms", ["New provider: Another SMS provider", "More settings"]),
    "sandbox-phones": (
        "/apps/1/sandbox",
        ["Sandbox", "Léa, your cart is waiting", "Not now", "iPhone", "STOP", "1 part · UCS-2"],
    ),
    "sandbox-mail": ("/apps/1/sandbox?tab=mail&mail=12", ["Ten per cent on your Linen lamp", "Welcome, Tomás"]),
    "sandbox-webhooks": ("/apps/1/sandbox?tab=webhooks", ["Loyalty system", "Signature wrong", "came 2 times more"]),
    "developers": ("/apps/1/developers", ["Developers", "Web shop", "The timestamp lies before 1990.", "Healthy", "Audit log"]),
    "empty-developers": ("/apps/3/developers", ["Audit log", "Nothing yet."]),
    "account": ("/apps/1/account", ["Your account", "Firefox · Linux", "this browser", "grace@example.org", "invited"]),
    "empty-overview": ("/apps/3/overview", ["No event has arrived yet", "Send the first event"]),
    "empty-people": ("/apps/3/people", ["Nobody yet"]),
    "empty-segments": ("/apps/3/segments", ["No segment yet"]),
    "empty-journeys": ("/apps/3/journeys", ["No journey yet", "/api/v1/apps/3/journeys"]),
    "empty-messages": ("/apps/3/messages", ["No message yet", "/api/v1/apps/3/messages"]),
}


WIDE: ViewportSize = {"width": 1320, "height": 900}
MIDDLING: ViewportSize = {"width": 800, "height": 900}  # the menu stands beside a page that has little room
NARROW: ViewportSize = {"width": 390, "height": 844}


def settle(page: Page) -> None:
    """Wait until nothing is loading any more."""
    expect(page.get_by_role("status", name="Loading…")).to_have_count(0)
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)


def show_in(page: Page, scheme: Scheme) -> None:
    """Let the system ask for a scheme, and wait until the page is drawn in it."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def widest(page: Page, screen: ViewportSize = NARROW) -> int:
    """How wide the page is once it has been laid out; a chart follows a new width a little later."""
    for _ in range(20):
        width: int = page.evaluate("document.documentElement.scrollWidth")
        if width <= screen["width"]:
            break
        page.wait_for_timeout(100)
    return width


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_its_data_in_every_guise_and_axe_objects_to_nothing(
    open_page: OpenPage, axe: Callable[[Page], list[str]], picture: Callable[[Page, str], None], name: str
) -> None:
    path, texts = PAGES[name]
    page = open_page(path)
    for text in texts:
        expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    picture(page, f"{name}-wide-light")
    assert axe(page) == []

    show_in(page, "dark")
    picture(page, f"{name}-wide-dark")
    assert axe(page) == []

    page.set_viewport_size(NARROW)
    settle(page)
    assert widest(page) <= NARROW["width"]
    assert cut_off(page) == []
    picture(page, f"{name}-narrow-dark")
    show_in(page, "light")
    picture(page, f"{name}-narrow-light")
    assert axe(page) == []
    page.set_viewport_size(MIDDLING)
    assert widest(page, MIDDLING) <= MIDDLING["width"]
    assert cut_off(page) == []

    page.set_viewport_size(WIDE)
    page.get_by_text("FR", exact=True).click()
    expect(page.get_by_role("link", name="Vue d’ensemble").first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
    settle(page)
    picture(page, f"{name}-wide-french")
    assert axe(page) == []
    assert cut_off(page) == []
    page.set_viewport_size(NARROW)
    assert widest(page) <= NARROW["width"]
    assert cut_off(page) == []
    picture(page, f"{name}-narrow-french")


@pytest.mark.parametrize(
    "path", ["nothing", "messages/999", "people/999", "segments/999", "sending/providers/999", "sending/providers/new/fax"]
)
def test_an_address_of_nothing_is_a_page_of_its_own(open_page: OpenPage, axe: Callable[[Page], list[str]], path: str) -> None:
    page = open_page(f"/apps/1/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    expect(page).to_have_title("There is no such page · Relance")
    expect(page.get_by_role("main").get_by_role("link", name="Overview")).to_be_visible()
    assert axe(page) == []


def test_the_ways_of_a_journey_are_named_in_the_language_of_the_page(open_page: OpenPage) -> None:
    page = open_page("/apps/1/journeys/1", language="fr-FR")
    expect(page.locator(".react-flow__edge").first).to_be_attached()
    names = page.locator(".react-flow__edge").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label'))")
    assert all(" → " in each and "Edge from" not in each for each in names), names


@pytest.mark.parametrize(
    ("path", "title"), [("/sign-in", "Sign in"), ("/password#abc", "Choose your password"), ("/apps/new", "New app")]
)
def test_pages_before_there_is_an_app_fit_every_width(
    open_page: OpenPage, axe: Callable[[Page], list[str]], picture: Callable[[Page, str], None], path: str, title: str
) -> None:
    page = open_page(path, signed_in=path == "/apps/new")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    guises: list[tuple[ViewportSize, Scheme]] = [(WIDE, "light"), (NARROW, "dark")]
    for width, scheme in guises:
        page.set_viewport_size(width)
        show_in(page, scheme)
        assert widest(page, width) <= width["width"]
        assert cut_off(page) == []
        assert axe(page) == []
        picture(page, f"{title}-{width['width']}-{scheme}")
    page.get_by_text("FR", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_have_count(0)
    assert widest(page) <= NARROW["width"]
    assert cut_off(page) == []


def test_what_is_cut_off_is_found(open_page: OpenPage) -> None:
    page = open_page("/sign-in", signed_in=False)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert cut_off(page) == []
    page.evaluate("document.querySelector('h1, h2').style.cssText = 'white-space: nowrap; width: 20px; overflow: hidden'")
    assert cut_off(page) != []
