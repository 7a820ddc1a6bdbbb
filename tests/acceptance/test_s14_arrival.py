"""S14, S27: who bought is not reminded and each cart is its own, in whatever order events arrive; told over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.shop import HOUR, MINUTE, Event, Shop, await_, delay, identify, say, track

pytestmark = pytest.mark.xdist_group("stories")


def did(user: str, event: str, at: int, cart: str = "c", **who: Any) -> Event:
    return track(user, event, {"cart": cart}, at=at, **who)


def person(shop: Shop, user: str) -> str:
    """Somebody who can be written to."""
    shop.reader(user)
    return user


def cart_journey(shop: Shop, entry: str, *nodes: dict[str, Any], **more: Any) -> int:
    return shop.journey({"event": entry, "key": "cart"}, *nodes, **more)


def reminder(shop: Shop, entry: str) -> tuple[int, int]:
    """A journey of 20 minutes and its message."""
    message = shop.mail(entry)
    exits = [{"event": "Bought", "match": "cart"}]
    return cart_journey(shop, entry, delay("wait", "20m", "mail"), say("mail", message), exits=exits), message


def test_an_offline_phone_tells_all_at_once_the_purchase_first(shop: Shop) -> None:
    journey, message = reminder(shop, "Added offline")
    ada, bob = person(shop, "ada"), person(shop, "bob")
    now = shop.now
    shop.send(did(ada, "Bought", now - 25 * MINUTE), did(ada, "Added offline", now - 30 * MINUTE))
    shop.send(did(bob, "Added offline", now - 30 * MINUTE), did(bob, "Bought", now - 25 * MINUTE))
    shop.advance(now + HOUR)
    assert shop.reasons(journey) == ["exit_event", "exit_event"]
    assert shop.deliveries(message) == []


def test_the_servers_order_comes_before_the_browsers_queue(shop: Shop) -> None:
    journey, message = reminder(shop, "Added late")
    ada, now = person(shop, "ada"), shop.now
    shop.advance(now + 4 * MINUTE)
    shop.send(did(ada, "Bought", now + 4 * MINUTE))
    shop.advance(now + 6 * MINUTE)
    shop.send(did(ada, "Added late", now + 2 * MINUTE))
    shop.advance(now + HOUR)
    assert (shop.reasons(journey), shop.deliveries(message)) == (["exit_event"], [])


def test_an_order_by_user_id_stops_what_began_anonymously_once_the_two_are_linked(shop: Shop) -> None:
    journey, message = reminder(shop, "Added anonymously")
    ada, now = person(shop, "ada"), shop.now
    shop.send(did("", "Added anonymously", now, anonymousId="browser-1"))
    shop.advance(now + 10 * MINUTE)
    shop.send(did(ada, "Bought", now + 10 * MINUTE))
    shop.advance(now + 11 * MINUTE)
    shop.send(identify(ada, anonymousId="browser-1", at=now + 11 * MINUTE))
    shop.advance(now + HOUR)
    assert (shop.reasons(journey), shop.deliveries(message)) == (["exit_event"], [])


def test_an_imported_purchase_stops_the_reminder_too(shop: Shop) -> None:
    journey, message = reminder(shop, "Added and imported")
    ada, now = person(shop, "ada"), shop.now
    shop.send(did(ada, "Added and imported", now))
    shop.advance(now + 10 * MINUTE)
    shop.send(did(ada, "Bought", now + 5 * MINUTE), path="/v1/import")
    shop.advance(now + HOUR)
    assert (shop.reasons(journey), shop.deliveries(message)) == (["exit_event"], [])


def test_a_click_on_one_carts_reminder_says_nothing_of_the_other_cart(shop: Shop) -> None:
    first, second = shop.mail("first"), shop.mail("second")
    cart_journey(
        shop,
        "Added two",
        delay("wait", "2h", "first"),
        say("first", first, "click"),
        await_("click", "message_clicked", "1d", None, "second"),
        say("second", second),
    )
    ada, now = person(shop, "ada"), shop.now
    shop.send(did(ada, "Added two", now, "a"), did(ada, "Added two", now, "b"))
    shop.advance(now + 3 * HOUR)
    shop.click(shop.mails(ada)[0])
    shop.advance(now + 40 * HOUR)
    sent = shop.items(f"/deliveries?message={first}")
    assert sorted((each["state"], each["clicked_at"] is None) for each in sent) == [("sent", False), ("sent", True)]
    [mail] = shop.items(f"/deliveries?message={second}")
    [other] = [each["run_id"] for each in sent if each["clicked_at"] is None]
    assert (mail["state"], mail["run_id"]) == ("sent", other)


def test_a_flash_message_is_not_sent_hours_late_after_a_pause(shop: Shop) -> None:
    flash = shop.mail("flash", valid_for="2h")
    journey = cart_journey(shop, "Flash", delay("wait", "1h", "flash"), say("flash", flash))
    ada, now = person(shop, "ada"), shop.now
    shop.send(did(ada, "Flash", now))
    shop.post(f"/journeys/{journey}/pause")
    shop.advance(now + 10 * HOUR)
    shop.post(f"/journeys/{journey}/resume")
    shop.advance(now + 11 * HOUR)
    assert shop.deliveries(flash) == [("skipped", "expired")]


@pytest.mark.parametrize("arrives", [(2, 1, 0), (2, 0, 1), (1, 2, 0), (1, 0, 2), (0, 2, 1)])
def test_who_may_enter_once_is_in_once_however_late_the_first_time_is_told(shop: Shop, arrives: tuple[int, ...]) -> None:
    """Added, bought, added again: the second time starts nothing, also where it was heard of before the first."""
    message = shop.mail("once")
    exits = [{"event": "Bought", "match": "cart"}]
    nodes = (delay("wait", "20m", "mail"), say("mail", message))
    journey = shop.journey({"event": "Added once", "key": "cart", "reentry": "once"}, *nodes, exits=exits)
    ada, now = person(shop, "ada"), shop.now
    answer = [did(ada, "Added once", now), did(ada, "Bought", now + 5 * MINUTE), did(ada, "Added once", now + 10 * MINUTE)]
    shop.advance(now + 15 * MINUTE)
    for each in arrives:
        shop.send(answer[each])
    shop.advance(now + HOUR)
    assert (shop.reasons(journey), shop.deliveries(message)) in [
        (["exit_event"], []),
        (["exit_event"], [("skipped", "journey_stopped")]),
    ]


def test_one_cart_in_two_browsers_is_reminded_of_once_also_where_both_are_linked_after_their_waits(shop: Shop) -> None:
    journey, message = cart_journey_of_two_browsers(shop)
    ada, now = person(shop, "ada"), shop.now
    shop.advance(now + 30 * MINUTE)
    shop.send(did("", "Added twice", now, anonymousId="laptop"))
    shop.send(did("", "Added twice", now + MINUTE, anonymousId="tablet"))
    shop.send(identify(ada, anonymousId="laptop", at=now + 30 * MINUTE))
    shop.send(identify(ada, anonymousId="tablet", at=now + 30 * MINUTE))
    shop.advance(now + HOUR)
    assert shop.deliveries(message) == [("sent", ""), ("skipped", "journey_stopped")]
    assert shop.reasons(journey) == ["completed"]


def cart_journey_of_two_browsers(shop: Shop) -> tuple[int, int]:
    message = shop.mail("two browsers")
    return cart_journey(shop, "Added twice", delay("wait", "20m", "mail"), say("mail", message)), message
