"""Performance of a segment. How a segment's size, and who enters and leaves it, go over time is reported for all of them
together.

Missing: what its people opened, clicked, bought and earned over time, and advice to keep, change or retire it.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, Shop, did

pytestmark = pytest.mark.xdist_group("stories")


def test_sizes_and_moves_of_all_segments_day_by_day(shop: Shop) -> None:
    began = shop.now
    buyers = shop.segment(did("Order Completed"), "Buyers")
    fresh = shop.segment(did("Order Completed", window={"last": "1d"}), "Fresh buyers")
    for day, user in enumerate(("ada", "bob")):
        shop.advance(began + day * DAY + 1)
        shop.track(user, "Order Completed", {"total": 5})
    shop.advance(began + 3 * DAY)
    report = shop.get(f"/reports/segments?since={began}&until={began + 3 * DAY}&every={DAY}")
    course = {
        row["segment_id"]: [(each["entered"], each["left"], each["size"]) for each in row["points"]] for row in report["segments"]
    }
    assert course[buyers] == [(1, 0, 1), (1, 0, 2), (0, 0, 2)]
    assert course[fresh] == [(1, 0, 1), (1, 1, 1), (0, 1, 0)]
