"""Place. Whoever comes near one of the shops gets that shop's offer, once.

Missing: nothing; a phone that tells no more positions is taken to be where it was last (`place`), however long ago that was.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import DAY, HOUR, MINUTE, Shop, say, track

pytestmark = pytest.mark.xdist_group("stories")

SHOPS = {"Paris": (48.8566, 2.3522), "Lyon": (45.7640, 4.8357)}
NEAR = 0.001  # degrees: some 100 m
FAR = 0.1


def at_place(latitude: float, longitude: float) -> dict[str, object]:
    return {"location": {"latitude": latitude, "longitude": longitude}}


def offers(shop: Shop) -> None:
    """One journey over the geofences of all shops, each with its own offer."""
    fences = {}
    for town, (latitude, longitude) in SHOPS.items():
        circle = {"latitude": latitude, "longitude": longitude, "radius": 500}
        fences[town] = shop.segment({"kind": "entered", "circle": circle, "window": {"last": "1h"}})
    paris, lyon = shop.mail("Offer of Paris"), shop.mail("Offer of Lyon")
    test = {"property": "segment", "is": "=", "value": fences["Paris"]}
    shop.journey(
        {
            "event": "segment_entered",
            "where": [{"property": "segment", "is": "in", "value": list(fences.values())}],
            "key": "segment",
            "reentry": "once",
        },
        {"id": "where", "kind": "branch", "if": [test], "then": "paris", "else": "lyon"},
        say("paris", paris),
        say("lyon", lyon),
    )


def test_each_shop_makes_its_own_offer_once(shop: Shop) -> None:
    offers(shop)
    shop.reader("ada")
    shop.reader("bob")
    (paris, east), (lyon, south) = SHOPS.values()
    shop.track("bob", "Position", context=at_place(paris + FAR, east))
    for latitude, longitude in ((paris + FAR, east), (paris + NEAR, east), (paris, east), (paris + FAR, east), (paris, east)):
        shop.track("ada", "Position", context=at_place(latitude, longitude))
        shop.wait(20 * MINUTE)
    assert shop.subjects("ada") == ["Offer of Paris"]
    shop.wait(DAY)
    shop.track("ada", "Position", context=at_place(lyon, south + NEAR))
    shop.wait(2 * HOUR)
    shop.track("ada", "Position", context=at_place(paris, east))
    shop.wait(DAY)
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["Offer of Paris", "Offer of Lyon"], [])


def test_who_is_near_now_and_who_is_in_an_area(shop: Shop) -> None:
    latitude, longitude = SHOPS["Lyon"]
    near = shop.segment({"kind": "place", "circle": {"latitude": latitude, "longitude": longitude, "radius": 500}})
    corners = [[45.0, 4.0], [46.5, 4.0], [46.5, 5.5], [45.0, 5.5]]
    region = shop.segment({"kind": "place", "polygon": corners})
    shop.send(
        track("ada", "Position", context=at_place(latitude, longitude)),
        track("bob", "Position", context=at_place(latitude + FAR, longitude)),
        track("cid", "Position", context=at_place(latitude + 10 * FAR, longitude)),
    )
    assert (shop.members(near), shop.members(region)) == ({"ada"}, {"ada", "bob"})
    shop.wait(MINUTE)
    shop.track("ada", "Position", context=at_place(latitude + FAR, longitude))
    assert shop.members(near) == set()
