"""Quality of the app. Crashes come in as events and are usable in rules, so that who just met one is not asked for a rating.

Missing: ratings of a store, which belong to no person; crashes and ratings beside engagement in a report; a crash after the
entrance keeps nobody from a later step unless it is an exit of the journey.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, Shop, delay, did, never, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def test_who_met_a_crash_is_not_asked_for_a_rating(shop: Shop) -> None:
    happy = shop.segment({"all": [did("Order Completed", value=2), never(did("Application Crashed", window={"last": "7d"}))]})
    shop.journey(
        on_entering(happy),
        delay("wait", "1h", "ask"),
        say("ask", shop.mail("Rate us?")),
        exits=[{"event": "Application Crashed"}],
    )
    for user in ("ada", "bob", "cid"):
        shop.reader(user)
    shop.track("bob", "Application Crashed")
    for user in ("ada", "bob", "cid"):
        for order in ("1", "2"):
            shop.track(user, "Order Completed", {"order_id": f"{user} {order}"})
    shop.wait(HOUR // 2)
    shop.track("cid", "Application Crashed")
    shop.wait(DAY)
    assert [shop.subjects(user) for user in ("ada", "bob", "cid")] == [["Rate us?"], [], []]
    shop.wait(7 * DAY)
    assert shop.subjects("bob") == ["Rate us?"]
