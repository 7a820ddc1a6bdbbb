"""What an operator sees of consent, and does about it: the history, a yes that lifts a no, a no, an address allowed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser import answers
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import NARROW, settle, show_in, widest

Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]


def noted(page: Page, method: str, where: str) -> list[Any]:
    """The bodies that such requests bring; each is answered with the recorded person."""
    bodies: list[Any] = []

    def answer(route: Route) -> None:
        if route.request.method != method:
            route.fallback()
            return
        bodies.append(route.request.post_data_json)
        route.fulfill(json=answers.answer("apps/1/people/1", {}))

    page.route(where, answer)
    return bodies


def test_the_history_shows_who_said_what_where_and_in_which_words(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people/1")
    history = page.locator("section", has=page.get_by_role("heading", name="What was said about messages"))
    for text in (
        "Unsubscribed through a message (said by or for the person)",
        "By: the mailbox’s one-click button",
        "checkout form, 2026-11",
        "Yes, send me the offers of Atelier Lune by e-mail.",
        "By: operator 1",
        "A trait (told along with traits)",
    ):
        expect(history.get_by_text(text)).to_be_visible()
    expect(history.get_by_text("recorded", exact=False)).to_have_count(1)  # only where it was noted later than said


def test_a_yes_where_a_no_stands_asks_for_source_and_wording(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people/1")
    posted = noted(page, "POST", "**/people/1/consents")
    page.get_by_role("switch", name="Consent: E-mail, general").click(force=True)
    dialog = page.get_by_role("dialog", name="Note what this person said")
    expect(dialog.get_by_text("This person said no.")).to_be_visible()
    dialog.get_by_role("button", name="Note the yes").click()
    expect(dialog.get_by_text("Say where the yes was given.")).to_be_visible()
    expect(dialog.get_by_text("Put in the words they agreed to.")).to_be_visible()
    assert posted == []
    picture(page, "note-consent-wide-light")
    assert axe(page) == []
    show_in(page, "dark")
    assert axe(page) == []
    page.set_viewport_size(NARROW)
    assert widest(page) <= NARROW["width"]
    picture(page, "note-consent-narrow-dark")
    dialog.get_by_label("Where it was said").fill("by phone")
    dialog.get_by_label("What they agreed to").fill("Yes, the offers.")
    dialog.get_by_role("button", name="Note the yes").click()
    expect(page.get_by_text("Noted. It holds from now on.")).to_be_visible()
    assert posted == [
        {
            "channel": "email",
            "topic": "general",
            "granted": True,
            "source": "by phone",
            "wording": "Yes, the offers.",
            "occurred_at": None,
            "proof": {},
        }
    ]


def test_a_no_is_noted_with_no_more_than_the_channel(open_page: OpenPage, axe: Axe) -> None:
    page = open_page("/apps/1/people/1")
    posted = noted(page, "POST", "**/people/1/consents")
    page.get_by_role("switch", name="Consent: Web push, general").click(force=True)
    dialog = page.get_by_role("dialog", name="Note what this person said")
    expect(dialog.get_by_text("Only a newer yes with its wording lifts it.")).to_be_visible()
    assert axe(page) == []
    dialog.get_by_role("button", name="Note the no").click()
    expect(dialog).to_have_count(0)
    assert [(one["channel"], one["granted"], one["source"]) for one in posted] == [("web_push", False, "")]


def test_a_no_that_came_meanwhile_asks_for_the_wording_too(open_page: OpenPage) -> None:
    page = open_page("/apps/1/people/1")
    person = answers.answer("apps/1/people/1", {})
    person["consents"], person["subscriptions"] = [], []
    page.route("**/api/v1/apps/1/people/1", lambda route: route.fulfill(json=person))
    refusal = {"error": {"code": "consent_needs_proof", "message": "A no was said explicitly.", "data": {}}}
    page.route("**/people/1/consent", lambda route: route.fulfill(status=409, json=refusal))
    page.reload()
    expect(page.get_by_text("nothing recorded, so no marketing").first).to_be_visible()
    page.get_by_role("switch", name="Consent: E-mail, general").click(force=True)
    expect(page.get_by_role("dialog", name="Note what this person said")).to_be_visible()


def test_an_address_that_bounced_is_allowed_again_after_a_question(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people/1")
    patched = noted(page, "PATCH", "**/people/1")
    expect(page.get_by_text("the mailbox did not exist")).to_be_visible()
    page.get_by_role("button", name="Allow again: lea@old-work.example").click()
    dialog = page.get_by_role("dialog", name="Allow this address again?")
    expect(dialog.get_by_text("Are you sure that it works now?")).to_be_visible()
    picture(page, "allow-again-wide-light")
    assert axe(page) == []
    dialog.get_by_role("button", name="Allow this address again").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Block: lea.moreau@example.org").click()
    page.get_by_role("dialog", name="Block this address?").get_by_role("button", name="Block this address").click()
    expect(page.get_by_text("Blocked. Nothing more is sent there.")).to_be_visible()
    assert [one["subscriptions"] for one in patched] == [
        [{"id": 4, "state": "subscribed"}],
        [{"id": 1, "state": "suppressed"}],
    ]


def test_a_push_service_that_refuses_the_key_is_told_with_what_to_do(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people")
    paused = {
        "service": "push.example",
        "since": answers.NOW - 300_000,
        "next_try": answers.NOW + 60_000,
        "detail": "403 bad key",
    }
    healthy = {"status": "ok", "behind": 0, "settled_at": answers.NOW, "now": answers.NOW, "push_paused": [paused]}
    page.route("**/health", lambda route: route.fulfill(json=healthy))
    page.goto("/apps/1/overview")
    expect(page.get_by_text("Web push through push.example is paused")).to_be_visible()
    expect(page.get_by_text("Nobody has lost their subscription")).to_be_visible()
    expect(page.get_by_text("check that vapid.pem")).to_be_visible()
    settle(page)
    for scheme in ("light", "dark"):
        show_in(page, "light" if scheme == "light" else "dark")
        picture(page, f"push-paused-wide-{scheme}")
        assert axe(page) == []
    page.get_by_text("FR", exact=True).click()
    expect(page.get_by_text("Le web push par push.example est en pause")).to_be_visible()
    page.set_viewport_size(NARROW)
    assert widest(page) <= NARROW["width"]
    picture(page, "push-paused-narrow-french")


def test_a_provider_that_does_not_answer_is_told_with_the_next_try(open_page: OpenPage, axe: Axe, picture: Picture) -> None:
    page = open_page("/apps/1/people")
    down = {
        "service": "e-mail (app 1)",
        "since": answers.NOW - 300_000,
        "next_try": answers.NOW + 60_000,
        "detail": "connection refused",
    }
    healthy = {"status": "ok", "behind": 0, "settled_at": answers.NOW, "now": answers.NOW, "providers_down": [down]}
    page.route("**/health", lambda route: route.fulfill(json=healthy))
    page.goto("/apps/1/overview")
    expect(page.get_by_text("e-mail (app 1) does not answer")).to_be_visible()
    expect(page.get_by_text("connection refused")).to_be_visible()
    settle(page)
    for scheme in ("light", "dark"):
        show_in(page, "light" if scheme == "light" else "dark")
        picture(page, f"provider-down-wide-{scheme}")
        assert axe(page) == []
    page.get_by_text("FR", exact=True).click()
    expect(page.get_by_text("e-mail (app 1) ne répond pas")).to_be_visible()
    page.set_viewport_size(NARROW)
    assert widest(page) <= NARROW["width"]
    picture(page, "provider-down-narrow-french")


def test_a_domain_that_was_stopped_for_complaints_is_resumed_after_a_question(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    page = open_page("/apps/1/people")
    stopped = {
        "domain": "news.shop.example",
        "delivered": 2_400,
        "complained": 9,
        "resumed_at": None,
        "stopped_at": answers.NOW - 300_000,
        "stopped_with_delivered": 2_050,
        "stopped_with_complained": 8,
    }
    page.route("**/sending-domains", lambda route: route.fulfill(json={"items": [stopped]}))
    resumed: list[str] = []

    def resume(route: Route) -> None:
        resumed.append(route.request.url.rpartition("/api/v1")[2])
        stopped["stopped_at"] = None
        route.fulfill(json={"items": [stopped]})

    page.route("**/sending-domains/*/resume", resume)
    page.goto("/apps/1/overview")
    expect(page.get_by_text("Marketing from news.shop.example is stopped")).to_be_visible()
    expect(page.get_by_text("0.4% of what was delivered within 24 hours")).to_be_visible()
    settle(page)
    for scheme in ("light", "dark"):
        show_in(page, "light" if scheme == "light" else "dark")
        picture(page, f"domain-stopped-wide-{scheme}")
        assert axe(page) == []
    page.get_by_text("FR", exact=True).click()
    page.set_viewport_size(NARROW)
    expect(page.get_by_text("Le marketing de news.shop.example est arrêté")).to_be_visible()
    assert widest(page) <= NARROW["width"]
    picture(page, "domain-stopped-narrow-french")
    page.get_by_role("button", name="Reprendre le marketing").click()
    dialog = page.get_by_role("dialog", name="Reprendre le marketing ?")
    expect(dialog.get_by_text("ne partira pas plus tard")).to_be_visible()
    dialog.get_by_role("button", name="Reprendre le marketing").click()
    expect(page.get_by_text("Le marketing de news.shop.example est arrêté")).to_have_count(0)
    assert resumed == ["/apps/1/sending-domains/news.shop.example/resume"]


def test_what_a_person_told_about_hours_limit_and_language_is_noted_as_a_whole(
    open_page: OpenPage, axe: Axe, picture: Picture
) -> None:
    page = open_page("/apps/1/people/1")
    put = noted(page, "PUT", "**/people/1/preferences")
    page.get_by_role("button", name="Note their choices").click()
    dialog = page.get_by_role("dialog", name="Note their choices")
    dialog.get_by_label("From").fill("20:00")
    dialog.get_by_label("At most").fill("2")
    dialog.get_by_label("Language").fill("fr")
    settle(page)
    picture(page, "note-choices-wide-light")
    assert axe(page) == []
    show_in(page, "dark")
    assert axe(page) == []
    page.set_viewport_size(NARROW)
    assert widest(page) <= NARROW["width"]
    picture(page, "note-choices-narrow-dark")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    hours, limit = {"start": "20:00", "end": "08:00"}, {"most": 2, "rolling": "7d"}
    assert put == [{"quiet_hours": hours, "limit": limit, "language": "fr"}]
    page.get_by_role("button", name="Note their choices").click()
    dialog.get_by_label("No messages in certain hours").uncheck()
    dialog.get_by_label("Fewer marketing messages").uncheck()
    dialog.get_by_label("Language").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert put[1] == {"quiet_hours": None, "limit": None, "language": None}
