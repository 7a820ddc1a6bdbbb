"""One path. The same segment, journey and rules serve every channel: a push is tried first, and an e-mail follows where it
was not reacted to.

Missing: of the channels there are push and e-mail only, no in-app, SMS or webhook step; a push has no
"opened", it is clicked or not; who has no push address waits the whole time for the mail.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, Shop, await_, did, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def path(shop: Shop) -> tuple[int, int]:
    push, mail = shop.push("By push"), shop.mail("By mail")
    big = shop.segment(did("Order Completed", aggregate="sum", property="total", compare=">", value=100))
    shop.journey(
        on_entering(big),
        say("push", push, "clicked"),
        await_("clicked", "message_clicked", "24h", None, "mail", message="push"),
        say("mail", mail),
    )
    return push, mail


def test_who_clicks_the_push_gets_no_mail_and_who_does_not_gets_one(shop: Shop) -> None:
    path(shop)
    phones = {}
    for user in ("ada", "bob"):
        shop.reader(user)
        phones[user] = shop.phone(user)
        shop.track(user, "Order Completed", {"total": 120})
    began = shop.now
    [push] = shop.pushes(phones["ada"])
    shop.advance(began + HOUR)
    shop.click(push)
    shop.advance(began + 24 * HOUR - 1)
    assert (shop.titles(phones["bob"]), shop.subjects("bob")) == (["By push"], [])
    shop.advance(began + 3 * DAY)
    assert (shop.subjects("ada"), shop.subjects("bob")) == ([], ["By mail"])


def test_the_same_rules_hold_on_both_channels(shop: Shop) -> None:
    push, mail = path(shop)
    shop.identify("ada", {"email": shop.address("ada")})  # never asked about mails
    shop.phone("ada")
    shop.track("ada", "Order Completed", {"total": 120})
    shop.wait(2 * DAY)
    assert (shop.deliveries(push), shop.deliveries(mail)) == ([("sent", "")], [("skipped", "no_consent")])


def test_who_has_no_phone_is_reached_by_the_mail(shop: Shop) -> None:
    push, _ = path(shop)
    shop.reader("ada")
    shop.track("ada", "Order Completed", {"total": 120})
    shop.wait(2 * DAY)
    assert (shop.deliveries(push), shop.subjects("ada")) == ([("skipped", "no_subscription")], ["By mail"])
