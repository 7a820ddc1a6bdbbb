"""Restraint. Nobody is written to against their will: consent is asked for each channel and topic, and one switch stops
everything.

Caps hold across channels, lighter or heavier by how active somebody is, with a gap between two messages; quiet hours are those
where the person is.

Missing: the page on which people themselves choose topics, hours and fewer messages.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, Shop, did, say, track

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


def test_a_cap_holds_across_channels_and_spares_what_an_order_needs(shop: Shop) -> None:
    cap = shop.post("/caps", {"name": "Two a day", "most": 2, "rolling": "24h"})
    first, second, third = shop.mail("First"), shop.push("Second"), shop.mail("Third")
    service, receipt = shop.mail("On its way", **{"class": "service"}), shop.mail("Receipt", **{"class": "transactional"})
    for event, message in (("A", first), ("B", second), ("C", third), ("D", service), ("E", receipt)):
        shop.journey({"event": event}, say("it", message))
    shop.reader("ada")
    phone = shop.phone("ada")
    for event in "ABCDE":
        shop.track("ada", event)
    assert sorted(shop.subjects("ada")) == ["First", "On its way", "Receipt"]
    assert shop.titles(phone) == ["Second"]
    [held] = shop.items(f"/deliveries?message={third}")
    assert (held["state"], held["reason"], held["held_by"]) == ("skipped", "capped", f"cap:{cap['id']}")
    shop.wait(DAY)
    shop.track("ada", "C")
    assert shop.deliveries(third) == [("sent", ""), ("skipped", "capped")]


def test_the_active_may_get_more_than_the_occasional(shop: Shop) -> None:
    active = shop.segment(did("Order Completed", value=2, window={"last": "30d"}))
    tiers = [{"segment": active, "most": 3}]
    shop.post("/caps", {"name": "By activity", "most": 1, "calendar": "week", "tiers": tiers})
    news = shop.mail("News")
    shop.journey({"event": "Go"}, say("mail", news))
    shop.reader("often")
    shop.reader("seldom")
    shop.send(track("often", "Order Completed"), track("often", "Order Completed"), track("seldom", "Order Completed"))
    for _ in range(4):
        shop.send(track("often", "Go"), track("seldom", "Go"))
        shop.wait(HOUR)
    assert (len(shop.subjects("often")), len(shop.subjects("seldom"))) == (3, 1)


def test_between_two_messages_there_is_a_gap_and_the_second_waits_for_it(shop: Shop) -> None:
    shop.post("/caps", {"name": "Four hours apart", "gap": "4h"})
    shop.journey({"event": "A"}, say("it", shop.mail("First")))
    second = shop.mail("Second", when_held="until_window_ends")
    shop.journey({"event": "B"}, say("it", second))
    shop.reader("ada")
    shop.track("ada", "A")
    shop.track("ada", "B")
    assert shop.deliveries(second) == [("pending", "capped")]
    shop.wait(3 * HOUR)
    assert shop.subjects("ada") == ["First"]
    shop.wait(HOUR)
    assert sorted(shop.subjects("ada")) == ["First", "Second"]


def test_quiet_hours_are_those_where_the_person_is(shop: Shop) -> None:
    now = shop.now // HOUR % 24
    start, end = (f"{(now + shift) % 24:02d}:00" for shift in (0, 2))
    shop.post("/quiet-hours", {"start": start, "end": end})
    news = shop.mail("News")
    shop.journey({"event": "Go"}, say("mail", news))
    for user, zone in (("here", "UTC"), ("there", "Asia/Tokyo")):
        shop.identify(user, {"email": shop.address(user), "consent": {"email": True}}, context={"timezone": zone})
        shop.track(user, "Go")
    assert (shop.subjects("here"), shop.subjects("there")) == ([], ["News"])
    shop.wait(2 * HOUR)
    assert shop.subjects("here") == ["News"]
