"""Push. A push in the browser, on an iPhone or on an Android phone has a picture, buttons, a link to the right place, emoji, an
end, and takes the place of an older one of its kind.

Missing: nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.acceptance.shop import HOUR, MINUTE, Shop, follow, say
from tests.providers.apns import KEY_ID, TEAM, TOPIC, FakeApns
from tests.providers.cases import Case
from tests.providers.certificates import server_context
from tests.providers.fcm import FakeFcm, make_key
from tests.providers.http2_server import serving

IPHONE, ANDROID = "ab" * 32, "pixel:APA91bHPRgkF3JUikC4ENAHEeMrd41Zxv3"

pytestmark = pytest.mark.xdist_group("stories")


def test_a_push_shows_what_was_written_and_each_button_leads_where_it_should(shop: Shop) -> None:
    content = {
        "body": "Back at {{ event.price }} €",
        "image": "https://shop.example/{{ event.sku }}.jpg",
        "tag": "prices",
        "buttons": [
            {"title": "See", "url": "https://shop.example/p/{{ event.sku }}"},
            {"title": "Help", "url": "https://shop.example/help"},
        ],
    }
    message = shop.push("Lamps 💡", "https://shop.example/p/{{ event.sku }}", content=content, valid_for="2h")
    shop.journey({"event": "Price Dropped"}, say("push", message))
    phone = shop.phone("ada")
    shop.track("ada", "Price Dropped", {"sku": "lamp-7", "price": 12.5})
    [push] = shop.pushes(phone)
    assert (push["title"], push["body"], push["image"]) == ("Lamps 💡", "Back at 12.5 €", "https://shop.example/lamp-7.jpg")
    assert shop.click(push) == "https://shop.example/p/lamp-7"
    assert [(each["title"], follow(each["url"])) for each in push["buttons"]] == [
        ("See", "https://shop.example/p/lamp-7"),
        ("Help", "https://shop.example/help"),
    ]
    assert push["tag"] == "prices"


def test_of_what_is_about_the_same_thing_a_sleeping_device_gets_the_last(shop: Shop) -> None:
    """The push service keeps one of a topic; which things are the same is what the message's author says."""
    message = shop.push("Back again", content={"body": "{{ event.price }}", "collapse_id": "price {{ event.sku }}"})
    shop.journey({"event": "Price Dropped"}, say("push", message))
    phone = shop.phone("ada")
    for sku, price in (("lamp-7", 20), ("sofa-1", 300), ("lamp-7", 15)):
        shop.wait(MINUTE)
        shop.track("ada", "Price Dropped", {"sku": sku, "price": price})
    assert [each["body"] for each in shop.pushes(phone)] == ["300", "15"]
    [_, push] = shop.pushes(phone)
    assert (len(push["topic"]), push["tag"], push["data"]["web_push"]) == (32, push["topic"], 8030)


def test_what_a_phone_reports_is_told(shop: Shop) -> None:
    message = shop.push("Hello")
    shop.journey({"event": "Go"}, say("push", message))
    phone = shop.phone("ada")
    shop.track("ada", "Go")
    receipts = shop.pushes(phone)[0]["receipts"]
    for action in ("delivered", "dismissed"):
        follow(receipts[action], b"")
    shop.server.settle()
    assert (shop.figures(message)["delivered"], shop.figures(message)["dismissed"]) == (1, 1)


@pytest.mark.parametrize(
    "content",
    [
        {"title": "Three", "buttons": [{"title": str(number)} for number in range(3)]},
        {"title": "App", "url": "myapp://cart"},
        {"title": "Long", "body": "x" * 5_000},
    ],
)
def test_what_could_never_be_shown_is_refused_when_it_is_written(shop: Shop, content: dict[str, object]) -> None:
    refused = shop.refusal("POST", "/messages", {"name": "No", "channel": "web_push", "content": content})
    assert refused["data"]["path"].startswith("content")


def test_a_push_that_is_over_is_not_sent(shop: Shop) -> None:
    message = shop.push("Two hours", valid_for="2h")
    journey = shop.journey({"event": "Go"}, say("push", message))
    phone = shop.phone("ada")
    shop.post(f"/journeys/{journey}/pause")
    shop.track("ada", "Go")
    shop.wait(3 * HOUR)
    shop.post(f"/journeys/{journey}/resume")
    shop.wait(HOUR)
    assert shop.pushes(phone) == []


class Phones(NamedTuple):
    """What Apple and Google got for this shop's apps."""

    apple: FakeApns
    google: FakeFcm


@pytest.fixture
def phones(shop: Shop, authority: tuple[Path, Path]) -> Iterator[Phones]:
    """An app for iPhones and one for Android phones, set up as their makers do it."""
    apple, google = FakeApns(), FakeFcm(make_key())
    context = server_context(authority[1], "h2")
    with serving(apple.answer, context) as at_apple, serving(google.answer, context) as at_google:
        settings: dict[str, Any] = {"team_id": TEAM, "key_id": KEY_ID, "topic": TOPIC, "base_url": at_apple.origin}
        shop.post("/providers", {"type": "apns", "name": "iPhones", "settings": settings, "secrets": {"key": apple.p8()}})
        settings = {"base_url": at_google.origin, "token_url": f"{at_google.origin}/token"}
        account = {"service_account": google.service_account()}
        shop.post("/providers", {"type": "fcm", "name": "Android", "settings": settings, "secrets": account})
        yield Phones(apple, google)


def opens_app(shop: Shop, user: str, token: str, kind: str) -> None:
    shop.identify(user, context={"device": {"token": token, "type": kind}})


def states(shop: Shop, user: str) -> list[str]:
    return [each["state"] for each in shop.get(f"/people/{shop.person(user)['id']}")["subscriptions"]]


def message_to_phones(shop: Shop, content: dict[str, Any], **more: Any) -> int:
    made = shop.post("/messages", {"name": "Phones", "channel": "mobile_push", "content": content, **more})
    return int(made["id"])


def test_a_message_reaches_an_iphone_and_an_android_phone_with_all_it_carries(shop: Shop, phones: Phones) -> None:
    content = {
        "title": "Lamps 💡",
        "body": "Back at {{ event.price }} €",
        "image": "https://shop.example/{{ event.sku }}.jpg",
        "url": "myshop://p/{{ event.sku }}",
        "buttons": [{"title": "Help", "url": "https://shop.example/help"}],
        "collapse_id": "prices",
        "data": {"sku": "{{ event.sku }}"},
        "interruption_level": "time-sensitive",
    }
    message = message_to_phones(shop, content, valid_for="2h")
    shop.journey({"event": "Price Dropped"}, say("push", message))
    opens_app(shop, "ada", IPHONE.upper(), "ios")
    opens_app(shop, "ada", ANDROID, "android")
    shop.track("ada", "Price Dropped", {"sku": "lamp-7", "price": 12.5})
    [(headers, shown)] = phones.apple.sent
    [sent] = phones.google.sent
    assert (headers[":path"], headers["apns-collapse-id"]) == (f"/3/device/{IPHONE}", "prices")
    assert shown["aps"]["alert"] == {"title": "Lamps 💡", "body": "Back at 12.5 €"}
    assert (shown["aps"]["mutable-content"], shown["aps"]["interruption-level"]) == (1, "time-sensitive")
    assert (sent["token"], sent["android"]["ttl"], sent["android"]["collapse_key"]) == (ANDROID, "7200s", "prices")
    assert sent["notification"] == {"title": "Lamps 💡", "body": "Back at 12.5 €", "image": "https://shop.example/lamp-7.jpg"}
    for values, buttons in ((shown, shown["buttons"]), (sent["data"], json.loads(sent["data"]["buttons"]))):
        assert (values["url"], values["sku"]) == ("myshop://p/lamp-7", "lamp-7")
        assert buttons == [{"title": "Help", "url": "https://shop.example/help"}]
        for action in ("delivered", "clicked"):
            follow(f"{values['receipts']}/{action}", b"")
    shop.server.settle()
    figures = shop.figures(message)
    assert (figures["sent"], figures["delivered"], figures["clicked"]) == (2, 2, 2)


def test_an_app_that_was_deleted_gets_nothing_more_until_it_reports_its_token_again(shop: Shop, phones: Phones) -> None:
    message = message_to_phones(shop, {"title": "Hello"})
    for event in ("Go", "Go Again"):
        shop.journey({"event": event}, say("push", message))
    opens_app(shop, "ada", ANDROID, "android")
    phones.google.ended.add(ANDROID)
    shop.track("ada", "Go")
    assert states(shop, "ada") == ["gone"]
    phones.google.ended.clear()
    opens_app(shop, "ada", ANDROID, "android")
    shop.track("ada", "Go Again")
    assert shop.deliveries(message) == [("failed", "gone"), ("sent", "")]
    assert len(phones.google.sent) == 1


def test_a_key_that_is_refused_ends_nobody_and_what_waited_leaves_when_it_is_good(shop: Shop, phones: Phones) -> None:
    message = message_to_phones(shop, {"title": "Hello"}, valid_for="2h")
    shop.journey({"event": "Go"}, say("push", message))
    opens_app(shop, "ada", IPHONE, "ios")
    phones.apple.cases = [Case.WRONG_KEY]
    shop.track("ada", "Go")
    assert phones.apple.sent == []
    assert states(shop, "ada") == ["subscribed"]
    [paused] = [each for each in shop.program.get("/health")["push_paused"] if each["service"].endswith(f"(app {shop.number})")]
    assert (paused["service"], paused["detail"]) == (f"APNs (app {shop.number})", "403 InvalidProviderToken")
    shop.wait(2 * MINUTE)
    assert len(phones.apple.sent) == 1


def test_the_newest_phone_alone_gets_it_where_the_message_says_so(shop: Shop, phones: Phones) -> None:
    message = message_to_phones(shop, {"title": "Hello", "devices": "last_active"})
    shop.journey({"event": "Go"}, say("push", message))
    opens_app(shop, "ada", IPHONE, "ios")
    shop.wait(HOUR)
    opens_app(shop, "ada", ANDROID, "android")
    shop.track("ada", "Go")
    assert (len(phones.apple.sent), len(phones.google.sent)) == (0, 1)


def test_a_test_send_says_what_the_service_answered(shop: Shop, phones: Phones) -> None:
    providers = {each["type"]: each["id"] for each in shop.get("/providers")}
    assert shop.post(f"/providers/{providers['fcm']}/test", {"to": ANDROID}) == {
        "taken": True,
        "detail": "200",
    }
    phones.apple.cases = [Case.WRONG_KEY]
    refused = shop.post(f"/providers/{providers['apns']}/test", {"to": IPHONE})
    assert (refused["taken"], "InvalidProviderToken" in refused["detail"]) == (False, True)


def test_who_has_no_provider_for_a_phone_is_told_why_nothing_was_sent(shop: Shop) -> None:
    message = message_to_phones(shop, {"title": "Hello"})
    shop.journey({"event": "Go"}, say("push", message))
    opens_app(shop, "ada", ANDROID, "android")
    shop.track("ada", "Go")
    assert shop.deliveries(message) == [("skipped", "no_channel")]


@pytest.mark.parametrize(
    "content",
    [
        {"title": "Script", "url": "javascript:alert(1)"},
        {"title": "Long", "body": "x" * 5_000},
        {"title": "Reserved", "data": {"aps": "x"}},
    ],
)
def test_what_no_phone_takes_is_refused_when_it_is_written(shop: Shop, content: dict[str, object]) -> None:
    refused = shop.refusal("POST", "/messages", {"name": "No", "channel": "mobile_push", "content": content})
    assert refused["data"]["path"].startswith("content")
