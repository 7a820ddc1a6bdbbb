"""Feature announcement and feedback. Those who used a feature, and those who never did, are told of what is new about it,
each in other words.

Missing: feedback: a question inside the app whose answer becomes an event (an app can send such an event itself).
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, Shop, did, never, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def test_who_used_it_and_who_never_did_hear_different_things(shop: Shop) -> None:
    used, opened = did("Playlist Shared"), did("Application Opened")
    users, others = shop.segment({"all": [opened, used]}), shop.segment({"all": [opened, never(used)]})
    for user in ("ada", "bob"):
        shop.reader(user)
        shop.track(user, "Application Opened")
    shop.track("ada", "Playlist Shared")
    shop.wait(DAY)
    for segment, text in ((users, "Sharing is faster"), (others, "You can share playlists")):
        shop.journey(on_entering(segment, present=True, reentry="once"), say("mail", shop.mail(text)))
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["Sharing is faster"], ["You can share playlists"])


def test_an_answer_that_the_app_sends_is_an_event_like_any(shop: Shop) -> None:
    unhappy = shop.segment(did("Feedback Given", where=[{"property": "stars", "is": "<=", "value": 2}]))
    shop.track("ada", "Feedback Given", {"stars": 2, "about": "sharing"})
    shop.track("bob", "Feedback Given", {"stars": 5, "about": "sharing"})
    assert shop.members(unhappy) == {"ada"}
