"""Friction. Somebody who leaves a path half-way, goes away after a page with an error, or does not come back after a first
visit can be written to at that moment.

Missing: nothing; where on a path people get lost in all is not counted (there is no funnel).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, did, fact, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def followed_by_nothing(first: dict[str, Any], then: str, within: str) -> dict[str, Any]:
    return {
        "kind": "sequence",
        "first": first,
        "then": {"event": then},
        "within": within,
        "absent": True,
        "window": {"last": "2d"},
    }


def test_a_path_left_half_way(shop: Shop) -> None:
    stuck = shop.segment(followed_by_nothing({"event": "Checkout Started"}, "Order Completed", "1h"))
    shop.journey(on_entering(stuck), say("mail", shop.mail("Need a hand?")))
    for user in ("ada", "bob"):
        shop.reader(user)
        shop.track(user, "Checkout Started")
    shop.wait(30 * MINUTE)
    shop.track("bob", "Order Completed", {"total": 9})
    shop.wait(30 * MINUTE - 1)
    assert shop.mails("ada") == []
    shop.wait(1)
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["Need a hand?"], [])


def test_gone_after_a_page_with_an_error(shop: Shop) -> None:
    first: dict[str, Any] = {"event": "Page Failed", "where": [{"property": "status", "is": ">=", "value": 500}]}
    gone = shop.segment(followed_by_nothing(first, "Page Seen", "15m"))
    shop.journey(on_entering(gone), say("mail", shop.mail("Sorry")))
    for user, status in (("ada", 500), ("bob", 500), ("cid", 404)):
        shop.reader(user)
        shop.track(user, "Page Failed", {"status": status})
    shop.wait(5 * MINUTE)
    shop.track("bob", "Page Seen")
    shop.wait(HOUR)
    assert [shop.subjects(user) for user in ("ada", "bob", "cid")] == [["Sorry"], [], []]


def test_no_return_after_a_first_visit(shop: Shop) -> None:
    lost = shop.segment({"all": [did("session_started", compare="=", value=1), fact("last_seen", "before", {"ago": "3d"})]})
    shop.journey(on_entering(lost), say("mail", shop.mail("What is here for you")))
    for user in ("ada", "bob"):
        shop.reader(user)
        shop.track(user, "Application Opened")
    came = shop.now
    shop.advance(came + DAY)
    shop.track("bob", "Application Opened")
    shop.track("ada", "Order Delivered", {"order_id": "1"})  # told by the shop's server: she was not there
    shop.advance(came + 3 * DAY + MINUTE)
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["What is here for you"], [])
