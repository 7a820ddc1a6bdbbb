"""Conversion. What people do within a set time after a message is credited to one message, once, by rules that anyone can
read.

Missing: other ways to credit (first, shared) and a comparison with people who got nothing.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, say, track

pytestmark = pytest.mark.xdist_group("stories")


def mailing(shop: Shop, name: str, within: str = "3d") -> int:
    message = shop.mail(name, goal={"event": "Order Completed", "within": within})
    shop.journey({"event": f"Send {name}"}, say("mail", message))
    return message


def earned(shop: Shop, message: int) -> tuple[int, int, float]:
    """Converted, of these direct, revenue."""
    answer = shop.figures(message)
    return answer["converted"], answer["direct"], answer["revenue"]


def test_an_order_within_the_time_counts_and_one_at_its_end_does_not(shop: Shop) -> None:
    news = mailing(shop, "news")
    for user in ("ada", "bob"):
        shop.reader(user)
        shop.track(user, "Send news")
    sent = shop.now
    shop.advance(sent + 3 * DAY - 1)
    shop.track("ada", "Order Completed", {"order_id": "1", "total": 49, "currency": "EUR"})
    shop.advance(sent + 3 * DAY)
    shop.track("bob", "Order Completed", {"order_id": "2", "total": 70, "currency": "EUR"})
    assert earned(shop, news) == (1, 0, 49.0)


def test_the_message_clicked_last_gets_it_whatever_was_clicked_first_and_sent_later(shop: Shop) -> None:
    first, second, third = (mailing(shop, name) for name in ("first", "second", "third"))
    shop.reader("ada")
    for name in ("first", "second", "third"):
        shop.track("ada", f"Send {name}")
        shop.wait(MINUTE)
    mails = shop.mails("ada")
    for number in (0, 1, 0):
        shop.wait(MINUTE)
        shop.click(mails[number])
    shop.wait(HOUR)
    shop.track("ada", "Order Completed", {"order_id": "1", "total": 30})
    assert [earned(shop, each) for each in (first, second, third)] == [(1, 1, 30.0), (0, 0, 0.0), (0, 0, 0.0)]


def test_one_order_earns_once_whoever_tells_it_and_a_refund_is_taken_off(shop: Shop) -> None:
    news = mailing(shop, "news")
    shop.reader("ada")
    shop.track("ada", "Send news")
    shop.wait(HOUR)
    order = {"order_id": "o5", "total": "100.50"}
    shop.send(track("ada", "Order Completed", order, messageId="browser-1"))
    shop.send(track("ada", "Order Completed", order, messageId="server-1", channel="server"))
    assert earned(shop, news) == (1, 0, 100.5)
    shop.track("ada", "Order Refunded", {"order_id": "o5", "total": 40})
    assert earned(shop, news) == (1, 0, 60.5)


def test_a_receipt_takes_no_credit_from_the_reminder(shop: Shop) -> None:
    news = mailing(shop, "news")
    receipt = shop.mail("receipt", **{"class": "transactional"})
    shop.journey({"event": "Order Completed"}, say("mail", receipt))
    shop.reader("ada")
    shop.track("ada", "Send news")
    shop.wait(HOUR)
    shop.track("ada", "Order Completed", {"order_id": "1", "total": 5})
    shop.wait(HOUR)
    shop.track("ada", "Order Completed", {"order_id": "2", "total": 7})
    assert earned(shop, news) == (1, 0, 12.0)
    assert (shop.figures(receipt)["sent"], shop.figures(receipt)["converted"]) == (2, None)


def test_a_purchase_before_the_sign_in_and_one_told_late_are_credited(shop: Shop) -> None:
    news = mailing(shop, "news")
    shop.reader("ada")
    shop.track("ada", "Send news")
    sent = shop.now
    shop.wait(HOUR)
    shop.send(track("", "Order Completed", {"order_id": "1", "total": 10}, anonymousId="laptop"))
    assert earned(shop, news) == (0, 0, 0.0)
    shop.identify("ada", {}, anonymousId="laptop")
    assert earned(shop, news) == (1, 0, 10.0)
    shop.advance(sent + 5 * DAY)
    shop.track("ada", "Order Completed", {"order_id": "2", "total": 5}, at=sent + DAY)
    assert earned(shop, news) == (1, 0, 15.0)
