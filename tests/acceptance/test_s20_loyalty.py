"""Advocacy and loyalty. Power users are thanked, and those who were silent for longer than usual for them are written to,
and told what is new since they were last there.

Missing: inviting friends with something for both, asking for a rating inside the app and never during a checkout or a search,
and a loyalty card and what it earns.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, did, never, on_entering, say

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


def test_whoever_was_away_is_told_what_is_new_since_their_last_visit(shop: Shop) -> None:
    visit = did("session_started", value=1)
    dormant = shop.segment({"all": [visit, never({**visit, "window": {"last": "7d"}})]})
    new = "since_last_visit['Connection Made']"
    subject = f"{{{{ {new}.count }}}} new connections, the last with {{{{ {new}.last.friend }}}}"
    mail = shop.mail(subject)
    shop.journey(on_entering(dormant), say("mail", mail))
    shop.reader("ada")
    shop.track("ada", "Application Opened")
    shop.track("ada", "Connection Made", {"friend": "Zoe"}, context={"active": False}, at=shop.now - HOUR)
    for day, name in enumerate(("Bob", "Eve", "Hal")):
        shop.wait(DAY)
        shop.track("ada", "Connection Made", {"friend": name}, context={"active": False})
        assert day or shop.subjects("ada") == []
    shown = shop.post(f"/messages/{mail}/preview", {"alias": "user_id:ada"})
    assert shown["content"]["subject"] == "3 new connections, the last with Hal"
    shop.wait(6 * DAY)
    assert shop.subjects("ada") == ["3 new connections, the last with Hal"]
