"""Dynamic segments. Who opened the app lately, left a cart, or uses a feature without paying is in a segment, and out of it,
at the very instant at which that becomes true or untrue, by itself.

Missing: nothing.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, Shop, did, never, trait

pytestmark = pytest.mark.xdist_group("stories")


def test_who_opened_the_app_in_the_last_seven_days(shop: Shop) -> None:
    active = shop.segment(did("Application Opened", window={"last": "7d"}))
    shop.track("ada", "Application Opened")
    opened = shop.now
    assert shop.members(active) == {"ada"}
    shop.advance(opened + 7 * DAY - 1)
    assert shop.members(active) == {"ada"}
    shop.advance(opened + 7 * DAY)
    assert shop.members(active) == set()
    shop.track("ada", "Application Opened")
    assert shop.members(active) == {"ada"}
    answer = [(each["change"], each["occurred_at"]) for each in reversed(shop.items(f"/segments/{active}/changes"))]
    assert answer == [("entered", opened), ("left", opened + 7 * DAY), ("entered", opened + 7 * DAY)]


def test_a_cart_without_its_order_for_two_hours(shop: Shop) -> None:
    left = shop.segment(
        {
            "kind": "sequence",
            "first": {"event": "Product Added"},
            "then": {"event": "Order Completed"},
            "within": "2h",
            "absent": True,
            "on": "cart_id",
            "window": {"last": "2d"},
        }
    )
    shop.track("ada", "Product Added", {"cart_id": "a"})
    shop.track("bob", "Product Added", {"cart_id": "b"})
    began = shop.now
    shop.advance(began + HOUR)
    shop.track("ada", "Order Completed", {"cart_id": "another"})
    shop.track("bob", "Order Completed", {"cart_id": "b"})
    shop.advance(began + 2 * HOUR - 1)
    assert shop.members(left) == set()
    shop.advance(began + 2 * HOUR)
    assert shop.members(left) == {"ada"}
    shop.advance(began + 2 * DAY)
    assert shop.members(left) == set()


def test_a_feature_used_and_nothing_paid(shop: Shop) -> None:
    tempted = shop.segment({"all": [did("Skip Limit Reached", window={"last": "30d"}), never(trait("plan", "=", "premium"))]})
    shop.identify("ada", {"plan": "free"})
    shop.track("ada", "Skip Limit Reached")
    shop.track("bob", "Skip Limit Reached")
    assert shop.members(tempted) == {"ada", "bob"}
    shop.identify("ada", {"plan": "premium"})
    assert shop.members(tempted) == {"bob"}
