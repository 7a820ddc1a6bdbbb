"""Welcome. Whoever signs up is welcomed within minutes at any hour, with one simple thing to do; and three days later, if
nothing was bought, with an offer.

Missing: a welcome is marketing, and asks for consent, unless its message is made with `"class": "transactional"`; nothing
proposes that.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, SECOND, Shop, await_, identify, say, track

pytestmark = pytest.mark.xdist_group("stories")


def welcome(shop: Shop) -> tuple[int, int]:
    """The journey's two messages."""
    hello = shop.mail(
        "Welcome, {{ user.first_name }}",
        '<a href="https://shop.example/profile">Choose what you like</a>',
        **{"class": "transactional"},
    )
    offer = shop.mail("Discover us for less")
    shop.journey(
        {"event": "Signed Up"},
        say("hello", hello, "bought"),
        await_("bought", "Order Completed", "3d", None, "offer"),
        say("offer", offer),
    )
    return hello, offer


@pytest.mark.parametrize("hour", [2, 15])
def test_it_is_the_same_at_two_in_the_night_and_at_three_in_the_afternoon(shop: Shop, hour: int) -> None:
    welcome(shop)
    midnight = (shop.now // DAY + 1) * DAY
    shop.advance(midnight + hour * HOUR)
    signed_up = shop.now
    shop.identify("ada", {"first_name": "Ada", "email": shop.address("ada")})
    shop.track("ada", "Signed Up")
    shop.wait(MINUTE)
    [mail] = shop.mails("ada")
    assert (mail["subject"], mail["received_at"] - signed_up < 5 * MINUTE) == ("Welcome, Ada", True)
    assert shop.click(mail) == "https://shop.example/profile"


def test_three_days_later_who_bought_nothing_gets_an_offer(shop: Shop) -> None:
    welcome(shop)
    for user in ("ada", "bob"):
        shop.reader(user, first_name=user)
        shop.track(user, "Signed Up")
    began = shop.now
    shop.advance(began + 2 * DAY)
    shop.track("bob", "Order Completed", {"total": 20})
    shop.advance(began + 3 * DAY - SECOND)
    assert shop.subjects("ada") == ["Welcome, ada"]
    shop.advance(began + 3 * DAY + MINUTE)
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["Welcome, ada", "Discover us for less"], ["Welcome, bob"])


def test_the_address_may_come_seconds_after_the_sign_up(shop: Shop) -> None:
    welcome(shop)
    shop.track("ada", "Signed Up")
    shop.wait(5 * SECOND)
    shop.identify("ada", {"first_name": "Ada", "email": shop.address("ada")})
    shop.wait(MINUTE)
    assert shop.subjects("ada") == ["Welcome, Ada"]


def test_a_phone_that_was_offline_at_the_sign_up_is_welcomed_when_it_is_back(shop: Shop) -> None:
    hello = shop.mail("Hello", **{"class": "transactional"})
    shop.journey({"event": "Signed Up"}, say("hello", hello))
    signed_up = shop.now
    shop.wait(3 * HOUR)
    shop.send(
        identify("ada", {"email": shop.address("ada")}, at=signed_up),
        track("ada", "Signed Up", at=signed_up),
    )
    shop.wait(MINUTE)
    assert shop.subjects("ada") == ["Hello"]
