"""Restraint. Nobody is written to against their will: consent is asked for each channel and topic, and one switch stops
everything.

Missing: caps across channels and kinds, by how active somebody is; a gap between two messages; quiet hours where the person
is.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import Shop, say

pytestmark = pytest.mark.xdist_group("stories")


def test_consent_is_asked_for_each_channel_and_topic(shop: Shop) -> None:
    push, offers, tips = shop.push("Push"), shop.mail("Offers", topic="offers"), shop.mail("Tips", topic="tips")
    shop.journey({"event": "Go"}, say("push", push, "offers"), say("offers", offers, "tips"), say("tips", tips))
    phones = {user: shop.phone(user) for user in ("yes", "no tips", "no mail")}
    for user, consent in (("yes", True), ("no tips", {"general": True, "tips": False}), ("no mail", False)):
        shop.identify(user, {"email": shop.address(user.replace(" ", ".")), "consent": {"email": consent}})
        shop.track(user, "Go")
    assert all(shop.titles(phone) == ["Push"] for phone in phones.values())
    assert sorted(shop.subjects("yes")) == ["Offers", "Tips"]
    assert (shop.subjects("no.tips"), shop.subjects("no.mail")) == (["Offers"], [])


def test_one_switch_stops_everything_at_once(shop: Shop) -> None:
    news = shop.mail("News")
    shop.journey({"event": "Go"}, say("mail", news))
    shop.reader("ada")
    shop.call("PUT", "/sending", {"paused": True})
    shop.track("ada", "Go")
    shop.call("PUT", "/sending", {"paused": False})
    assert (shop.mails("ada"), shop.deliveries(news)) == ([], [("skipped", "sending_paused")])
