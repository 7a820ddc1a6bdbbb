"""Abandoned cart. Who leaves a cart for two hours is reminded with the product's picture and a link straight to the cart, and
once more a day later if nothing came of it, with something for them; buying stops it at once, and two carts are two
reminders.

Missing: codes that expire (one for each person, with a date) are not made here: a text can name one; a cart that was emptied
is reminded of unless the journey names that event as an exit, too; the two hours run from the first product of a cart; the
reminder knows all of its products only where the shop's events list them.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, await_, delay, say

pytestmark = pytest.mark.xdist_group("stories")


def reminders(shop: Shop) -> int:
    """The journey; its messages are a push with a picture and a mail with free delivery."""
    push = shop.push(
        "Still there?",
        "https://shop.example/cart/{{ event.cart_id }}",
        content={"body": "Your {{ event.name }} waits.", "image": "{{ event.image_url }}"},
    )
    mail = shop.mail("Free delivery", '<a href="https://shop.example/cart/{{ event.cart_id }}">Your {{ event.name }}</a>')
    return shop.journey(
        {"event": "Product Added", "key": "cart_id"},
        delay("wait", "2h", "push"),
        say("push", push, "reacted"),
        await_("reacted", "message_clicked", "24h", None, "mail"),
        say("mail", mail),
        exits=[{"event": "Order Completed", "match": "cart_id"}],
        goal={"event": "Order Completed", "within": "3d"},
    )


def lamp(cart: str) -> dict[str, str]:
    return {"cart_id": cart, "name": "Lamp", "image_url": "https://shop.example/lamp.jpg"}


def test_picture_and_link_after_two_hours_and_a_second_message_a_day_later(shop: Shop) -> None:
    reminders(shop)
    shop.reader("ada")
    phone = shop.phone("ada")
    shop.track("ada", "Product Added", lamp("c1"))
    added = shop.now
    shop.advance(added + 2 * HOUR - 1)
    assert shop.pushes(phone) == []
    shop.advance(added + 2 * HOUR)
    [push] = shop.pushes(phone)
    assert (push["title"], push["body"], push["image"]) == ("Still there?", "Your Lamp waits.", "https://shop.example/lamp.jpg")
    shop.advance(added + 25 * HOUR)
    assert shop.mails("ada") == []
    shop.advance(added + 26 * HOUR)
    [mail] = shop.mails("ada")
    assert mail["subject"] == "Free delivery"
    assert shop.click(mail) == "https://shop.example/cart/c1"


def test_a_reaction_keeps_the_second_message_back(shop: Shop) -> None:
    reminders(shop)
    shop.reader("ada")
    phone = shop.phone("ada")
    shop.track("ada", "Product Added", lamp("c1"))
    shop.wait(3 * HOUR)
    [push] = shop.pushes(phone)
    assert shop.click(push) == "https://shop.example/cart/c1"
    shop.wait(2 * DAY)
    assert shop.mails("ada") == []


def test_buying_stops_it_at_once_and_only_for_that_cart(shop: Shop) -> None:
    journey = reminders(shop)
    shop.reader("ada")
    phone = shop.phone("ada")
    for cart in ("c1", "c2"):
        shop.track("ada", "Product Added", lamp(cart))
    shop.wait(2 * HOUR - MINUTE)
    shop.track("ada", "Order Completed", {"cart_id": "c1", "total": 49})
    shop.wait(2 * DAY)
    assert len(shop.pushes(phone)) == 1
    [mail] = shop.mails("ada")
    assert shop.click(mail) == "https://shop.example/cart/c2"
    assert sorted(shop.reasons(journey)) == ["completed", "exit_event"]
