"""A segment is a commitment. What a segment is can be read as a sentence, its size is followed from day to day, and each
change of it says who made it.

Missing: a goal, an owner and a review date; how its people behave over time; warnings of a segment that is too broad, too
narrow, too complicated, without behaviour or never measured.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, Shop, did

pytestmark = pytest.mark.xdist_group("stories")


def test_its_course_and_its_sentence_and_its_versions(shop: Shop) -> None:
    began = shop.now
    segment = shop.segment(did("Product Viewed", window={"last": "2d"}), "Lookers")
    for day, users in enumerate((["a", "b"], ["c"], [])):
        shop.advance(began + day * DAY)
        for user in users:
            shop.track(user, "Product Viewed")
    shop.advance(began + 4 * DAY)
    points = shop.get(f"/segments/{segment}/course?since={began}&until={began + 4 * DAY}")["points"]
    assert [(each["entered"], each["left"], each["size"]) for each in points] == [(2, 0, 2), (1, 0, 3), (0, 2, 1), (0, 1, 0)]
    answer = shop.get(f"/segments/{segment}")
    assert answer["sentence"]["en"].startswith("did “Product Viewed” in the last 2 days")
    shop.call(
        "PATCH", f"/segments/{segment}", {"version": answer["version"], "rule": did("Product Viewed", window={"last": "9d"})}
    )
    newest, first = shop.items(f"/segments/{segment}/versions")
    assert (newest["version"], first["version"]) == (2, 1)
    assert shop.members(segment) == {"a", "b", "c"}
