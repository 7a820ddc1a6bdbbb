"""Browsing. Somebody who looks at a category again and again, keeps a product as a favourite or shares one hears of it.

Missing: "any product, three times" (each value needs a segment of its own); what is new in a category, what others say and
what goes with what was bought, for want of a catalogue; a message to those who enter a segment knows the last product that
they looked at, not all of them.
"""

from __future__ import annotations

import pytest

from tests.acceptance.shop import HOUR, Shop, did, on_entering, say

pytestmark = pytest.mark.xdist_group("stories")


def test_a_category_looked_at_three_times_in_a_week(shop: Shop) -> None:
    keen = shop.segment(
        did("Product Viewed", value=3, window={"last": "7d"}, where=[{"property": "category", "is": "=", "value": "lamps"}])
    )
    shop.journey(on_entering(keen), say("mail", shop.mail("Lamps, for a few days")))
    shop.reader("ada")
    shop.reader("bob")
    for category in ("lamps", "sofas", "lamps"):
        for user in ("ada", "bob"):
            shop.track(user, "Product Viewed", {"category": category})
        shop.wait(HOUR)
    assert shop.mails("ada") == []
    shop.track("ada", "Product Viewed", {"category": "lamps"})
    shop.track("bob", "Product Viewed", {"category": "sofas"})
    assert (shop.subjects("ada"), shop.subjects("bob")) == (["Lamps, for a few days"], [])


@pytest.mark.parametrize("event", ["Product Added to Wishlist", "Product Shared"])
def test_a_favourite_and_a_product_that_was_shared_are_named(shop: Shop, event: str) -> None:
    mail = shop.mail("More of {{ event.name }}", '<a href="https://shop.example/p/{{ event.sku }}">See</a>')
    shop.journey({"event": event, "key": "sku"}, say("mail", mail))
    shop.reader("ada")
    shop.track("ada", event, {"sku": "lamp-7", "name": "Lamp"})
    [arrived] = shop.mails("ada")
    assert arrived["subject"] == "More of Lamp"
    assert shop.click(arrived) == "https://shop.example/p/lamp-7"


def test_who_enters_a_segment_is_told_what_they_looked_at_last_and_by_which_segment(shop: Shop) -> None:
    keen = shop.segment(did("Product Viewed", value=2, window={"last": "7d"}), "Lookers")
    shop.journey(on_entering(keen), say("mail", shop.mail("{{ segment.name }}: the {{ last_viewed.name }}")))
    shop.reader("ada")
    shop.track("ada", "Product Viewed", {"name": "sofa"})
    shop.wait(HOUR)
    shop.track("ada", "Product Viewed", {"name": "lamp"})
    assert shop.subjects("ada") == ["Lookers: the lamp"]


def test_a_footer_that_messages_share_is_corrected_in_all_of_them(shop: Shop) -> None:
    footer = shop.post("/snippets", {"name": "footer", "source": "from {{ app.name }}, 1 rue A"})
    mail = shop.mail("Hello {% render 'footer' %}", **{"class": "transactional"})
    shop.reader("ada")
    person = shop.person("ada")["id"]
    app = shop.get("")["name"]
    shop.post(f"/messages/{mail}/send", {"person": person})
    shop.server.settle()
    shop.call("PATCH", f"/snippets/{footer['id']}", {"version": 1, "source": "from {{ app.name }}, 2 rue B"})
    shop.post(f"/messages/{mail}/send", {"person": person})
    shop.server.settle()
    assert shop.subjects("ada") == [f"Hello from {app}, 1 rue A", f"Hello from {app}, 2 rue B"]
