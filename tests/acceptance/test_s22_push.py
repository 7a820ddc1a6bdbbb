"""Push. A web push has a picture, buttons, a link to the right place, emoji, an end, and takes the place of an older one of
its kind.

Missing: iOS and Android: their tokens are kept, nothing is sent to them, and a link into an app (`myapp://`) is refused; a
push that waits for a sleeping device is not replaced by a newer one of its tag before it is shown.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import HOUR, Shop, follow, say

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
    assert [(each["title"], follow(each["url"])) for each in push["data"]["buttons"]] == [
        ("See", "https://shop.example/p/lamp-7"),
        ("Help", "https://shop.example/help"),
    ]
    assert push["data"]["tag"] == "prices"


def test_what_a_phone_reports_is_told(shop: Shop) -> None:
    message = shop.push("Hello")
    shop.journey({"event": "Go"}, say("push", message))
    phone = shop.phone("ada")
    shop.track("ada", "Go")
    receipts = shop.pushes(phone)[0]["data"]["receipts"]
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
