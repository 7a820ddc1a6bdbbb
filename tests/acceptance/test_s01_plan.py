"""Tracking plan. What cannot be read is kept aside with its reason and shown, and costs no other event its place.

Missing: the plan itself: declared events with properties, types, owner and purpose, its versions, quarantine of what does not
fit, and correcting and playing again what was set aside. A misspelt name or a wrong type of a property is taken as it comes.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import Shop, did, track

pytestmark = pytest.mark.xdist_group("stories")


def test_what_cannot_be_taken_is_kept_with_its_reason_and_the_rest_arrives(shop: Shop) -> None:
    buyers = shop.segment(did("Order Completed"))
    nobody = {"type": "track", "event": "Order Completed"}
    nameless = {"type": "track", "userId": "ada"}
    odd = {"type": "dance", "userId": "ada"}
    answer = shop.send(track("ada", "Order Completed"), nobody, nameless, odd, track("undefined", "Order Completed"))
    assert answer["accepted"] == 1
    expected = {"missing_id", "missing_name", "unknown_type", "placeholder_id"}
    kept = [each for each in shop.items("/rejected") if each["kind"] == "refusal"]
    assert {each["reason"] for each in kept} == expected
    assert all(each["payload"] for each in kept)
    assert shop.members(buyers) == {"ada"}


def test_names_of_the_programs_own_events_are_not_taken_from_others(shop: Shop) -> None:
    answer = shop.send(track("ada", "message_opened"))
    assert (answer["accepted"], shop.items("/rejected")[0]["reason"]) == (0, "reserved_name")
