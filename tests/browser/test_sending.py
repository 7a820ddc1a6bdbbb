"""Caps, quiet hours, what holds a message back and providers, set on their pages of a running program, with what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.acceptance.shop import HOUR, Server, Shop, say
from tests.browser.conftest import OpenPage
from tests.browser.fitting import cut_off
from tests.providers.mail_server import mail_server

Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("sending"))
    try:
        made.start()
        yield made
    finally:
        made.program.kill()


@pytest.fixture
def shop(server: Server) -> Shop:
    return server.new_shop("Shop")


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server) -> Iterator[Page]:
    """A browser whose operator has signed in; any error in the console fails the last test."""
    context = browser.new_context(
        base_url=server.program.url, viewport={"width": 1320, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.goto("/")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your first app")).to_be_visible()
    yield page
    context.close()
    assert [line for line in troubles if "Failed to load resource" not in line] == []


def limits(page: Page, shop: Shop) -> None:
    page.goto(f"/apps/{shop.number}/sending/limits")
    expect(page.get_by_role("heading", name="Sending")).to_be_visible()


def choose(page: Page, field: Locator, option: str) -> None:
    """An option of a field with several."""
    field.click()
    page.get_by_role("option", name=option, exact=True).click()


def look(page: Page, axe: Axe, picture: Picture, name: str) -> None:
    """What is open fits wide and narrow screens in light and dark, and axe objects to nothing."""
    picture(page, f"{name}-wide-light")
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert cut_off(page) == []
    assert axe(page) == []
    picture(page, f"{name}-narrow-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1320, "height": 900})


def two_mails(shop: Shop) -> tuple[int, int]:
    """Messages that a person gets on the events A and B."""
    first, second = shop.mail("First"), shop.mail("Second")
    for event, message in (("A", first), ("B", second)):
        shop.journey({"event": event}, say("it", message))
    return first, second


def test_a_cap_set_on_the_page_holds_the_second_message_which_says_why(
    signed_in: Page, shop: Shop, axe: Axe, picture: Picture
) -> None:
    page = signed_in
    _, second = two_mails(shop)
    limits(page, shop)
    page.get_by_role("button", name="Begin with three a week").click()
    dialog = page.get_by_role("dialog", name="New cap")
    expect(dialog.get_by_text("At most 3 marketing messages on any channel in 7 days, at least 4 hours apart.")).to_be_visible()
    dialog.get_by_label("Name").fill("One a day")
    dialog.get_by_label("At most").first.fill("1")
    dialog.get_by_role("textbox", name="Length of the window", exact=True).fill("1")
    dialog.get_by_role("switch", name="Keep some time between two").set_checked(False)
    expect(dialog.get_by_text("At most 1 marketing message on any channel in 1 day.")).to_be_visible()
    look(page, axe, picture, "cap")
    dialog.get_by_role("button", name="Create the cap").dblclick()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="One a day")).to_contain_text("At most 1 marketing message")
    assert len(shop.get("/caps")) == 1  # both clicks were one
    shop.reader("ada")
    shop.track("ada", "A")
    shop.track("ada", "B")
    assert shop.subjects("ada") == ["First"]
    page.goto(f"/apps/{shop.number}/messages/{second}")
    held = page.get_by_role("row", name=re.compile("held back by the cap “One a day”"))
    expect(held).to_contain_text("not sent")
    expect(held).to_contain_text("As many messages as a cap allows")

    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Limits and hours of this message")
    choose(page, dialog.get_by_label("Frequency caps"), "No")
    expect(dialog.get_by_text("Passes them, however many the person has had.")).to_be_visible()
    dialog.get_by_label("Priority").fill("10")
    look(page, axe, picture, "message-limits")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Passes them, however many the person has had.")).to_be_visible()
    shop.track("ada", "B")
    assert sorted(shop.subjects("ada")) == ["First", "Second"]


def test_a_cap_is_edited_and_deleted_and_what_cannot_be_is_said_at_its_field(signed_in: Page, shop: Shop) -> None:
    page = signed_in
    segment = shop.segment({"kind": "trait", "name": "vip", "is": "exists"}, "Regulars")
    shop.post("/caps", {"name": "Two a week", "most": 2, "rolling": "7d", "classes": ["marketing"]})
    limits(page, shop)
    page.get_by_role("button", name="Edit: Two a week").click()
    dialog = page.get_by_role("dialog", name="Edit the cap")
    dialog.get_by_label("Journeys").fill("5")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("What a cap keeps for lanes is part of its limit: 0 to 2 in all (got 5).")).to_be_visible()
    dialog.get_by_label("Journeys").fill("1")
    dialog.get_by_role("button", name="Add a segment").click()
    choose(page, dialog.get_by_label("Segment"), "Regulars")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_label("At most").last.fill("4")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    sentence = "At most 2 marketing messages on any channel in 7 days, 1 of them kept for journeys; 4 for people in “Regulars”."
    expect(page.get_by_text(sentence)).to_be_visible()
    [cap] = shop.get("/caps")
    assert (cap["kept"], cap["tiers"], cap["version"]) == ({"journey": 1}, [{"segment": segment, "most": 4}], 2)
    page.get_by_role("button", name="Delete: Two a week").click()
    page.get_by_role("dialog", name="Delete this cap?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No cap yet")).to_be_visible()
    assert shop.get("/caps") == []


def test_quiet_hours_set_on_the_page_hold_a_message_until_they_end(
    signed_in: Page, shop: Shop, axe: Axe, picture: Picture
) -> None:
    page = signed_in
    news = shop.mail("News")
    shop.journey({"event": "Go"}, say("mail", news))
    shop.reader("ada")
    hour = shop.now // HOUR % 24
    start, end = (f"{(hour + shift) % 24:02d}:00" for shift in (0, 2))
    limits(page, shop)
    page.get_by_role("button", name="New quiet hours").click()
    dialog = page.get_by_role("dialog", name="New quiet hours")
    choose(page, dialog.get_by_label("Channel"), "E-mail")
    dialog.get_by_label("From").fill(start)
    dialog.get_by_label("To", exact=True).fill(end)
    expect(dialog.get_by_text(f"Nothing is sent by e-mail from {start} to {end}.")).to_be_visible()
    look(page, axe, picture, "quiet-hours")
    dialog.get_by_role("button", name="Create the quiet hours").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(f"Nothing is sent by e-mail from {start} to {end}.")).to_be_visible()
    shop.track("ada", "Go")
    assert shop.subjects("ada") == []
    page.goto(f"/apps/{shop.number}/messages/{news}")
    waiting = page.get_by_role("row", name=re.compile("waiting to go"))
    expect(waiting).to_contain_text("held back by quiet hours; decided anew on")
    page.goto(f"/apps/{shop.number}/sending/queue")
    expect(page.get_by_text("1 is held back by quiet hours, and decided anew on")).to_be_visible()
    shop.wait(2 * HOUR)
    assert shop.subjects("ada") == ["News"]
    expect(page.get_by_text("1 is held back")).to_have_count(0)
    [hours] = shop.get("/quiet-hours")
    assert (hours["channel"], hours["start"], hours["end"], hours["weekdays"]) == ("email", start, end, [])


def test_a_share_of_people_is_held_out(signed_in: Page, shop: Shop) -> None:
    page = signed_in
    limits(page, shop)
    expect(page.get_by_text("Nobody is held out.")).to_be_visible()
    page.get_by_label("Share of people held out").fill("5")
    page.locator("form").filter(has_text="Share of people held out").get_by_role("button", name="Save").click()
    expect(page.get_by_text("5% of people get no marketing.")).to_be_visible()
    assert shop.get("")["settings"]["hold_out_percent"] == 5


def test_an_app_gets_a_mail_server_of_its_own_and_a_test_says_what_it_answered(
    signed_in: Page, shop: Shop, axe: Axe, picture: Picture
) -> None:
    page = signed_in
    with mail_server() as mine:
        page.goto(f"/apps/{shop.number}/sending/providers")
        expect(page.get_by_text("The sandbox of this server")).to_be_visible()
        page.get_by_role("button", name="Add a provider: E-mail").click()
        page.get_by_role("menuitem", name="SMTP").click()
        page.get_by_label("Name").fill("Our own mail")
        page.get_by_label(re.compile("^Host")).fill("127.0.0.1")
        page.get_by_label("Port").fill(str(mine.port))
        page.get_by_role("textbox", name="From").fill("not an address")
        choose(page, page.get_by_role("combobox", name="Security"), "none")
        page.get_by_role("button", name="Add the provider").click()
        expect(page.get_by_text("“not an address” cannot send e-mails")).to_be_visible()
        page.get_by_role("textbox", name="From").fill("Shop <shop@example.com>")
        page.get_by_role("button", name="Add the provider").click()
        expect(page.get_by_role("heading", name="Our own mail")).to_be_visible()
        expect(page.get_by_text("in use", exact=True)).to_be_visible()
        page.get_by_label("E-mail address").fill("grace@example.com")
        page.get_by_role("button", name="Send the test").click()
        expect(page.get_by_text("The provider took the test.")).to_be_visible()
        look(page, axe, picture, "provider-tested")
        assert mine.mails == [("grace@example.com", "Shop <shop@example.com>")]
    page.get_by_role("button", name="Send the test").click()
    expect(page.get_by_text("The provider did not take the test.")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete this provider?")
    expect(dialog.get_by_text("end in the sandbox")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The sandbox of this server")).to_be_visible()
    assert shop.get("/providers") == []


def test_a_setting_that_leads_secrets_elsewhere_asks_for_them_again_and_others_are_kept(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    page = open_page("/apps/1/sending/providers/1")
    sent: list[object] = []

    def answer(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.fallback()
        sent.append(route.request.post_data_json)
        return route.fulfill(json={})

    page.route("**/providers/1", answer)
    password = page.locator("input[type=password]")
    expect(password).to_have_attribute("placeholder", "kept; write here to replace it")
    page.get_by_role("textbox", name="From").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The next messages go out with it.")).to_be_visible()
    page.get_by_label(re.compile("^Host")).fill("smtp.example.net")
    expect(page.get_by_text("enter all of them again")).to_be_visible()
    look(page, axe, picture, "provider-again")
    page.get_by_role("button", name="Save").click()
    assert len(sent) == 1  # the browser asks for the password first
    password.fill("word")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("enter all of them again")).to_be_visible()
    page.wait_for_timeout(100)
    kept = {"host": "smtp.shop.example", "user": "shop"}
    assert sent == [
        {"version": 2, "name": "Mail of the shop", "settings": kept, "secrets": {}},
        {
            "version": 2,
            "name": "Mail of the shop",
            "settings": {**kept, "host": "smtp.example.net"},
            "secrets": {"password": "word"},
        },
    ]
