"""Health. Whoever runs the data sees how often each event comes and came last, what was refused, and how far segments are
behind.

Missing: volume over time, names and properties nobody declared, properties that stopped arriving, and an alarm about any of
them.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import HOUR, Shop, did, track

pytestmark = pytest.mark.xdist_group("stories")


def test_what_arrived_how_often_and_when_last(shop: Shop) -> None:
    began = shop.now
    shop.send(*(track(f"u{number}", "Product Viewed") for number in range(3)))
    shop.wait(HOUR)
    shop.track("u1", "Product Viewed")
    shop.send({"type": "track", "userId": "u1"})
    names = {each["name"]: each for each in shop.items("/events/names")}
    assert (names["Product Viewed"]["count"], names["Product Viewed"]["first_at"]) == (4, began)
    assert names["Product Viewed"]["last_at"] == began + HOUR
    assert [each["reason"] for each in shop.items("/rejected")] == ["missing_name"]


def test_how_far_segments_and_the_server_are_behind(shop: Shop) -> None:
    segment = shop.segment(did("Product Viewed"))
    shop.track("ada", "Product Viewed")
    answer = shop.get("/segments/freshness")
    assert (answer["lag_ms"], answer["late"], answer["waiting"]) == (0, False, 0)
    assert [(each["segment_id"], each["state"]) for each in answer["segments"]] == [(segment, "live")]
    assert shop.program.get("/health")["status"] == "ok"
    assert shop.get("/reports/latency")["event_to_segment"]["count"] > 0
