"""A walk through the demo in a browser, on the real program: every page, the sandbox's real links, and the README's pictures."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.postgres import free_port

STARTED_WITHIN = 900  # seconds; half a minute where nothing else runs
PICTURES = os.environ.get("RELANCE_PICTURES", "")  # a folder: the README's pictures are written there
VISITORS = 150 if PICTURES else 25

Axe = Callable[[Page], list[str]]

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.in_order]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo whose story has been told and which stays up."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "relance", "demo", "--visitors", str(VISITORS), "--data", str(folder / "data")]
    said = folder / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen([*command, "--port", url.rpartition(":")[2]], stdout=out, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + STARTED_WITHIN
            while "It stays up" not in said.read_text():
                assert process.poll() is None, said.read_text()[-4000:]
                assert time.monotonic() < until, said.read_text()[-4000:]
                time.sleep(0.2)
            yield url
        finally:
            process.terminate()
            process.wait(60)
            with pytest.raises(ConnectionRefusedError):  # the server has ended with it
                socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 1)


@pytest.fixture(scope="module")
def page(browser: Browser, demo: str) -> Iterator[Page]:
    """A browser whose operator has signed in; any error in the console fails the last test."""
    context = browser.new_context(
        base_url=demo,
        viewport={"width": 1320, "height": 900},
        locale="en-GB",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.goto("/")
    page.get_by_label("E-mail address").fill("demo@example.com")
    page.get_by_label("Password", exact=True).fill("relance-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    yield page
    context.close()
    # The question who is signed in is answered 401 before anybody is.
    assert [line for line in troubles if "401" not in line] == []


def settle(page: Page) -> None:
    """Wait until nothing is loading any more."""
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("status", name="Loading…")).to_have_count(0)
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)


def look(page: Page, axe: Axe, name: str = "", height: int = 900) -> None:
    """A page is done: axe objects to nothing, and its picture is taken where pictures are wanted."""
    settle(page)
    assert axe(page) == []
    if PICTURES and name:
        page.set_viewport_size({"width": 1320, "height": height})
        page.mouse.move(660, 4)  # off the menu, which would show the last place as pointed at
        settle(page)
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))
        page.set_viewport_size({"width": 1320, "height": 900})


def menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def open_shop(page: Page) -> None:
    if page.get_by_role("button", name="App: The shop").count() == 0:
        page.get_by_role("button", name=re.compile("^App: ")).click()
        page.get_by_role("menuitem", name="The shop").click()
        expect(page.get_by_role("button", name="App: The shop")).to_be_visible()


def test_sign_in_lands_on_the_shop_and_says_that_it_has_a_clock_of_its_own(page: Page) -> None:
    expect(page.get_by_role("button", name="App: The shop")).to_be_visible()
    expect(page.get_by_text(re.compile("^It is .* here$"))).to_be_visible()


def test_real_purchases_are_counted_and_placed_in_rfm_cells(page: Page, axe: Axe) -> None:
    page.get_by_role("button", name=re.compile("^App: ")).click()
    page.get_by_role("menuitem", name="CDNOW").click()
    expect(page.get_by_role("button", name="App: CDNOW")).to_be_visible()
    expect(page.get_by_text("23,570 people with at least one “Order Completed”.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Hibernating")).to_contain_text("8,569")
    look(page, axe)


def test_the_shop_shows_what_messages_came_to_and_what_was_not_sent(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Overview")
    expect(page.get_by_text("No consent for this topic")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Welcome (e-mail)")).to_be_visible()
    expect(page.get_by_text(re.compile("^From event to message: half within "))).to_be_visible()
    look(page, axe, "overview", 1310)


def test_a_person_is_found_and_shown_with_all_that_was_meant_for_them(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "People")
    page.get_by_role("textbox", name=re.compile("^Search by ")).fill("finn@")
    page.get_by_role("row").filter(has_text="finn@example.com").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Finn", level=1)).to_be_visible()
    row = page.get_by_role("row").filter(has_text="not sent")
    expect(row.first).to_contain_text("No consent for this topic")
    expect(page.get_by_text("entered the journey").first).to_be_visible()
    look(page, axe, "person", 1180)


def test_those_to_look_at_are_on_a_list_and_carts_are_still_open(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Lists")
    page.get_by_role("link", name="Who to look at").click()
    expect(page.get_by_text("8 people are on it")).to_be_visible()
    look(page, axe)
    menu(page, "Segments")
    page.get_by_role("link", name="Cart left behind").click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    expect(page.get_by_role("link", name="Ned", exact=True)).to_be_visible()


def test_segments_show_their_size_rule_and_members(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Segments")
    expect(page.get_by_text("Did “Order Completed”").first).to_be_visible()
    look(page, axe)
    page.get_by_role("link", name="Buyers").click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    look(page, axe)


def test_a_segment_is_made_and_has_its_members_at_once(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Segments")
    page.get_by_role("link", name="New segment").click()
    page.get_by_label("Name", exact=True).fill("Looked around")
    page.get_by_role("combobox", name="Event").fill("Product Viewed")
    page.keyboard.press("Escape")
    expect(page.get_by_text(re.compile(r"^\d+ people are in it right now$"))).to_be_visible()
    counted = page.get_by_text(re.compile(r"^\d+ people are in it right now$")).inner_text().split()[0]
    look(page, axe)
    page.get_by_role("button", name="Create the segment").click()
    expect(page.get_by_role("heading", name="Looked around", level=1)).to_be_visible()
    expect(page.get_by_text(counted, exact=True).first).to_be_visible()


def test_the_cart_journey_shows_its_steps_with_their_counts(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Journeys")
    look(page, axe)
    page.get_by_role("link", name="Abandoned cart").click()
    expect(page.get_by_role("group", name=re.compile(r"^Message: Cart reminder \(push\)\. \d+ entered"))).to_be_visible()
    expect(page.get_by_text("not within 2 hours")).to_be_visible()
    look(page, axe, "journey", 1300)


def test_messages_show_rates_revenue_and_each_delivery(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Messages")
    look(page, axe)
    page.get_by_role("link", name="Cart reminder (push)").click()
    expect(page.get_by_role("heading", name="Latest deliveries")).to_be_visible()
    expect(page.get_by_text("No address on this channel").first).to_be_visible()
    look(page, axe)


def test_a_push_in_the_sandbox_opens_its_real_link(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Sandbox")
    page.get_by_role("textbox", name="Find a phone").fill("(jon)")
    card = page.get_by_role("region", name="Lock screen of Jon (jon)").get_by_role("link").first
    expect(card).to_be_visible()
    address = card.get_attribute("href") or ""
    assert "/t/c/" in address
    page.get_by_role("textbox", name="Find a phone").fill("")
    look(page, axe, "sandbox", 860)
    page.get_by_role("textbox", name="Find a phone").fill("(jon)")
    with page.expect_popup() as opened:
        card.click()
    opened.value.wait_for_url(re.compile(r"/shop/cart\?cart="))
    expect(opened.value.get_by_role("heading", name="Still in your cart")).to_be_visible()
    assert axe(opened.value) == []
    opened.value.close()


def test_a_phone_shows_what_its_app_got_and_a_tap_counts(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Sandbox")
    page.get_by_role("textbox", name="Find a phone").fill("(bo)")
    phone = page.get_by_role("region", name="Lock screen of Bo (bo)")
    expect(phone).to_contain_text("Your merino scarf is on its way")
    with page.expect_response(re.compile(r"/t/p/.+/clicked$")) as told:
        phone.get_by_role("button", name="Follow it").click()
    assert told.value.ok
    expect(phone.get_by_role("status")).to_have_text("The app opens shop://orders/order-cart-bo")
    look(page, axe)


def test_a_text_is_answered_and_the_answer_comes_back(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Sandbox")
    page.get_by_role("textbox", name="Find a phone").fill("(dan)")
    phone = page.get_by_role("region", name="Lock screen of Dan (dan)")
    expect(phone).to_contain_text("No more offers: STOP")
    expect(phone.get_by_text("STOP", exact=True).first).to_be_visible()  # what he answered
    phone.get_by_role("button", name="HELP").click()
    expect(phone).to_contain_text("write to hello@shop.example")
    look(page, axe)


def test_webhooks_are_logged_with_their_signature(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Sandbox")
    page.get_by_role("tab", name="Webhooks").click()
    line = page.get_by_role("button", name=re.compile("The shop's loyalty system")).first
    expect(line).to_contain_text("Signed")
    line.click()
    expect(page.get_by_text("webhook-signature: v1,")).to_be_visible()
    look(page, axe)


def test_an_e_mail_is_read_in_a_frame_that_runs_nothing(page: Page, axe: Axe) -> None:
    open_shop(page)
    menu(page, "Sandbox")
    page.get_by_role("tab", name="Mailbox").click()
    page.get_by_role("button", name=re.compile("a first order with 10 % off")).first.click()
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-popups allow-popups-to-escape-sandbox")
    expect(frame.content_frame.get_by_role("link", name="Unsubscribe")).to_be_visible()
    look(page, axe)


def test_a_test_send_arrives_in_the_sandbox(page: Page) -> None:
    open_shop(page)
    menu(page, "Messages")
    page.get_by_role("link", name="Welcome (e-mail)").click()
    page.get_by_role("combobox", name="Send it to").fill("finn@")
    page.get_by_role("option", name=re.compile("finn@example.com")).click()
    page.get_by_role("button", name="Send the test").click()
    expect(page.get_by_text("On its way.")).to_be_visible()
    menu(page, "Sandbox")
    page.get_by_role("tab", name="Mailbox").click()
    expect(page.get_by_role("button", name=re.compile("^finn@example.com")).first).to_be_visible()


def test_stopping_all_sending_shows_on_every_page(page: Page) -> None:
    open_shop(page)
    page.get_by_role("button", name="Stop all sending").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop all sending").click()
    expect(page.get_by_text("All sending is stopped for this app.")).to_be_visible()
    menu(page, "Journeys")
    page.get_by_role("button", name="Resume sending").click()
    expect(page.get_by_text("All sending is stopped for this app.")).to_have_count(0)


def test_a_new_app_shows_its_keys_once_and_teaches_the_first_event(page: Page, axe: Axe) -> None:
    page.get_by_role("button", name=re.compile("^App: ")).click()
    page.get_by_role("menuitem", name="New app…").click()
    page.get_by_label("Name of the app").fill("Second shop")
    expect(page.get_by_role("button", name="Create the app")).to_be_disabled()
    page.get_by_label("Yes").check()
    expect(page.get_by_role("region", name="How a server signs")).to_contain_text("HS256")
    page.get_by_label("Not yet").check()
    look(page, axe)
    page.get_by_role("button", name="Create the app").click()
    expect(page.get_by_text("Copy now what you need").first).to_be_visible()
    expect(page.get_by_role("switch", name="Take pages at their word that sign nothing")).to_be_checked()
    expect(page.get_by_role("region", name="Send the first event")).to_contain_text("-u rlw_")
    look(page, axe)
    menu(page, "Overview")
    expect(page.get_by_text("No event has arrived yet")).to_be_visible()
    page.get_by_role("link", name="Send the first event").click()
    page.reload()
    expect(page.get_by_text("First write key")).to_be_visible()
    expect(page.get_by_text("Copy now what you need")).to_have_count(0)
