"""Static segments. Only iOS, one country, signed up before a date, or a list of ids from a file.

Missing: nothing.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, MINUTE, Shop, fact, identify, iso, track, trait

pytestmark = pytest.mark.xdist_group("stories")


def test_ios_only_keeps_who_also_comes_from_a_computer(shop: Shop) -> None:
    ios = shop.segment(fact("os", "has", "iOS"))
    shop.send(
        track("ada", "Opened", context={"os": {"name": "iOS"}, "device": {"type": "mobile"}}),
        track("bob", "Opened", context={"os": {"name": "Android"}, "device": {"type": "mobile"}}),
    )
    shop.wait(MINUTE)
    shop.track("ada", "Opened", context={"os": {"name": "Windows"}, "device": {"type": "desktop"}})
    assert shop.members(ios) == {"ada"}


def test_one_country_and_a_sign_up_before_a_date(shop: Shop) -> None:
    french = shop.segment(fact("country", "=", "FR"))
    early = shop.segment(trait("signed_up_at", "before", iso(shop.now)))
    known = shop.segment(fact("first_seen", "before", iso(shop.now + DAY)))
    shop.send(
        identify("ada", {"country": "FR", "signed_up_at": iso(shop.now - DAY)}),
        identify("bob", {"country": "BE", "signed_up_at": iso(shop.now + DAY)}),
    )
    shop.wait(2 * DAY)
    shop.identify("cid", {"country": "FR"})
    assert shop.members(french) == {"ada", "cid"}
    assert (shop.members(early), shop.members(known)) == ({"ada"}, {"ada", "bob"})


def test_a_list_of_ids_and_addresses(shop: Shop) -> None:
    for user in ("ada", "bob", "cid"):
        shop.reader(user)
    made = shop.post("/lists", {"name": "Guests"})["id"]
    guests = shop.segment({"kind": "list", "list": made})
    answer = shop.post(f"/lists/{made}/people", {"add": ["ada", shop.address("bob"), "nobody"]})
    assert (answer["added"], answer["unknown"]) == (2, ["nobody"])
    assert shop.members(guests) == {"ada", "bob"}
    shop.post(f"/lists/{made}/people", {"remove": ["ada"]})
    assert shop.members(guests) == {"bob"}
