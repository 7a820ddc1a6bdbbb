"""Why. Of any person and any message it can be said whether it was sent, and if not, why not, in words.

Missing: an event that does not pass a journey's entry, or a segment that is not entered, leaves no record: the explanation of
the segment tells why somebody is not in it.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, Shop, delay, did, identify, on_entering, say, track

pytestmark = pytest.mark.xdist_group("stories")


def why(shop: Shop, user: str) -> list[tuple[str, str]]:
    found = shop.items(f"/people/{shop.person(user)['id']}/deliveries")
    assert all(each["why"] for each in found if each["state"] == "skipped")
    return sorted((each["state"], each["reason"]) for each in found)


def test_each_person_has_a_reason_of_their_own(shop: Shop) -> None:
    shop.journey({"event": "Go"}, delay("wait", "1h", "mail"), say("mail", shop.mail("Hello", valid_for="30m")))
    shop.reader("sent")
    shop.identify("silent", {"email": shop.address("silent")})
    shop.identify("nowhere", {"first_name": "No"})
    shop.reader("no")
    shop.post(f"/people/{shop.person('no')['id']}/consents", {"channel": "email", "granted": False})
    people = ("sent", "silent", "nowhere", "no")
    shop.send(*(track(user, "Go") for user in people))
    shop.wait(2 * HOUR)
    assert {user: why(shop, user) for user in people} == {
        "sent": [("sent", "")],
        "silent": [("skipped", "no_consent")],
        "nowhere": [("skipped", "no_subscription")],
        "no": [("skipped", "unsubscribed")],
    }
    report = shop.get("/reports/skipped")
    assert {each["reason"]: each["count"] for each in report["reasons"]} == {
        "no_consent": 1,
        "no_subscription": 1,
        "unsubscribed": 1,
    }
    assert all(each["sentence"].endswith(".") for each in report["reasons"])


def test_a_value_that_is_missing_and_a_switch_that_is_off_are_reasons_too(shop: Shop) -> None:
    named = shop.mail("Dear {{ user.first_name }}", require_values=True)
    shop.journey({"event": "Go"}, say("mail", named))
    shop.reader("ada")
    shop.track("ada", "Go")
    assert why(shop, "ada") == [("skipped", "missing_value")]
    shop.identify("ada", {"first_name": "Ada"})
    shop.call("PUT", "/sending", {"paused": True})
    shop.track("ada", "Go")
    shop.call("PUT", "/sending", {"paused": False})
    assert why(shop, "ada") == [("skipped", "missing_value"), ("skipped", "sending_paused")]
    assert shop.mails("ada") == []


def test_an_event_that_started_nothing_says_why(shop: Shop) -> None:
    late, keyed = shop.mail("Late"), shop.mail("Keyed")
    shop.journey({"event": "Late", "late": "skip"}, say("mail", late))
    shop.journey({"event": "Keyed", "key": "cart"}, delay("day", "1d", "mail"), say("mail", keyed))
    shop.journey({"event": "Once", "reentry": "once"}, say("mail", shop.mail("Once")))
    shop.reader("ada")
    began = shop.now
    shop.wait(3 * HOUR)
    shop.track("ada", "Late", at=began)
    shop.send(track("ada", "Keyed"), track("ada", "Keyed", {"cart": "c"}), track("ada", "Keyed", {"cart": "c"}))
    shop.send(track("ada", "Once"), track("ada", "Once"))
    missed = shop.items(f"/people/{shop.person('ada')['id']}/missed-entries")
    assert {each["reason"] for each in missed} == {"late", "key_missing", "run_under_way", "once_already"}
    assert all(each["why"] for each in missed)


def test_why_somebody_is_in_a_segment_or_not_and_how_a_run_ended(shop: Shop) -> None:
    buyers = shop.segment(did("Order Completed", value=2, window={"last": "30d"}))
    journey = shop.journey(
        on_entering(buyers), delay("days", "2d", "mail"), say("mail", shop.mail("Thanks")), exits=[{"event": "Complained"}]
    )
    shop.send(identify("ada"), track("ada", "Order Completed"))
    ada = shop.person("ada")["id"]
    answer = shop.get(f"/segments/{buyers}/people/{ada}/explanation")
    assert (answer["member"], answer["rule"]["found"]) == (False, 1)
    shop.track("ada", "Order Completed")
    assert shop.get(f"/segments/{buyers}/people/{ada}/explanation")["member"] is True
    shop.wait(DAY)
    shop.track("ada", "Complained")
    shop.wait(3 * DAY)
    assert (shop.reasons(journey), shop.mails("ada")) == (["exit_event"], [])


def test_what_is_held_back_says_by_which_rule_and_until_when(shop: Shop) -> None:
    cap = shop.post("/caps", {"name": "One a day", "most": 1, "rolling": "24h"})
    first, second = shop.mail("First"), shop.mail("Second", when_held="wait", wait_at_most="30h")
    for event, message in (("A", first), ("B", second)):
        shop.journey({"event": event}, say("it", message))
    shop.reader("ada")
    shop.track("ada", "A")
    sent = shop.items(f"/deliveries?message={first}")[0]["sent_at"]
    shop.wait(HOUR)
    shop.track("ada", "B")
    [held] = shop.items(f"/deliveries?message={second}")
    assert (held["state"], held["reason"], held["held_by"]) == ("pending", "capped", f"cap:{cap['id']}")
    assert held["due_at"] == sent + DAY
    assert held["why"].endswith(".")
    shop.call("DELETE", f"/caps/{cap['id']}")
    shop.wait(1)
    assert shop.deliveries(second) == [("sent", "")]
