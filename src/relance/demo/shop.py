"""Sets up the shop as a marketer would: segments, messages and two journeys, through the REST API."""

from __future__ import annotations

from typing import Any

import msgspec

from relance.demo.letters import CODE, by_language, letter
from relance.demo.plan import OFFERS
from relance.demo.site import Site

SENDER = "The shop <hello@shop.example>"

REMINDER = {
    "name": "Cart reminder (push)",
    "channel": "web_push",
    "class": "marketing",
    "content": {
        "title": "{{ user.first_name | default: 'Hello' }}, your {{ event.name | downcase }} is waiting",
        "body": "It is still in your cart, for {{ event.price }} €.",
        "image": "{{ event.image_url }}",
        "url": "{{ event.url }}",
        "tag": "{{ event.cart_id }}",
    },
    "valid_for": "12h",
}
LAST_CALL = {
    "name": "Cart with a code (e-mail)",
    "channel": "email",
    "class": "marketing",
    "content": {
        "from": SENDER,
        "subject": "Free delivery on your {{ event.name | downcase }}",
        "preheader": "A code that is good until tomorrow night.",
        "html": letter(
            "Still thinking it over?",
            [
                "{{ user.first_name | default: 'Hello' }}, we kept your {{ event.name | downcase }} ({{ event.price }} €).",
                f"With the code {CODE.format('STAY-{{ event.sku | upcase }}')} delivery is free until tomorrow night.",
            ],
            "Back to my cart",
            picture=True,
        ),
    },
}
WELCOME = {
    "name": "Welcome (e-mail)",
    "channel": "email",
    "class": "transactional",
    "content": {
        "from": SENDER,
        "subject": "Welcome, {{ user.first_name | default: 'friend' }}",
        "preheader": "Your account is open.",
        "html": letter(
            "Good to have you{% if user.first_name %}, {{ user.first_name }}{% endif %}",
            [
                "Your account is open: your cart is kept, on each of your devices.",
                "We write when it is of use to you, and you can stop it at any time by one click.",
            ],
            "Look around",
            marketing=False,
        ),
    },
}
DISCOVERY = {
    "name": "Discovery offer (e-mail)",
    "channel": "email",
    "class": "marketing",
    "topic": OFFERS,
    "content": {
        "from": SENDER,
        "subject": "{{ user.first_name | default: 'Hello' }}, a first order with 10 % off",
        "preheader": "This week, on everything.",
        "html": letter(
            "10 % off your first order",
            [
                "Lamps, mugs, boots: few things, each chosen with care.",
                f"Your first order is 10 % off this week, with the code {CODE.format('HELLO-10')}.",
            ],
            "Look around",
        ),
    },
}

SHIPPED_PUSH = {
    "name": "Parcel on its way (push)",
    "channel": "mobile_push",
    "class": "service",
    "content": {
        "title": "Your {{ event.name | downcase }} is on its way",
        "body": "{{ user.first_name | default: 'Hello' }}, your parcel has left our shop. It is with you in two days.",
        "image": "{{ event.image_url }}",
        "url": "{{ event.url }}",
        "buttons": [{"title": "Follow it", "url": "{{ event.url }}"}, {"title": "Ask us", "url": "shop://help"}],
        "collapse_id": "{{ event.order_id }}",
    },
}
SHIPPED_TEXT = {
    "name": "Parcel on its way (SMS)",
    "channel": "sms",
    "class": "service",
    "content": {"body": "The shop: your {{ event.name | downcase }} is on its way, and with you in two days."},
}
OFFER_TEXT = {
    "name": "Offer after a parcel (SMS)",
    "channel": "sms",
    "class": "marketing",
    "topic": OFFERS,
    "content": {"body": "The shop: all well with your parcel? 10 % off your next order with AGAIN-10. No more offers: STOP"},
}


#: The welcome as edited before the shop opened: French readers are welcomed in French.
WELCOME_IN_TWO_LANGUAGES = {
    "from": SENDER,
    "subject": by_language(
        "Welcome, {{ user.first_name | default: 'friend' }}",
        "Bienvenue{% if user.first_name %}, {{ user.first_name }}{% endif %}",
    ),
    "preheader": by_language("Your account is open.", "Votre compte est ouvert."),
    "html": letter(
        by_language(
            "Good to have you{% if user.first_name %}, {{ user.first_name }}{% endif %}",
            "Ravis de vous accueillir{% if user.first_name %}, {{ user.first_name }}{% endif %}",
        ),
        [
            by_language(
                "Your account is open: your cart is kept, on each of your devices.",
                "Votre compte est ouvert : votre panier vous attend, sur chacun de vos appareils.",
            ),
            by_language(
                "We write when it is of use to you, and you can stop it at any time by one click.",
                "Nous écrivons quand cela vous sert, et un clic suffit pour arrêter.",
            ),
        ],
        by_language("Look around", "Faire un tour"),
        marketing=False,
        bilingual=True,
    ),
}


def behaviour(event: str, compare: str, value: int, last: str | None) -> dict[str, Any]:
    window = None if last is None else {"last": last}
    return {"kind": "behaviour", "event": event, "aggregate": "count", "compare": compare, "value": value, "window": window}


SEGMENTS: dict[str, Any] = {
    "Cart left behind": {
        "all": [behaviour("Product Added", ">=", 1, "2d"), {"not": behaviour("Order Completed", ">=", 1, "2d")}],
    },
    "Buyers": behaviour("Order Completed", ">=", 1, None),
    "Window shoppers": {"all": [behaviour("Product Viewed", ">=", 3, "1d"), behaviour("Order Completed", "=", 0, "30d")]},
    "Reads French": {"kind": "trait", "name": "locale", "is": "=", "value": "fr-FR"},
    "Clicked a message this week": {"kind": "message", "did": "clicked", "window": {"last": "7d"}},
    "Cart left for two hours": {
        "kind": "sequence",
        "first": {"event": "Product Added"},
        "then": {"event": "Order Completed"},
        "within": "2h",
        "absent": True,
        "on": "cart_id",
        "window": {"last": "2d"},
    },
    "Here on two days of the last three": {**behaviour("Product Viewed", ">=", 2, "3d"), "aggregate": "days"},
    "Spent 80 or more": {**behaviour("Order Completed", ">=", 80, None), "aggregate": "sum", "property": "total"},
    "Did not open the last message": {"kind": "unopened", "last": 1},
}
CDNOW_SEGMENTS: dict[str, Any] = {
    "Bought in the last 30 days": behaviour("Order Completed", ">=", 1, "30d"),
    "Five orders or more": behaviour("Order Completed", ">=", 5, None),
    "Spent 200 or more in a year": {**behaviour("Order Completed", ">=", 200, "365d"), "aggregate": "sum", "property": "total"},
    "Stopped buying": {"kind": "lifecycle", "stage": "stopped", "event": "Order Completed", "window": {"last": "90d"}},
    "Silent for 90 days": {"all": [behaviour("Order Completed", ">=", 1, None), behaviour("Order Completed", "=", 0, "90d")]},
}


class Shop(msgspec.Struct, frozen=True):
    """What was created: ids by name."""

    app: int
    messages: dict[str, int]
    segments: dict[str, int]
    journeys: dict[str, int]


def cart_journey(push: int, mail: int) -> dict[str, Any]:
    """Abandoned cart: each cart is a run; two hours, a push; a day more, an e-mail with a code; buying ends it at once.

    The waits await the purchase, without an exit: an exit would come first, and the edges drawn from the waits never be taken.
    """
    bought = {"event": "Order Completed", "match": "cart_id"}
    return {
        "entry": {"event": "Product Added", "key": "cart_id", "where": [], "reentry": "always"},
        "exits": [],
        "goal": {"event": "Order Completed", "within": "3d"},
        "nodes": [
            {"id": "wait", "kind": "wait_for", **bought, "up_to": "2h", "then": "bought", "else": "remind"},
            {"id": "remind", "kind": "message", "message": push, "next": "wait_a_day"},
            {"id": "wait_a_day", "kind": "wait_for", **bought, "up_to": "24h", "then": "bought", "else": "last_call"},
            {"id": "last_call", "kind": "message", "message": mail, "next": "over"},
            {"id": "bought", "kind": "exit"},
            {"id": "over", "kind": "exit"},
        ],
        "start": "wait",
    }


def welcome_journey(welcome: int, discovery: int) -> dict[str, Any]:
    """Welcome: immediately, at any hour; three days later an offer to those who have bought nothing."""
    return {
        "entry": {"event": "Signed Up", "key": None, "where": [], "reentry": "once"},
        "exits": [],
        "goal": {"event": "Order Completed", "within": "3d"},
        "nodes": [
            {"id": "welcome", "kind": "message", "message": welcome, "next": "wait"},
            {
                "id": "wait",
                "kind": "wait_for",
                "event": "Order Completed",
                "match": None,
                "up_to": "3d",
                "then": "bought",
                "else": "discovery",
            },
            {"id": "discovery", "kind": "message", "message": discovery, "next": "over"},
            {"id": "bought", "kind": "exit"},
            {"id": "over", "kind": "exit"},
        ],
        "start": "welcome",
    }


def parcel_journey(push: int, text: int) -> dict[str, Any]:
    """Each parcel is a run: the app tells, and a text whoever gave a number."""
    return {
        "entry": {"event": "Order Shipped", "key": "order_id", "where": [], "reentry": "always"},
        "exits": [],
        "nodes": [
            {"id": "push", "kind": "message", "message": push, "next": "text"},
            {"id": "text", "kind": "message", "message": text, "next": "over"},
            {"id": "over", "kind": "exit"},
        ],
        "start": "push",
    }


def offer_journey(text: int) -> dict[str, Any]:
    """Whoever got a parcel is offered something."""
    return {
        "entry": {"event": "Order Delivered", "key": "order_id", "where": [], "reentry": "always"},
        "exits": [],
        "nodes": [{"id": "offer", "kind": "message", "message": text, "next": "over"}, {"id": "over", "kind": "exit"}],
        "start": "offer",
    }


def open_shop(site: Site, app: int) -> Shop:
    """Create the shop's messages, segments and journeys, and publish them."""
    root = f"/api/v1/apps/{app}"
    messages = {
        name: site.call("POST", f"{root}/messages", made)["id"]
        for name, made in (
            ("reminder", REMINDER),
            ("last_call", LAST_CALL),
            ("welcome", WELCOME),
            ("discovery", DISCOVERY),
            ("shipped_push", SHIPPED_PUSH),
            ("shipped_text", SHIPPED_TEXT),
            ("offer_text", OFFER_TEXT),
        )
    }
    _connect_sandbox(site, root)
    edited = {"version": 1, "content": WELCOME_IN_TWO_LANGUAGES}
    site.call("PATCH", f"{root}/messages/{messages['welcome']}", edited)
    segments = make_segments(site, app, SEGMENTS)
    journeys = {}
    for name, graph in (
        ("Abandoned cart", cart_journey(messages["reminder"], messages["last_call"])),
        ("Welcome", welcome_journey(messages["welcome"], messages["discovery"])),
        ("Parcel on its way", parcel_journey(messages["shipped_push"], messages["shipped_text"])),
        ("Parcel delivered", offer_journey(messages["offer_text"])),
    ):
        made = site.call("POST", f"{root}/journeys", {"name": name, "graph": graph})
        site.call("POST", f"{root}/journeys/{made['id']}/publish", {"version": made["version"]})
        journeys[name] = made["id"]
    _connect_webhook(site, root, segments["Spent 80 or more"])
    return Shop(app, messages, segments, journeys)


def _connect_sandbox(site: Site, root: str) -> None:
    """The shop's accounts with what stands in for Apple, Google and Twilio."""
    for account in site.call("GET", "/sandbox/api/providers"):
        if account["type"] == "twilio":
            account["settings"] |= {"help_text": "The shop: write to hello@shop.example. No more texts: STOP"}
        site.call("POST", f"{root}/providers", account)


def _connect_webhook(site: Site, root: str, segment: int) -> None:
    """Another system, the sandbox's log, is told who spends much."""
    hook = {"name": "The shop's loyalty system"}
    url = site.call("POST", "/sandbox/hooks", hook)["url"]
    made = site.call("POST", f"{root}/webhooks", {"url": url, "segments": [segment]})
    site.call("PUT", f"/sandbox/api/hooks/{url.rpartition('/')[2]}", {**hook, "secret": made["secret"]})


def gather_cast(site: Site, app: int, shown: dict[str, str]) -> dict[str, str]:
    """Put the people to look at on a list, note what to look for on each, and return the paths of their pages by key."""
    root = f"/api/v1/apps/{app}"
    made = site.call("POST", f"{root}/lists", {"name": "Who to look at"})
    site.call("POST", f"{root}/lists/{made['id']}/people", {"add": list(shown)})
    pages = {}
    for key, story in shown.items():
        person = site.call("POST", f"{root}/people", {"user_id": key, "traits": {"story": story}})
        pages[key] = f"/apps/{app}/people/{person['id']}"
    return pages


def make_segments(site: Site, app: int, rules: dict[str, Any]) -> dict[str, int]:
    return {
        name: site.call("POST", f"/api/v1/apps/{app}/segments", {"name": name, "rule": rule})["id"]
        for name, rule in rules.items()
    }
