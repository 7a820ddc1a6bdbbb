"""Transactional. An order is confirmed, told as shipped with a link to its track, and as delivered, and some days later a
review is asked for: no consent is needed and nothing holds it back.

Missing: the state of the order inside the confirmation and tracking that moves: the message links to where the shop shows it.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, delay, say

pytestmark = pytest.mark.xdist_group("stories")

TRANSACTIONAL = {"class": "transactional"}


def order_messages(shop: Shop) -> None:
    confirmed = shop.mail("Order {{ event.order_id }}: {{ event.total }} EUR", **TRANSACTIONAL)
    shipped = shop.mail("On its way", '<a href="https://parcels.example/{{ event.track }}">Where it is</a>', **TRANSACTIONAL)
    delivered, review = shop.mail("It is there", **TRANSACTIONAL), shop.mail("How do you like it?", **TRANSACTIONAL)
    shop.journey({"event": "Order Completed", "key": "order_id"}, say("mail", confirmed))
    shop.journey({"event": "Order Shipped", "key": "order_id"}, say("mail", shipped))
    shop.journey(
        {"event": "Order Delivered", "key": "order_id"},
        say("mail", delivered, "days"),
        delay("days", "3d", "ask"),
        say("ask", review),
    )


def test_each_state_of_an_order_is_told_without_any_consent(shop: Shop) -> None:
    order_messages(shop)
    shop.identify("ada", {"email": shop.address("ada")})
    shop.track("ada", "Order Completed", {"order_id": "7", "total": 42})
    shop.wait(DAY)
    shop.track("ada", "Order Shipped", {"order_id": "7", "track": "X-99"})
    shop.wait(DAY)
    shop.track("ada", "Order Delivered", {"order_id": "7"})
    delivered = shop.now
    shop.wait(3 * DAY + MINUTE)
    mails = shop.mails("ada")
    assert [each["subject"] for each in mails] == ["Order 7: 42 EUR", "On its way", "It is there", "How do you like it?"]
    assert shop.click(mails[1]) == "https://parcels.example/X-99"
    assert mails[3]["received_at"] - delivered == 3 * DAY
    assert [each["list_unsubscribe"] for each in mails] == [[], [], [], []]


def test_who_unsubscribed_from_marketing_still_gets_them_at_any_hour(shop: Shop) -> None:
    order_messages(shop)
    news = shop.mail("News")
    shop.journey({"event": "News"}, say("mail", news))
    shop.reader("ada")
    shop.track("ada", "News")
    shop.unsubscribe(shop.mails("ada")[0])
    shop.advance((shop.now // DAY + 1) * DAY + 3 * HOUR)
    for order in ("1", "2", "3"):
        shop.track("ada", "Order Completed", {"order_id": order, "total": 5})
    shop.track("ada", "News")
    assert shop.subjects("ada") == ["News", "Order 1: 5 EUR", "Order 2: 5 EUR", "Order 3: 5 EUR"]
    assert shop.deliveries(news) == [("sent", ""), ("skipped", "unsubscribed")]


def test_an_order_that_was_told_late_is_confirmed_all_the_same(shop: Shop) -> None:
    order_messages(shop)
    shop.reader("ada")
    ordered = shop.now
    shop.wait(3 * HOUR)
    shop.track("ada", "Order Completed", {"order_id": "7", "total": 42}, at=ordered)
    assert shop.subjects("ada") == ["Order 7: 42 EUR"]


def test_a_shops_server_asks_for_a_receipt_by_call_and_it_goes_once(shop: Shop) -> None:
    """To a person, and to a guest of whom nothing is known but an address; a call that is repeated sends nothing more."""
    receipt = shop.mail("Receipt {{ event.order_id }}", **TRANSACTIONAL)
    shop.identify("ada", {"email": shop.address("ada")})
    calls = (
        ({"alias": "user_id:ada", "data": {"order_id": "7"}}, "receipt-7"),
        ({"address": shop.address("guest"), "data": {"order_id": "8"}}, "receipt-8"),
    )
    for _ in range(2):
        for body, key in calls:
            answer = shop.program.call(
                "POST", f"{shop.api}/messages/{receipt}/send", body, shop.key, timeout=120, headers={"Idempotency-Key": key}
            )
            assert [each["reason"] for each in answer["deliveries"]] == [""]
        shop.wait(MINUTE)
    assert shop.subjects("ada") == ["Receipt 7"]
    assert shop.subjects("guest") == ["Receipt 8"]
    assert shop.deliveries(receipt) == [("sent", ""), ("sent", "")]


def test_marketing_asks_for_consent_also_when_it_is_sent_by_call(shop: Shop) -> None:
    news = shop.mail("News")
    shop.identify("ada", {"email": shop.address("ada")})
    shop.post(f"/messages/{news}/send", {"alias": "user_id:ada"})
    shop.wait(HOUR)
    assert (shop.mails("ada"), shop.deliveries(news)) == ([], [("skipped", "no_consent")])
