"""Flash sale. Everyone who is in a segment and may hear of it hears of it in minutes, once.

Missing: an end at an hour: a message is valid for a length of time from its instant (`valid_for`), which is the same only
where all are told at once; a repeat, and sending without a journey.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, delay, did, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def test_all_who_are_in_the_segment_now_hear_of_it_at_once(shop: Shop) -> None:
    customers = shop.segment(did("Order Completed"))
    for user in ("ada", "bob", "cid"):
        shop.reader(user)
        shop.track(user, "Order Completed", {"total": 9})
    shop.reader("dan")
    shop.identify("cid", {"consent": {"email": False}})
    shop.wait(DAY)
    began = shop.now
    sale = shop.mail("Two hours only", valid_for="2h")
    shop.journey(on_entering(customers, present=True, reentry="once"), say("mail", sale))
    shop.wait(MINUTE)
    assert [shop.subjects(user) for user in ("ada", "bob", "cid", "dan")] == [["Two hours only"], ["Two hours only"], [], []]
    assert all(each["received_at"] - began <= 5 * MINUTE for each in shop.mails("ada") + shop.mails("bob"))


def test_nobody_hears_of_it_when_it_is_over(shop: Shop) -> None:
    sale = shop.mail("Two hours only", valid_for="2h")
    journey = shop.journey({"event": "Told"}, delay("wait", "1h", "mail"), say("mail", sale))
    shop.reader("ada")
    shop.track("ada", "Told")
    shop.post(f"/journeys/{journey}/pause")
    shop.wait(4 * HOUR)
    shop.post(f"/journeys/{journey}/resume")
    shop.wait(HOUR)
    assert (shop.mails("ada"), shop.deliveries(sale)) == ([], [("skipped", "expired")])
