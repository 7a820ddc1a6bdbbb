"""One person. Somebody looks around a shop without a name, signs in on another device, and has one past and several
addresses.

Missing: nothing.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import HOUR, MINUTE, Shop, delay, did, identify, say, track

pytestmark = pytest.mark.xdist_group("stories")


def events_of(shop: Shop, person: int) -> list[str]:
    return [each["event"] for each in shop.items(f"/people/{person}/timeline?limit=200")]


def test_what_was_done_without_a_name_becomes_part_of_the_person_who_signs_in(shop: Shop) -> None:
    looked = shop.segment(did("Product Viewed", value=2))
    shop.send(track("", "Product Viewed", {"sku": "lamp"}, anonymousId="laptop"))
    shop.wait(MINUTE)
    shop.send(track("lea", "App Opened", anonymousId="app"))
    shop.send(track("", "Product Viewed", {"sku": "sofa"}, anonymousId="laptop"))
    assert (len(shop.items("/people")), shop.get(f"/segments/{looked}")["size"]) == (2, 1)
    shop.identify("lea", {"first_name": "Lea"}, anonymousId="laptop")
    [lea] = shop.items("/people")
    assert lea["traits"] == {"first_name": "Lea"}
    assert shop.members(looked) == {"lea"}
    answer = events_of(shop, lea["id"])
    assert (answer.count("Product Viewed"), answer.count("App Opened")) == (2, 1)
    named = {(each["kind"], each["value"]) for each in shop.get(f"/people/{lea['id']}")["aliases"]}
    assert {("user_id", "lea"), ("anonymous_id", "laptop"), ("anonymous_id", "app")} <= named


def test_one_message_goes_to_every_device_and_address_of_the_person(shop: Shop) -> None:
    push, mail = shop.push("Hello push"), shop.mail("Hello mail")
    shop.journey({"event": "Called"}, say("push", push, "mail"), say("mail", mail))
    shop.reader("lea")
    laptop, phone = shop.phone("lea", "laptop"), shop.phone("lea", "phone")
    shop.track("lea", "Called")
    assert (shop.titles(laptop), shop.titles(phone), shop.subjects("lea")) == (["Hello push"], ["Hello push"], ["Hello mail"])
    reached = sorted(each["channel"] for each in shop.get(f"/people/{shop.person('lea')['id']}")["subscriptions"])
    assert reached == ["email", "web_push", "web_push"]


def test_two_people_on_one_laptop_stay_two(shop: Shop) -> None:
    shop.send(track("", "Product Viewed", anonymousId="shared"), identify("lea", anonymousId="shared"))
    shop.send(identify("tom", anonymousId="shared"), track("tom", "Order Completed", {"total": 5}, anonymousId="shared"))
    assert events_of(shop, shop.person("lea")["id"]).count("Product Viewed") == 1
    toms = events_of(shop, shop.person("tom")["id"])
    assert (toms.count("Order Completed"), toms.count("Product Viewed")) == (1, 0)


def test_a_cart_begun_without_a_name_and_one_on_the_phone_are_one_run(shop: Shop) -> None:
    reminder = shop.mail("Your cart")
    journey = shop.journey(
        {"event": "Product Added", "key": "cart"},
        delay("wait", "2h", "mail"),
        say("mail", reminder),
        exits=[{"event": "Order Completed", "match": "cart"}],
    )
    shop.reader("lea")
    shop.send(track("", "Product Added", {"cart": "c1"}, anonymousId="laptop"), track("lea", "Product Added", {"cart": "c1"}))
    shop.wait(10 * MINUTE)
    shop.identify("lea", {}, anonymousId="laptop")
    shop.wait(3 * HOUR)
    assert shop.subjects("lea") == ["Your cart"]
    assert "completed" in shop.reasons(journey)
