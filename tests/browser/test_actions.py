"""What an operator does: signs in, chooses language and scheme, stops all sending, makes a key, tries a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Request, Route, expect

from tests.browser import answers
from tests.browser.conftest import OpenPage, Scheme
from tests.browser.server import Recorded

Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_first_app(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    page = open_page("/", signed_in=False)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.url.endswith("/sign-in")
    picture(page, "sign-in-wide-light")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("That address and password do not go together.")
    assert axe(page) == []
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert page.url.endswith("/apps/1/overview")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_session_that_ended_leads_to_the_sign_in_page(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("link", name="Segments").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_set_up_asks_for_the_token_of_the_terminal(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/sign-in", signed_in=False)
    page.route("**/api/v1/setup", lambda route: route.fulfill(json={"needed": True}))
    page.goto("/setup?token=from-the-terminal")
    expect(page.get_by_label("Setup token")).to_have_value("from-the-terminal")
    picture(page, "setup-wide-light")
    assert axe(page) == []


def test_stopping_all_sending_is_asked_shown_and_undone(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/messages")
    page.get_by_role("button", name="Stop all sending").click()
    dialog = page.get_by_role("dialog", name="Stop all sending?")
    expect(dialog).to_be_visible()
    assert axe(page) == []
    dialog.get_by_role("button", name="Stop all sending").click()
    expect(page.get_by_text("All sending is stopped for this app.")).to_be_visible()
    expect(dialog).to_have_count(0)
    picture(page, "stopped-wide-light")
    assert axe(page) == []
    page.get_by_role("button", name="Resume sending").click()
    expect(page.get_by_text("All sending is stopped for this app.")).to_have_count(0)


def test_language_and_scheme_are_chosen_and_kept(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people")
    page.get_by_text("FR", exact=True).click()
    expect(page.get_by_role("heading", name="Personnes")).to_be_visible()
    page.get_by_text("Sombre", exact=True).click(force=True)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    page.reload()
    expect(page.get_by_role("heading", name="Personnes")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_the_apps_are_switched_from_the_menu(open_page: OpenPage) -> None:
    page = open_page("/apps/1/overview")
    page.get_by_role("button", name="App: Atelier Lune").click()
    page.get_by_role("menuitem", name="CDNOW").click()
    expect(page.get_by_role("button", name="App: CDNOW")).to_be_visible()
    assert page.url.endswith("/apps/2/overview")


def test_the_menu_opens_on_a_narrow_screen(open_page: OpenPage, picture: Picture) -> None:
    page = open_page("/apps/1/overview", width=390)
    page.get_by_role("button", name="Open or close the menu").first.click()
    page.get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()


def test_a_rule_is_counted_while_it_is_written(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/new")
    page.get_by_role("button", name="Create the segment").click()
    expect(page.get_by_text("Give the event's name.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Loyal lately")
    page.get_by_role("combobox", name="Event").fill("Order Completed")
    page.keyboard.press("Escape")
    page.get_by_label("Times").fill("2")
    expect(page.get_by_text("1,377 people are in it right now")).to_be_visible()
    expect(page.get_by_text("Did “Order Completed” at least twice in the last 30 days.")).to_be_visible()
    picture(page, "new-segment-filled-wide-light")
    assert axe(page) == []


def test_a_rule_of_several_conditions_is_put_together_with_the_keyboard(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/new")
    page.get_by_role("combobox", name="Event").fill("Product Added")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a condition").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="What they did")).to_be_visible()
    page.wait_for_function("document.activeElement.closest('[role=menu]') !== null")  # the menu takes the keys a moment later
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="What they did")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Trait", exact=True)).to_be_focused()
    page.keyboard.type("plan")
    page.get_by_role("combobox", name="Value", exact=True).fill("pro")
    page.get_by_role("group", name="Condition 2").get_by_role("switch", name="Not").press("Space")
    expect(page.get_by_text("Did “Product Added” in the last 30 days and plan is not “pro”.")).to_be_visible()
    page.get_by_role("button", name="Add a group").click()
    inner = page.get_by_role("group", name="Group 3", exact=True)
    inner.get_by_role("combobox", name="Event").fill("Order Completed")
    page.keyboard.press("Escape")
    inner.get_by_role("combobox", name="How these go together").click()
    page.get_by_role("option", name="None of these holds").click()
    expect(page.get_by_text("plan is not “pro” and has not done “Order Completed” in the last 30 days.")).to_be_visible()
    picture(page, "new-segment-nested-wide-light")
    assert axe(page) == []
    page.get_by_role("group", name="Condition 2").get_by_role("button", name="Remove this condition").press("Enter")
    expect(
        page.get_by_text("Did “Product Added” in the last 30 days and has not done “Order Completed” in the last 30")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Add a condition").last).to_be_focused()


def test_properties_and_values_that_arrived_are_offered_and_a_preview_says_more(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    page = open_page("/apps/1/segments/new")
    page.get_by_role("combobox", name="Event").fill("Order Completed")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Only where a property").click()
    page.get_by_role("combobox", name="Property").click()
    expect(page.get_by_role("option", name="total number")).to_be_visible()
    page.get_by_role("option", name="category text, number").click()
    page.get_by_role("combobox", name="Value").click()
    picture(page, "suggestions-wide-light")
    expect(page.get_by_role("option", name='"5"', exact=True)).to_be_visible()
    page.get_by_role("option", name="mugs").click()
    expect(page.get_by_text("Did “Order Completed” with category “mugs”")).to_be_visible()
    expect(page.get_by_text("80% can be reached by E-mail and 30% can be reached by Web push")).to_be_visible()
    page.get_by_role("button", name="Who they are").click()
    expect(page.get_by_text("The server keeps about 2.8 MB for it")).to_be_visible()
    expect(page.get_by_role("link", name="Léa Moreau")).to_be_visible()
    picture(page, "preview-wide-light")
    assert axe(page) == []
    page.get_by_role("combobox", name="Value").fill("what nobody sent")
    expect(page.get_by_text("with category “what nobody sent”")).to_be_visible()


def test_every_kind_of_condition_can_be_added(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/new", width=900)
    for kind in (
        "First time, stopped, resumed",
        "Away longer than usual",
        "Messages received or opened",
        "Last messages left unopened",
    ):
        page.get_by_role("button", name="Add a condition").click()
        page.get_by_role("menuitem", name=kind).click()
    for kind in ("In another segment", "A random part", "One thing, then another"):
        page.get_by_role("button", name="Add a condition").click()
        page.get_by_role("menuitem", name=kind).click()
    page.get_by_role("combobox", name="Segment", exact=True).click()
    page.get_by_role("option", name="Silent for 30 days").click()
    for event in page.get_by_role("combobox", name="Event").all():
        event.fill("Product Viewed")
        page.keyboard.press("Escape")
    page.get_by_role("combobox", name="First", exact=True).fill("Product Added")
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="And then", exact=True).fill("Order Completed")
    page.keyboard.press("Escape")
    said = page.locator("[aria-live=polite]", has_text="people are in it")
    for piece in (
        "Did “Product Viewed” in the last 30 days, stopped doing", "opened a message", "more than 3 times their usual gap",
        "left the last 5 messages unopened", "is in the segment “Silent for 30 days”", "is in a random 10% of people",
        "did “Product Added” in the last 7 days but not “Order Completed” within 2 hours.",
    ):  # fmt: skip
        expect(said).to_contain_text(piece)
    picture(page, "new-segment-kinds-light")
    assert axe(page) == []


def test_one_device_and_one_item_of_a_list_pass_several_tests(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/new", width=900)
    page.get_by_role("combobox", name="Event").fill("Order Completed")
    page.keyboard.press("Escape")
    bought = page.get_by_role("group", name="Condition 1: What they did")
    bought.get_by_role("button", name="Only where a property …").click()
    bought.get_by_role("combobox", name="Property", exact=True).fill("products")
    page.keyboard.press("Escape")
    bought.get_by_role("combobox", name="Test").click()
    page.get_by_role("option", name="has an item that fits").click()
    item = bought.get_by_role("group", name="One item of the list fits all of this")
    item.get_by_role("combobox", name="Property", exact=True).fill("category")
    item.get_by_role("combobox", name="Value", exact=True).fill("shoes")
    item.get_by_role("button", name="Only where a property …").click()
    second = item.get_by_role("group", name="Only where 2")
    second.get_by_role("combobox", name="Property", exact=True).fill("price")
    second.get_by_role("combobox", name="Test").click()
    page.get_by_role("option", name="is more than").click()
    second.get_by_role("combobox", name="Value", exact=True).fill("50")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("menuitem", name="Has a device that …").click()
    device = page.get_by_role("group", name="Condition 2: Has a device that …")
    device.get_by_role("combobox", name="Value", exact=True).fill("iOS")
    for place, (fact, version) in enumerate((("System version", "17"), ("App version", "2.3")), 2):
        device.get_by_role("button", name="Only where a property …").click()
        test = device.get_by_role("group", name=f"Only where {place}")
        test.get_by_role("combobox", name="What", exact=True).click()
        page.get_by_role("option", name=fact).click()
        test.get_by_role("combobox", name="Value", exact=True).fill(version)
    said = page.locator("[aria-live=polite]", has_text="people are in it")
    expect(said).to_contain_text("with products including an item with category “shoes” and price over 50")
    expect(said).to_contain_text(
        "has a device with the operating system “iOS”, the system version 17 or newer and the app version 2.3 or newer"
    )
    picture(page, "new-segment-device-light")
    assert axe(page) == []
    test.get_by_role("combobox", name="Test").click()
    page.get_by_role("option", name="is between").click()
    test.get_by_role("textbox", name="From").fill("2.9")
    test.get_by_role("textbox", name="To").fill("2.10")
    expect(said).to_contain_text("and the app version from 2.9 to 2.10")


def test_a_message_is_read_in_each_of_its_languages_with_what_is_wrong_in_one(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    both: tuple[tuple[int, Scheme], ...] = ((1280, "light"), (390, "dark"))
    for width, scheme in both:
        page = open_page("/apps/1/messages/1", width=width, scheme=scheme)
        languages = page.get_by_role("group", name="Languages")
        languages.get_by_text("French", exact=True).click()
        expect(page.get_by_text("votre panier vous attend").first).to_be_visible()
        expect(page.get_by_text("Not translated: image (English)")).to_be_visible()
        preview = page.get_by_role("combobox", name="Fill it in for")
        preview.click()
        preview.fill("kofi")
        page.get_by_role("option").first.click()
        expect(page.get_by_text("This person reads it in")).to_be_visible()
        languages.get_by_text("Canadian French").click()
        expect(page.get_by_text("user.prenom (in title)")).to_be_visible()
        assert axe(page) == []
        picture(page, f"message-languages-{'wide' if width > 400 else 'narrow'}-{scheme}")


def test_a_message_is_filled_in_for_a_person_and_an_event(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    for width in (1280, 390):
        page = open_page("/apps/1/messages/1", width=width)
        preview = page.get_by_role("combobox", name="Fill it in for")
        preview.click()
        preview.fill("kofi")
        page.get_by_role("option", name="Kofi Mensah").first.click()
        expect(page.get_by_text("Kofi, your cart is waiting")).to_be_visible()
        expect(page.get_by_text("event.product (in body)")).to_be_visible()
        picture(page, f"message-filled-{'wide' if width > 400 else 'narrow'}-light")
        page.get_by_role("textbox", name="Or paste properties as JSON").first.fill(
            '{"product": "lamp", "image": "", "cart_id": "c1"'
        )
        expect(page.get_by_text("This is no JSON object")).to_be_visible()
        page.get_by_role("textbox", name="Or paste properties as JSON").first.fill(
            '{"product": "lamp", "image": "i", "cart_id": "c1"}'
        )
        expect(page.get_by_text("It would not be sent: ")).to_be_visible()  # the image is no address
        page.get_by_role("textbox", name="Or paste properties as JSON").first.fill(
            '{"product": "lamp", "image": "https://shop.example/i.png", "cart_id": "c1"}'
        )
        expect(page.get_by_text("The lamp you chose is still there.")).to_be_visible()
        expect(page.get_by_text("(in body)")).to_have_count(0)
        assert axe(page) == []


def test_an_area_is_a_circle_or_a_polygon_pasted(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/new")
    page.get_by_role("combobox", name="Event").fill("Product Viewed")
    page.keyboard.press("Escape")
    for kind in ("Near a place, or in an area", "Came into an area"):
        page.get_by_role("button", name="Add a condition").click()
        page.get_by_role("menuitem", name=kind).click()
    near, came = (page.get_by_role("group", name=f"Condition {place}") for place in (2, 3))
    near.get_by_role("textbox", name="Latitude").fill("48.8566")
    near.get_by_role("textbox", name="Longitude").fill("2.3522")
    came.get_by_role("combobox", name="Area").click()
    page.get_by_role("option", name="a polygon").click()
    corners = came.get_by_role("textbox", name="Corners")
    corners.fill("48.9, 2.25\n48.9 2.42")
    expect(came.get_by_text("At least three corners")).to_be_visible()
    said = page.locator("[aria-live=polite]", has_text="people are in it")
    corners.fill("48.9, 2.25\n48.9 2.42\n48.81,2.42")
    expect(said).to_contain_text("is within 5 km of 48.8566, 2.3522")
    expect(said).to_contain_text("entered the area 48.9, 2.25 – 48.9, 2.42 – 48.81, 2.42 in the last 2 days")
    ring = [[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]
    corners.fill(json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}))
    expect(came.get_by_text("4 corners")).to_be_visible()
    expect(said).to_contain_text("entered the area 1, 0 – 1, 2 – 3, 2 – 3, 0 in the last 2 days")
    picture(page, "new-segment-places-light")
    assert axe(page) == []


def test_what_the_server_objects_to_is_said_at_its_condition(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/6/edit")
    card = page.get_by_role("group", name="Condition 2: What is known of them")
    card.get_by_role("combobox", name="Test").click()
    page.get_by_role("option", name="matches the pattern").click()
    card.get_by_role("combobox", name="Value", exact=True).fill("(")
    expect(card.get_by_role("alert")).to_contain_text("This is not a valid RE2 pattern")
    expect(page.get_by_text("This rule cannot be counted")).to_be_visible()
    picture(page, "edit-segment-objection-light")
    assert axe(page) == []
    card.get_by_role("combobox", name="Value", exact=True).fill("^pro")
    expect(card.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("renews_at does not match “^pro”")).to_be_visible()


def test_what_the_server_objects_to_is_said_in_french(open_page: OpenPage) -> None:
    page = open_page("/apps/1/segments/new", language="fr-FR")
    card = page.get_by_role("group", name="Condition 1")
    card.get_by_role("combobox", name="Événement").fill("Order Completed")
    card.get_by_role("textbox", name="Durée").fill("9999")
    expect(card.get_by_role("alert")).to_have_text(
        "Une durée est un nombre entier et une unité, de 1 seconde à 3\u202f660 jours (ici «\u00a09999d\u00a0»)."
    )
    expect(card.get_by_role("textbox", name="Durée")).to_have_value("9999")
    page.goto("/apps/1/segments/999")
    expect(page.get_by_role("heading", name="Cette page n’existe pas")).to_be_visible()


def test_a_segment_in_use_is_not_archived_and_what_uses_it_is_named(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/2")
    page.get_by_role("button", name="Archive").click()
    dialog = page.get_by_role("dialog", name="Archive this segment?")
    expect(dialog.get_by_text("It is used elsewhere, so it cannot be archived.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Archive")).to_have_count(0)
    picture(page, "segment-in-use-light")
    assert axe(page) == []
    dialog.get_by_role("link", name="Abandoned cart").click()
    expect(page.get_by_role("heading", name="Abandoned cart")).to_be_visible()

    page.goto("/apps/1/segments/3")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Archive")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_segments_are_searched_by_name_and_rule_once_there_are_many(open_page: OpenPage) -> None:
    more = [{**one, "id": 100 + one["id"], "name": f"{one['name']}, again"} for one in answers.segments()]
    page = open_page("/apps/3/segments")
    page.route("**/api/v1/apps/3/segments?*", lambda route: route.fulfill(json=answers.page([*answers.segments(), *more])))
    page.reload()
    page.get_by_role("searchbox", name="Search by name or rule").fill("again 30 ORDER")
    rows = page.get_by_role("row").filter(has_text="again")
    expect(rows).to_have_count(page.get_by_role("row").count() - 1)
    expect(page.get_by_role("link", name="Bought twice in 30 days, again")).to_be_visible()
    page.get_by_role("searchbox").fill("nobody has this")
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_a_course_goes_by_the_clock_of_the_server(open_page: OpenPage) -> None:
    page = open_page("/apps/1/overview")
    with page.expect_request("**/segments/2/course?*") as asked:
        page.goto("/apps/1/segments/2")
    day = 86_400_000
    assert f"until={(answers.NOW // day + 1) * day}" in asked.value.url


def edited_too_late(open_page: OpenPage) -> Page:
    page = open_page("/apps/1/segments/2")
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("heading", name="Edit the segment")).to_be_visible()
    expect(page.get_by_label("Times")).to_have_value("2")
    page.get_by_label("Times").fill("3")
    expect(page.get_by_text("Did “Order Completed” at least 3 times in the last 30 days.")).to_be_visible()
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("Somebody else changed this segment while you were editing")).to_be_visible()
    return page


@pytest.fixture
def own() -> Iterator[Recorded]:
    """A recorded server that this test alone changes."""
    server = Recorded()
    yield server
    server.stop()


def test_an_edit_that_comes_too_late_shows_both_and_keeps_ours(
    open_page: OpenPage, own: Recorded, axe: Axe, picture: Picture
) -> None:
    page = edited_too_late(open_page)
    expect(page.get_by_text("Did “Order Completed” at least 3 times in the last 30 days.").first).to_be_visible()
    expect(page.get_by_role("paragraph").filter(has_text="Bought twice lately")).to_be_visible()
    expect(page.get_by_text("Theirs: saved by Grace")).to_be_visible()
    expect(page.get_by_text("Did “Product Viewed” in the last 14 days")).to_be_visible()
    picture(page, "conflict-wide-light")
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    picture(page, "conflict-narrow-dark")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text("Saved. People enter and leave at once.")).to_be_visible()
    expect(page).to_have_url(re.compile("/segments/2$"))


def test_an_edit_that_comes_too_late_can_go_on_from_theirs(open_page: OpenPage, own: Recorded) -> None:
    page = edited_too_late(open_page)
    page.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Bought twice lately")
    expect(page.get_by_label("Times")).to_have_value("2")


def test_an_edit_is_told_to_journeys_and_webhooks_only_where_the_switch_is_on(
    open_page: OpenPage, own: Recorded, axe: Axe
) -> None:
    page = open_page("/apps/1/segments/2/edit")
    page.get_by_label("Times").fill("3")
    for announced in (False, True):
        page.get_by_role("switch", name="Tell journeys and webhooks").set_checked(announced)
        assert axe(page) == []
        page.route("**/segments/2", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_())
        with page.expect_request(lambda one: one.method == "PATCH") as sent:
            page.get_by_role("button", name="Save the changes").click()
        assert (sent.value.post_data_json or {})["announce"] is announced


def test_a_version_is_compared_and_restored_after_what_changes_was_said(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/2/versions")
    page.get_by_role("combobox", name="From").click()
    page.get_by_role("option", name="Version 1").click()
    compared = page.get_by_role("region", name="Compare two versions").or_(
        page.locator("section", has_text="Compare two versions")
    )
    expect(compared.get_by_text("Renamed from “First try” to “Buyers”")).to_be_visible()
    page.get_by_role("button", name="Restore: Version 1").click()
    dialog = page.get_by_role("dialog", name="Restore version 1?")
    expect(dialog.get_by_text("Renamed from “Buyers” to “First try”")).to_be_visible()
    expect(dialog.get_by_text("1,377 people are in it now; 1,377 would be.")).to_be_visible()
    expect(dialog.get_by_role("img", name="Removed")).to_be_visible()
    dialog.get_by_role("switch", name="Tell journeys and webhooks").check()
    picture(page, "restore-wide-light")
    assert axe(page) == []
    with page.expect_request("**/versions/1/restore") as sent:
        dialog.get_by_role("button", name="Restore it").click()
    assert sent.value.post_data_json == {"version": 4, "announce": True}


def test_people_are_put_on_a_list_by_paste_and_the_unknown_are_reported(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/lists/2")
    page.get_by_label("E-mail addresses or user ids").fill("lea@example.org, u-1\nghost@example.org;u-1\n\n")
    page.get_by_role("button", name="Put on the list (3)").click()
    expect(page.get_by_text("2 people were put on the list.")).to_be_visible()
    expect(page.get_by_text("1 entry is nobody’s here")).to_be_visible()
    expect(page.get_by_text("ghost@example.org")).to_be_visible()
    picture(page, "list-filled-wide-light")
    assert axe(page) == []


def test_a_long_file_goes_up_in_pieces_with_progress(open_page: OpenPage) -> None:
    page = open_page("/apps/1/lists/2")
    page.get_by_role("tab", name="Take people off it").click()
    lines = "".join(f'"u-{number}",Somebody\n' for number in range(2_500))
    file: FilePayload = {"name": "old-shop.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("2,500 entries")).to_be_visible()
    sent: list[int] = []

    def note(one: Request) -> None:
        if one.url.endswith("/people"):
            sent.append(len((one.post_data_json or {})["remove"]))

    page.on("request", note)
    page.get_by_role("button", name="Take off the list (2,500)").click()
    expect(page.get_by_text("2,500 people were taken off the list.")).to_be_visible()
    assert sent == [1_000, 1_000, 500]


def test_a_period_is_chosen_and_members_are_exported_with_progress(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/apps/1/segments/2")
    expect(page.get_by_text("In this time 970 entered and 691 left. 5 members became part of another person.")).to_be_visible()
    with page.expect_request(lambda one: "/course?" in one.url and "every=3600000" in one.url):
        page.get_by_text("24 hours", exact=True).click()
    rows = "id,external_id,email\r\n1,u-1,lea@example.org\r\n2,u-2,\r\n"
    headers = {"x-relance-members": "2", "content-type": "text/csv"}
    page.route("**/members/export?format=csv", lambda route: route.fulfill(body=rows, headers=headers))
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as found:
        page.get_by_role("menuitem", name="CSV").click()
    assert found.value.suggested_filename == "segment-2.csv"
    assert Path(found.value.path()).read_bytes() == rows.encode()
    page.route("**/members/export?format=parquet", lambda route: route.abort())
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="Parquet").click()
    expect(page.get_by_text("The export broke off. Try it again.")).to_be_visible()
    assert axe(page) == []


def test_the_alarm_is_on_the_overview_and_on_the_segment(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people")
    late = {
        "status": "ok",
        "behind": 90,
        "settled_at": 0,
        "now": 1_795_262_400_000,
        "failures": 0,
        "lag_ms": 75_000,
        "late": True,
    }
    page.route("**/health", lambda route: route.fulfill(json=late))
    for path in ("overview", "segments", "segments/2"):
        page.goto(f"/apps/1/{path}")
        expect(page.get_by_text("Segments are 1.3 minutes behind")).to_be_visible()
    picture(page, "alarm-wide-light")
    assert axe(page) == []


def test_a_new_key_is_shown_once(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/apps/1/developers")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog", name="New key")
    dialog.get_by_label("Name").fill("Phone app")
    dialog.get_by_role("button", name="Create the key").click()
    expect(page.get_by_text("rlw_recorded_key")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert axe(page) == []
    page.reload()
    expect(page.get_by_text("Web shop")).to_be_visible()
    expect(page.get_by_text("rlw_recorded_key")).to_have_count(0)


def test_what_is_taken_where_nothing_is_known_is_changed(open_page: OpenPage) -> None:
    page = open_page("/apps/1/developers")
    sent: list[object] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(json={})

    page.route("**/api/v1/apps/1", answer)
    expect(page.get_by_role("combobox", name="Time zone")).to_have_value("Europe/Paris")
    country = page.get_by_label("Country")
    expect(country).to_have_value("FR")
    country.fill("be")
    page.locator("form").filter(has=country).get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    change = {"version": 1, "timezone": "Europe/Paris", "country": "BE", "currency": "", "utm_source": "", "site": ""}
    assert sent == [change]


def test_a_shop_whose_events_have_other_names_says_them(open_page: OpenPage) -> None:
    page = open_page("/apps/1/developers")
    sent: list[object] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(json={})

    page.route("**/api/v1/apps/1", answer)
    viewed = page.get_by_role("combobox", name="A product was looked at")
    viewed.fill("Offer Seen")
    viewed.press("Enter")
    page.locator("form").filter(has=viewed).get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    cart = ["Cart Viewed", "Cart Updated", "Product Added"]
    events = {"viewed": ["Product Viewed", "Offer Seen"], "cart": cart, "cart_over": ["Order Completed"]}
    assert sent == [{"version": 1, "shop_events": events}]


def test_a_new_webhook_shows_its_secret_once_and_failing_ones_say_why(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/developers")
    row = page.get_by_role("row", name=re.compile("ads.example"))
    expect(row.get_by_text("failing")).to_be_visible()
    expect(row.get_by_text("503 busy, come back later")).to_be_visible()
    expect(row.get_by_text("All segments")).to_be_visible()
    page.get_by_role("button", name="Actions: https://ads.example/audiences/in").click()
    page.get_by_role("menuitem", name="Send a test").click()
    expect(page.get_by_text("The test message was not taken: 503 busy")).to_be_visible()
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_label("Address").fill("https://shop.example/in")
    dialog.get_by_role("button", name="Create the webhook").click()
    expect(page.get_by_text("whsec_recorded")).to_be_visible()
    expect(dialog).to_have_count(0)
    picture(page, "webhooks-wide-light")
    assert axe(page) == []


def test_a_stale_edit_is_explained(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people/1")
    page.get_by_role("button", name="Edit traits").click()
    page.get_by_label("Value plan").fill("free")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed this in the meantime.")).to_be_visible()


def test_deleting_a_person_asks_for_a_word(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/apps/1/people/1")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    button = page.get_by_role("button", name="Delete for ever")
    expect(button).to_be_disabled()
    page.get_by_role("textbox", name="DELETE").fill("DELETE")
    expect(button).to_be_enabled()
    assert axe(page) == []


def test_the_steps_of_a_journey_are_reached_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/apps/1/journeys/1")
    step = page.get_by_role("group", name=re.compile(r"^Message: Cart reminder\. 5,016 entered"))
    expect(step).to_be_visible()
    step.focus()
    expect(step).to_be_focused()


def test_a_step_leads_to_its_message_and_to_those_who_are_at_it(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/apps/1/journeys/1")
    runs = page.get_by_role("region", name="Runs").or_(
        page.locator("section").filter(has=page.get_by_role("heading", name="Runs"))
    )
    expect(runs.get_by_role("row")).to_have_count(5)
    page.get_by_role("link", name=re.compile("^Who is at “.*clicked")).click()
    expect(page.get_by_text(re.compile("^Only those who are at this step, or ended there"))).to_be_visible()
    expect(runs.get_by_role("row")).to_have_count(2)
    assert axe(page) == []
    page.get_by_role("button", name="Show all runs").click()
    expect(runs.get_by_role("row")).to_have_count(5)
    page.get_by_role("group", name=re.compile(r"^Message: Cart reminder\.")).get_by_role(
        "link", name="Cart reminder", exact=True
    ).click()
    expect(page.get_by_role("heading", level=1, name="Cart reminder")).to_be_visible()


def test_a_person_shows_the_lists_they_are_on(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people/1")
    lists = page.locator("section").filter(has=page.get_by_role("heading", name="Lists", exact=True))
    lists.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/lists/1$"))


def test_the_key_for_web_push_can_be_copied_and_the_reference_opens_beside(open_page: OpenPage) -> None:
    page = open_page("/apps/1/developers")
    expect(page.get_by_role("region", name="Web push")).to_contain_text("BKagOny0KF")
    expect(page.get_by_role("link", name="API reference")).to_have_attribute("target", "_blank")


def test_a_person_is_found_by_address(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people")
    page.get_by_role("textbox", name="Search by name, e-mail, id or alias").fill("kofi")
    expect(page.get_by_role("link", name="Kofi Mensah").first).to_be_visible()
    expect(page.get_by_role("link", name="Yuki Tanaka")).to_have_count(0)
    page.get_by_role("link", name="Kofi Mensah").first.click()
    expect(page.get_by_role("heading", name="Kofi Mensah")).to_be_visible()


def test_an_unknown_address_says_so(open_page: OpenPage) -> None:
    page = open_page("/apps/1/nowhere")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_a_person_in_a_segment_is_explained_from_both_pages(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/7")
    page.get_by_role("link", name="Why? Léa Moreau").click()
    expect(page.get_by_role("heading", name="Why in “Pro, left a cart, tired of mail”, or not?")).to_be_visible()
    expect(page.get_by_text("Léa Moreau is in this segment.")).to_be_visible()
    whole = page.get_by_role("group", name="All of these must hold").first
    expect(whole.get_by_role("img", name="Holds").first).to_be_visible()
    expect(whole.get_by_role("img", name="Does not hold").first).to_be_visible()
    expect(page.get_by_text("Plan is “pro”")).to_be_hidden()
    page.get_by_role("button", name="Show the rule of “Pro, or big spenders in Paris”").press("Enter")
    expect(page.get_by_text("Plan is “pro”")).to_be_visible()
    expect(page.get_by_text("It is “pro”")).to_be_visible()
    expect(page.get_by_role("group", name="None of these may hold")).to_be_visible()
    picture(page, "explanation-unfolded-wide-light")
    assert axe(page) == []
    page.goto("/apps/1/people/1")
    page.get_by_role("combobox", name="Ask about another segment").click()
    page.get_by_role("option", name="Every kind of condition").click()
    expect(page.get_by_text("Léa Moreau is not in this segment.")).to_be_visible()


def test_what_is_typed_into_a_rule_survives_leaving_the_page_and_mistakes(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    page = open_page("/apps/1/segments/new")
    page.get_by_label("Name").fill("Half done")
    card = page.get_by_role("group", name="Condition 1")
    card.get_by_role("combobox", name="Event").fill("Order Completed")
    card.get_by_label("Times").fill("7")
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()

    page.goto("/apps/1/segments/new")
    expect(page.get_by_text("What you had typed here, and not saved, is back.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Half done")
    expect(card.get_by_label("Times")).to_have_value("7")
    picture(page, "new-segment-draft-light")
    assert axe(page) == []

    card.get_by_role("combobox", name="Kind of condition").click()
    page.get_by_role("option", name="On a list").click()
    expect(card.get_by_role("combobox", name="List")).to_be_visible()
    card.get_by_role("combobox", name="Kind of condition").click()
    page.get_by_role("option", name="What they did").click()
    expect(card.get_by_label("Times")).to_have_value("7")

    card.get_by_role("button", name="Remove this condition").click()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card.get_by_label("Times")).to_have_value("7")

    page.get_by_role("button", name="Start afresh").click()
    expect(page.get_by_label("Name")).to_have_value("")
    expect(card.get_by_label("Times")).to_have_value("1")
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("")
    expect(page.get_by_text("What you had typed here")).to_have_count(0)


def test_a_rule_to_begin_with_is_chosen_and_counted_at_once(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/segments/new")
    starters = page.get_by_role("group", name="Begin with")
    starters.get_by_role("button", name="Stopped buying").click()
    expect(page.get_by_label("Name")).to_have_value("Stopped buying")
    expect(page.get_by_text("1,377 people are in it right now").first).to_be_visible()
    starters.get_by_role("button", name="Away longer than usual").click()
    expect(page.get_by_label("Times their usual gap between sessions")).to_have_value("3")
    picture(page, "new-segment-begun-light")
    assert axe(page) == []
    page.get_by_label("Times their usual gap between sessions").fill("4")
    expect(starters).to_have_count(0)


def test_what_was_sent_is_shown_again(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people/1")
    content = {
        "subject": "Your cart waits, Ada",
        "html": "<p>See you</p><a href='https://shop.example'>Cart</a>",
        "text": "See you",
    }
    said = {"delivery_id": "d", "message_id": 1, "version": 3, "name": "Cart mail", "channel": "email", "content": content}
    answer = {**said, "address": "ada@example.org", "sent_at": answers.NOW}
    page.route("**/content", lambda route: route.fulfill(json=answer))
    page.get_by_role("button", name="Show what was sent").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("“Cart mail”, version 3")).to_be_visible()
    expect(dialog.get_by_text("Your cart waits, Ada")).to_be_visible()
    picture(page, "sent-content-wide-light")
    assert axe(page) == []
    dialog.get_by_role("button", name="Close").click()
    error = {"code": "content_not_kept", "message": "", "reason": "content_erased", "parameters": {}, "data": {}}
    page.unroute("**/content")
    page.route("**/content", lambda route: route.fulfill(status=404, json={"error": error}))
    page.get_by_role("button", name="Show what was sent").last.click()
    expect(page.get_by_role("dialog").get_by_text("What was sent was erased with the person.")).to_be_visible()


def test_a_snippet_is_changed_where_all_who_render_it_are_named(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/messages")
    sent: list[tuple[str, object]] = []
    refusal = {
        "code": "invalid", "message": "There is no snippet 'legal'.", "path": "source", "data": {"path": "source"},
        "reason": "snippet_unknown", "parameters": {"snippet": "legal"},
    }  # fmt: skip

    def answer(route: Route) -> None:
        body = route.request.post_data_json
        sent.append((route.request.method, body))
        is_refused = body is not None and "legal" in body["source"]
        route.fulfill(status=400 if is_refused else 200, json={"error": refusal} if is_refused else {})

    page.route("**/api/v1/apps/1/snippets/1", answer)
    row = page.get_by_role("row", name=re.compile("^address"))
    expect(row.get_by_role("link", name="Cart reminder")).to_be_visible()
    picture(page, "snippets")
    row.get_by_role("button", name="address").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Saving changes the message that renders it, at once.")).to_be_visible()
    axe(page)
    picture(page, "snippet")
    dialog.get_by_label("Template").fill("{% render 'legal' %}")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_text("There is no snippet “legal”.")).to_be_visible()
    dialog.get_by_label("Template").fill("2 rue B")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    assert sent[1:] == [("PATCH", {"version": 1, "source": "2 rue B"})]


def test_a_snippet_is_made_and_one_that_is_used_is_not_deleted(open_page: OpenPage) -> None:
    page = open_page("/apps/1/messages")
    sent: list[tuple[str, object]] = []

    def answer(route: Route) -> None:
        if route.request.method == "GET":
            route.fallback()
            return
        sent.append((route.request.method, route.request.post_data_json if route.request.method == "POST" else None))
        route.fulfill(status=204) if route.request.method == "DELETE" else route.fulfill(status=201, json={})

    page.route("**/api/v1/apps/1/snippets**", answer)
    page.route("**/api/v1/apps/1/snippets/*", answer)
    page.get_by_role("button", name="New snippet").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Legal Note")
    dialog.get_by_label("Template").fill("All rights reserved")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()
    page.get_by_role("row", name=re.compile("^footer")).get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("link", name="Cart reminder")).to_be_visible()
    expect(dialog.get_by_role("button", name="Delete")).to_have_count(0)
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_be_hidden()
    page.get_by_role("row", name=re.compile("^old")).get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    assert sent == [("POST", {"name": "legalnote", "source": "All rights reserved"}), ("DELETE", None)]


STOPPED = {
    "id": 7,
    "message_id": 1,
    "channel": "web_push",
    "lane": "campaign",
    "state": "stopped",
    "created_at": answers.NOW,
    "size": 48_000,
    "entered": 20_000,
    "rendered": 1_240,
    "failed": 96,
    "stopped_at": answers.NOW,
    "cancelled_at": None,
}


def test_an_audience_that_stopped_is_said_and_goes_on_or_is_cancelled(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    called: list[str] = []

    def decide(route: Route) -> None:
        called.append(route.request.url.rpartition("/")[2])
        route.fulfill(json=STOPPED | {"state": "goes_on", "stopped_at": None})

    both: tuple[tuple[int, Scheme, str], ...] = ((1320, "light", "en-GB"), (390, "dark", "fr-FR"))
    for width, scheme, language in both:
        page = open_page("/apps/1/overview", width=width, scheme=scheme, language=language)
        page.route("**/api/v1/apps/1/audiences?*", lambda route: route.fulfill(json={"items": [STOPPED], "next": None}))
        page.route("**/api/v1/apps/1/audiences/7/*", decide)
        page.reload()
        expect(
            page.get_by_text("Cart reminder” has stopped for its audience" if language == "en-GB" else "pour son audience")
        ).to_be_visible()
        picture(page, f"audience-stopped-{'wide' if width > 400 else 'narrow'}-{scheme}")
        assert axe(page) == []
        if language == "en-GB":
            for word, dialog in (("Go on", "Let the audience go on?"), ("Cancel it", "Cancel the audience?")):
                page.get_by_role("button", name=word, exact=True).click()
                asked = page.get_by_role("dialog", name=dialog)
                assert axe(page) == []
                asked.get_by_role("button", name=word, exact=True).click()
                expect(asked).to_have_count(0)
    assert called == ["resume", "cancel"]


CHECKED = {
    "people": 200,
    "without_address": 12,
    "languages": [
        {
            "language": "en",
            "people": 150,
            "largest": {"size": 4_100, "most": 3_993, "unit": "bytes", "is_too_large": True},
            "example": 1,
        },
        {"language": "fr", "people": 50, "largest": None, "example": 2},
    ],
    "missing": [{"path": "translations.fr.title", "variable": "user.prenom", "people": 31, "example": 2}],
    "faults": [
        {
            "reason": "render_error",
            "path": "content.image",
            "detail": "image: 'i' is not an http(s) address.",
            "detail_reason": None,
            "detail_parameters": {},
            "people": 1,
            "example": 1,
        }
    ],
    "links": [{"url": "http://localhost/cart", "people": 200, "problem": "local"}],
}


def test_a_message_is_checked_over_a_sample_before_it_is_sent(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    asked: list[object] = []

    def check(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json=CHECKED)

    both: tuple[tuple[int, Scheme, str], ...] = ((1320, "light", "en-GB"), (390, "dark", "fr-FR"))
    for width, scheme, language in both:
        page = open_page("/apps/1/messages/1", width=width, scheme=scheme, language=language)
        page.route("**/api/v1/apps/1/messages/1/check", check)
        if language == "en-GB":
            page.get_by_role("combobox", name="Among the members of").click()
            page.get_by_role("option").first.click()
        page.get_by_role("button", name="Check" if language == "en-GB" else "Vérifier", exact=True).click()
        expect(page.get_by_text("user.prenom")).to_be_visible()
        expect(page.get_by_text("http://localhost/cart")).to_be_visible()
        assert axe(page) == []
        picture(page, f"message-checked-{'wide' if width > 400 else 'narrow'}-{scheme}")
    assert asked == [{"segment": answers.load("segments")[0]["id"], "people": 200}, {"segment": None, "people": 200}]
