"""RFM. Buyers are sorted into ten cells from champions to hibernating, by any event, as soon as there are enough of them to
say it.

Missing: who is in a cell, and a cell as a condition of a segment; how people move from cell to cell between two periods; the
best channel for each cell.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, Shop, track

pytestmark = pytest.mark.xdist_group("stories")


def test_ten_cells_of_buyers_who_often_and_lately_bought_first(shop: Shop) -> None:
    now, orders = shop.now, []
    for number in range(125):  # five for each number of orders from 1 to 5 and each of five last days
        often, lately = number % 5 + 1, number // 5 % 5
        for order in range(often):
            at = now - (lately * 20 + order) * DAY
            orders.append(track(f"u{number}", "Order Completed", {"total": 10, "order_id": f"{number}-{order}"}, at=at))
    for begin in range(0, len(orders), 125):
        shop.send(*orders[begin : begin + 125], path="/v1/import")
    answer = shop.get("/reports/rfm?amount=total")
    assert (answer["ready"], answer["people"], answer["purchases"], answer["spent"]) == (True, 125, 375, 3750.0)
    assert {each["cell"]: each["people"] for each in answer["cells"]} == {
        "Champions": 10,
        "Loyal": 20,
        "Potential Loyalist": 20,
        "New": 5,
        "Promising": 5,
        "Need Attention": 5,
        "About To Sleep": 10,
        "Can't Lose": 10,
        "At Risk": 20,
        "Hibernating": 20,
    }


def test_too_few_buyers_are_no_ground_for_cells(shop: Shop) -> None:
    shop.track("ada", "Order Completed", {"total": 10})
    answer = shop.get("/reports/rfm")
    assert (answer["ready"], answer["people"], answer["cells"], answer["least"]) == (False, 1, [], {"buyers": 100, "days": 60})


def test_any_event_will_do(shop: Shop) -> None:
    shop.send({"type": "page", "userId": "ada", "name": "Home"})
    assert shop.get("/reports/rfm?event=page")["people"] == 1
    assert shop.get("/reports/rfm?event=session_started")["people"] == 1
