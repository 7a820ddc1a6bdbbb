"""Kinds of segments. People are grouped by who they are, where, with what, by what they like, how they came, and what they do
and do not.

Missing: nothing inside lists of objects, as the products of an order, can be asked for.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.shop import HOUR, Shop, did, fact, identify, never, track, trait

pytestmark = pytest.mark.xdist_group("stories")

PHONE = {"os": {"name": "iOS", "version": "17.10"}, "device": {"type": "mobile"}, "app": {"version": "1.10.0"}}
COMPUTER = {"os": {"name": "Windows"}, "device": {"type": "desktop"}, "app": {"version": "1.9"}}
CAMPAIGN = {"campaign": {"source": "spring letter", "medium": "email", "name": "spring"}}
# Who is asked for by whose rule; Ada is in every one, Bob in none.
ADA: dict[str, dict[str, Any]] = {
    "age": trait("age", "between", [30, 40]),
    "profession": trait("profession", "in", ["nurse", "doctor"]),
    "income": trait("income", ">=", 30_000),
    "country": fact("country", "=", "FR"),
    "city": fact("city", "=", "Lyon"),
    "system": fact("os", "=", "iOS"),
    "version": fact("app_version", ">=", "1.10"),
    "interest": trait("interests", "has", "gardening"),
    "channel": fact("medium", "=", "email"),
    "action": did("Order Completed", value=2),
    "inaction": never(did("Product Returned")),
    "spending": did("Order Completed", aggregate="sum", property="total", compare=">", value=100),
    "average order": did("Order Completed", aggregate="average", property="total", compare=">=", value=60),
    "frequency": did("session_started", value=2, window={"last": "7d"}),
    "browsing": did("page", where=[{"property": "name", "is": "=", "value": "Garden"}]),
    "variety": did("Feature Used", aggregate="distinct", property="name", value=2),
    "session": fact("average_session_seconds", ">=", 300),
}


def test_each_kind_of_rule_finds_whom_it_means(shop: Shop) -> None:
    segments = {name: shop.segment(rule, name) for name, rule in ADA.items()}
    shop.send(
        identify(
            "ada",
            {"age": 34, "profession": "nurse", "income": 31_000, "interests": ["gardening", "tea"], "country": "FR"},
            context={**PHONE, **CAMPAIGN, "location": {"city": "Lyon"}},
        ),
        identify("bob", {"age": 50, "profession": "smith", "income": 20_000, "country": "BE"}, context=COMPUTER),
        track("bob", "Product Returned"),
    )
    for total in (50, 90):
        shop.track("ada", "Order Completed", {"total": total}, context=PHONE)
        shop.track("ada", "Feature Used", {"name": f"feature {total}"}, context=PHONE)
        shop.wait(HOUR // 6)
        shop.send({"type": "page", "userId": "ada", "name": "Garden", "properties": {"name": "Garden"}, "context": PHONE})
        shop.wait(HOUR)
    assert {name: shop.members(segment) for name, segment in segments.items()} == {name: {"ada"} for name in ADA}
