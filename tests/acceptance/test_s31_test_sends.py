"""Test sends. A test is filled in from a real event or from given properties, and counts, moves and starts nothing; a preview
shows the same without sending."""

from __future__ import annotations

import pytest

from tests.acceptance.shop import Shop, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def test_a_test_shows_the_values_of_its_event_and_leaves_no_other_trace(shop: Shop) -> None:
    mail = shop.mail("Cart", "<p>Code {{ event.code }}, {{ event.total }} EUR</p>")
    unopened = shop.segment({"kind": "unopened", "last": 1})
    follow_up = shop.mail("You did not open")
    journey = shop.journey(on_entering(unopened), say("mail", follow_up))
    shop.reader("ada")
    shop.track("ada", "Product Added", {"code": "STAY-7", "total": 49})
    person = shop.person("ada")["id"]
    [event] = [each for each in shop.items(f"/events?limit=50&person={person}") if each["event"] == "Product Added"]
    seen = shop.post(f"/messages/{mail}/preview", {"alias": "user_id:ada", "event": event["message_id"]})
    assert "<p>Code STAY-7, 49 EUR</p>" in seen["content"]["html"]
    assert (seen["address"], seen["missing"], shop.mails("ada")) == (shop.address("ada"), [], [])
    gaps = shop.post(f"/messages/{mail}/preview", {"person": person})
    assert [each["variable"] for each in gaps["missing"]] == ["event.code", "event.total"]
    by_id = shop.post(f"/messages/{mail}/test", {"person": person, "event": event["message_id"]})
    by_properties = shop.post(f"/messages/{mail}/test", {"person": person, "event": {"code": "GO-8", "total": 12}})
    shop.server.settle()
    assert all(each["is_test"] for sent in (by_id, by_properties) for each in sent["deliveries"])
    texts = sorted(each["text"] for each in shop.mails("ada"))
    assert [text.split(" EUR")[0].strip() for text in texts] == ["Code GO-8, 12", "Code STAY-7, 49"]
    assert shop.members(unopened) == set()
    rule = {"kind": "unopened", "last": 1}
    assert shop.post("/segments/preview", {"rule": rule})["count"] == 0  # nor is anybody in it as history has it
    assert shop.get(f"/journeys/{journey}/counts")["totals"]["entered"] == 0
    assert shop.get("/reports/overview")["messages"]["sent"] == 0
    assert not [each for each in shop.get("/reports/messages")["messages"] if each["message_id"] == mail]
    assert shop.refusal("POST", f"/messages/{mail}/test", {"person": person, "event": "no-such-event"})["code"] == "not_found"
