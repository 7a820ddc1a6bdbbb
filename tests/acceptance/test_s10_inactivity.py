"""Inactivity ladder. Whoever stays away hears from the shop after 7, 15 and 30 days, each time in other words; a visit begins
it anew.

Missing: nothing.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, Shop, fact, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def ladder(shop: Shop) -> None:
    for days in (7, 15, 30):
        away = shop.segment(fact("last_seen", "before", {"ago": f"{days}d"}))
        shop.journey(on_entering(away), say("mail", shop.mail(f"{days} days without you")))


def test_each_step_has_its_own_message_and_a_visit_starts_it_again(shop: Shop) -> None:
    ladder(shop)
    shop.reader("ada")
    shop.reader("bob")
    left = shop.now
    shop.advance(left + 10 * DAY)
    shop.track("bob", "Application Opened")
    shop.advance(left + 31 * DAY)
    arrived = [(each["subject"], round((each["received_at"] - left) / DAY, 2)) for each in shop.mails("ada")]
    assert arrived == [("7 days without you", 7.0), ("15 days without you", 15.0), ("30 days without you", 30.0)]
    assert shop.subjects("bob") == ["7 days without you", "7 days without you", "15 days without you"]


def test_what_servers_tell_of_somebody_who_is_away_is_no_visit(shop: Shop) -> None:
    ladder(shop)
    shop.reader("ada")
    left = shop.now
    shop.advance(left + 3 * DAY)
    shop.track("ada", "Order Delivered", {"order_id": "o1"})
    shop.identify("ada", {"tier": "gold"}, context={"active": False})
    shop.track("ada", "Invoice Written", channel="server")
    shop.advance(left + 7 * DAY + HOUR)
    assert shop.subjects("ada") == ["7 days without you"]
