"""Advocacy and loyalty. Power users are thanked, and those who were silent for longer than usual for them are written to.

Missing: inviting friends with something for both, asking for a rating inside the app and never during a checkout or a search,
a loyalty card and what it earns, and what is new since the last visit.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, MINUTE, Shop, did, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def test_power_users_are_thanked_once_and_the_dormant_called_back(shop: Shop) -> None:
    power = shop.segment(did("session_started", value=5, window={"last": "30d"}))
    dormant = shop.segment({"kind": "rhythm", "times": 2})
    shop.journey(on_entering(power, reentry="once"), say("mail", shop.mail("Thank you, {{ user.first_name }}")))
    shop.journey(on_entering(dormant), say("mail", shop.mail("We miss you")))
    for user in ("ada", "bob"):
        shop.reader(user, first_name=user)
    began = shop.now
    for day in range(5):
        shop.advance(began + day * DAY + MINUTE)
        shop.track("ada", "Application Opened")
        if day < 2:
            shop.track("bob", "Application Opened")
    shop.wait(3 * DAY)
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["Thank you, ada", "We miss you"], [])
