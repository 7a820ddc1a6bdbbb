"""Lifecycle. The six stages from a first launch to a long silence, each person's own usual interval among them, are segments.

Missing: none of the six is ready-made: each is written by hand as here; irregular use is told by few different days, not by
how gaps are spread.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, MINUTE, Shop, did, fact, never

pytestmark = pytest.mark.xdist_group("stories")

USED = "Application Opened"


def test_six_people_in_six_stages(shop: Shop) -> None:
    bought = did("Order Completed")
    stages = {
        "to activate": never(did(USED)),
        "never bought": {"all": [did(USED, aggregate="days", value=5, window={"last": "30d"}), never(bought)]},
        "irregular": {
            "all": [did(USED, aggregate="days", compare="between", value=[1, 3], window={"last": "30d"}), never(bought)]
        },
        "low order": {"all": [bought, did("Order Completed", aggregate="average", property="total", compare="<", value=20)]},
        "power": {"all": [did("session_started", value=8, window={"last": "30d"}), fact("average_session_seconds", ">=", 600)]},
    }
    segments = {name: shop.segment(rule, name) for name, rule in stages.items()}
    shop.identify("installed", {"installed": True})
    for day in range(9):
        for user in ("power", "regular"):
            shop.track(user, USED)
        if day % 4 == 0:
            shop.track("seldom", USED)
        if day == 2:
            shop.track("buyer", "Order Completed", {"total": 12})
            shop.track("buyer", USED)
        shop.wait(15 * MINUTE)
        shop.track("power", "Feature Used")
        if day == 8:
            shop.track("power", "Order Completed", {"total": 80})
        shop.wait(DAY - 15 * MINUTE)
    assert {name: shop.members(segment) for name, segment in segments.items()} == {
        "to activate": {"installed"},
        "never bought": {"regular"},
        "irregular": {"seldom"},
        "low order": {"buyer"},
        "power": {"power"},
    }


def test_dormant_is_silence_of_more_than_twice_ones_own_interval(shop: Shop) -> None:
    dormant = shop.segment({"kind": "rhythm", "times": 2})
    began = shop.now
    for day in range(22):
        shop.advance(began + day * DAY)
        if day % 7 == 0:
            shop.track("weekly", USED)
        if day % 2 == 0 and day <= 8:
            shop.track("every other day", USED)
        if day == 11:
            shop.track("every other day", "Order Delivered")  # told by the shop's server: no visit
        expected = {"every other day"} if day > 12 else set()
        assert shop.members(dormant) == expected, day
    shop.advance(began + 35 * DAY)
    assert shop.members(dormant) == {"every other day"}
    shop.advance(began + 35 * DAY + 1)
    assert shop.members(dormant) == {"every other day", "weekly"}
