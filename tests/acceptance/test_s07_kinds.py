"""Kinds of segments. People are grouped by who they are, where, with what, by what they like, how they came, and what they do
and do not.

Missing: what is inside lists of objects is asked for, and not added up: no sum over the products of orders.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.shop import HOUR, Shop, did, fact, identify, never, say, track, trait

pytestmark = pytest.mark.xdist_group("stories")

PHONE = {"os": {"name": "iOS", "version": "17.10"}, "device": {"type": "mobile"}, "app": {"version": "1.10.0"}}
COMPUTER = {"os": {"name": "Windows"}, "device": {"type": "desktop"}, "app": {"version": "1.9"}}
CAMPAIGN = {"campaign": {"source": "spring letter", "medium": "email", "name": "spring"}}
ONE_SHOE = {
    "property": "products",
    "is": "has",
    "where": [{"property": "category", "is": "=", "value": "shoes"}, {"property": "price", "is": ">", "value": 50}],
}
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
    "product": did("Order Completed", where=[ONE_SHOE]),
    "own device": {
        "kind": "device",
        "where": [
            {"name": "os", "is": "=", "value": "iOS"},
            {"name": "os_version", "is": ">=", "value": "17.9"},
            {"name": "app_version", "is": "between", "value": ["1.9", "1.10"]},
        ],
    },
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
        track("bob", "Seen", context={"os": {"name": "iOS", "version": "17.2"}, "app": {"version": "1.10"}}),
        identify("bob", {"age": 50, "profession": "smith", "income": 20_000, "country": "BE"}, context=COMPUTER),
        track("bob", "Product Returned"),
        # a dear hat beside a cheap shoe, and an old system on the one device beside an old app on the other
        track(
            "bob",
            "Order Completed",
            {"total": 1, "products": [{"category": "shoes", "price": 40}, {"category": "hats", "price": 60}]},
        ),
    )
    for total in (50, 90):
        shoe = {"category": "shoes", "price": total}
        shop.track(
            "ada", "Order Completed", {"total": total, "products": [{"category": "hats", "price": 9}, shoe]}, context=PHONE
        )
        shop.track("ada", "Feature Used", {"name": f"feature {total}"}, context=PHONE)
        shop.wait(HOUR // 6)
        shop.send({"type": "page", "userId": "ada", "name": "Garden", "properties": {"name": "Garden"}, "context": PHONE})
        shop.wait(HOUR)
    assert {name: shop.members(segment) for name, segment in segments.items()} == {name: {"ada"} for name in ADA}


def test_a_journey_is_entered_by_one_item_of_an_order(shop: Shop) -> None:
    mail = shop.mail("Care for your shoes", "<p>How to care for them</p>", **{"class": "transactional"})
    shop.journey({"event": "Order Completed", "where": [ONE_SHOE]}, say("mail", mail))
    for user in ("ada", "bob"):
        shop.reader(user)
    shop.track("ada", "Order Completed", {"products": [{"category": "hats", "price": 9}, {"category": "shoes", "price": "50.5"}]})
    shop.track("bob", "Order Completed", {"products": [{"category": "hats", "price": 90}, {"category": "shoes", "price": 50}]})
    assert [len(shop.mails(user)) for user in ("ada", "bob")] == [1, 0]
    list_in_list = {"property": "products", "is": "has", "where": [ONE_SHOE]}
    refused = shop.refusal("POST", "/segments", {"name": "x", "rule": did("Order Completed", where=[list_in_list])})
    assert refused["data"]["path"] == "rule.where[0].where[0].where"


def test_whoever_visits_from_elsewhere_keeps_the_device_that_is_asked_for(shop: Shop) -> None:
    new_phone = {
        "kind": "device",
        "where": [{"name": "os", "is": "=", "value": "iOS"}, {"name": "app_version", "is": ">=", "value": "2.9"}],
    }
    segment = shop.segment(new_phone, "new app on an iPhone")
    iphone = {"os": {"name": "iOS", "version": "18.0"}, "app": {"version": "2.10"}}
    shop.track("ada", "Seen", context=iphone)
    shop.track("ada", "Seen", context=COMPUTER)  # since then her system is Windows, and her app's version 1.9
    shop.track("bob", "Seen", context={**iphone, "app": {"version": "2.8"}})
    shop.track("bob", "Seen", context={"os": {"name": "Android"}, "app": {"version": "3.0"}})
    assert shop.members(segment) == {"ada"}
    assert shop.post("/segments/preview", {"rule": new_phone})["count"] == 1
    bob = shop.person("bob")["id"]
    explained = shop.get(f"/segments/{segment}/people/{bob}/explanation")["rule"]
    assert (explained["holds"], [each["app_version"] for each in explained["found"]]) == (False, ["3.0", "2.8"])
    shop.track("bob", "Seen", context={**iphone, "app": {"version": "2.9.0"}})
    assert shop.members(segment) == {"ada", "bob"}
