"""The API's answers for a small shop, in the forms the real server gives, so that pages can be looked at without one.

``answer(method, path, query)`` is all there is to it; ``tests/browser/server.py`` serves it beside the real dashboard handlers.
"""

from __future__ import annotations

from typing import Any

DAY = 86_400_000
HOUR = 3_600_000
NOW = 1_795_262_400_000  # 2026-11-21 12:00 UTC
OPERATOR = {"id": 1, "email": "ada@example.org", "name": "Ada", "created_at": NOW - 90 * DAY}
SESSION = {"operator": OPERATOR, "csrf": "recorded-csrf", "expires_at": NOW + DAY}
PICTURE = "/favicon.svg"


def _app(app_id: int, name: str) -> dict[str, Any]:
    settings = {"timezone": "Europe/Paris", "language": "fr", "sending_paused": False}
    return {"id": app_id, "name": name, "slug": name.lower(), "settings": settings, "created_at": NOW - 90 * DAY, "version": 1}


APPS = [_app(1, "Atelier Lune"), _app(2, "CDNOW"), _app(3, "Empty shop")]

_NAMES = [
    ("Léa", "Moreau", "lea.moreau@example.org", "fr"),
    ("Tomás", "Oliveira", "tomas@example.org", "pt"),
    ("Ingrid", "Sørensen", "ingrid.sorensen@example.org", "da"),
    ("Kofi", "Mensah", "kofi.mensah@example.org", "en"),
    ("Yuki", "Tanaka", "yuki@example.org", "ja"),
    ("Maximiliane", "von Hohenstein-Altenburg", "maximiliane.von.hohenstein-altenburg@beispiel.example", "de"),
]


def _person(number: int) -> dict[str, Any]:
    first, last, email, language = _NAMES[(number - 1) % len(_NAMES)]
    known = number % 7 != 0
    traits = {
        "first_name": first,
        "last_name": last,
        "email": email,
        "plan": "pro" if number % 2 else "free",
        "orders": number * 3,
    }
    return {
        "id": number,
        "external_id": f"u-{1000 + number}" if known else None,
        "traits": traits if known else {},
        "country": "FR",
        "timezone": "Europe/Paris",
        "language": language,
        "first_seen": NOW - (number + 20) * DAY,
        "last_seen": NOW - number * HOUR,
        "version": 3,
    }


PEOPLE = [_person(number) for number in range(1, 25)]

_WHOLE = {
    "aliases": [
        {"kind": "user_id", "value": "u-1001"},
        {"kind": "anonymous_id", "value": "6c5f9a5e-0b5c-4c1d-9f3a-2f4f5e0d7a11"},
        {"kind": "anonymous_id", "value": "a1d2c7b8-77aa-4a0e-8e59-0c1f3b2a9d42"},
    ],
    "subscriptions": [
        {"id": 1, "channel": "email", "address": "lea.moreau@example.org", "state": "subscribed", "device": {}, "created_at": NOW - 20 * DAY, "updated_at": NOW - 20 * DAY},
        {"id": 2, "channel": "web_push", "address": "http://127.0.0.1:8400/inbox/push/kJ3mVv0eXr", "state": "subscribed", "device": {"browser": "Firefox"}, "created_at": NOW - 12 * DAY, "updated_at": NOW - 12 * DAY},
        {"id": 3, "channel": "web_push", "address": "http://127.0.0.1:8400/inbox/push/pQ8sT2aB1z", "state": "gone", "device": {"browser": "Chrome"}, "created_at": NOW - 18 * DAY, "updated_at": NOW - 13 * DAY},
    ],
    "consents": [
        {"channel": "email", "topic": "general", "granted": True, "source": "signup", "changed_at": NOW - 20 * DAY},
        {"channel": "web_push", "topic": "general", "granted": True, "source": "prompt", "changed_at": NOW - 12 * DAY},
    ],
}  # fmt: skip


def _event(number: int, kind: str, name: str, hours: float, properties: dict[str, Any]) -> dict[str, Any]:
    at = NOW - int(hours * HOUR)
    return {
        "event": name,
        "kind": kind,
        "person_id": 1,
        "occurred_at": at,
        "received_at": at + 420,
        "message_id": f"m-{number}",
        "late": False,
        "properties": properties,
        "context": {},
        "anonymous_id": "",
        "user_id": "u-1001",
        "position": f"{at}.0.{number}",
    }


_CART = {"cart_id": "c-7781", "product": "Linen lamp", "price": 89.0, "currency": "EUR"}
TIMELINE = [
    _event(12, "derived", "message_clicked", 1.2, {"message": 1, "delivery": "d1"}),
    _event(11, "track", "Order Completed", 1.1, {"cart_id": "c-7781", "total": 89.0}),
    _event(10, "derived", "message_opened", 1.3, {"message": 1, "delivery": "d1"}),
    _event(9, "derived", "message_sent", 1.5, {"message": 1, "delivery": "d1"}),
    _event(8, "derived", "journey_entered", 3.5, {"journey": 1}),
    _event(7, "track", "Product Added", 3.5, _CART),
    _event(6, "page", "Linen lamp", 3.6, {"path": "/lamps/linen", "title": "Linen lamp"}),
    _event(5, "derived", "session_started", 3.7, {}),
    _event(4, "derived", "segment_entered", 27, {"segment": 2, "name": "Bought twice in 30 days"}),
    _event(3, "track", "Order Completed", 27, {"cart_id": "c-7702", "total": 42.5}),
    _event(2, "identify", "identify", 27.1, {"email": "lea.moreau@example.org", "plan": "pro"}),
    _event(1, "page", "Home", 27.2, {"path": "/"}),
]


def _behaviour(event: str, compare: str, value: int, window: str | None) -> dict[str, Any]:
    return {
        "kind": "behaviour",
        "event": event,
        "compare": compare,
        "value": value,
        "window": {"last": window} if window else None,
    }


_RULES: list[tuple[str, dict[str, Any], int]] = [
    ("Active this week", _behaviour("Product Viewed", ">=", 1, "7d"), 8_214),
    ("Bought twice in 30 days", _behaviour("Order Completed", ">=", 2, "30d"), 1_377),
    (
        "Added to cart and did not buy",
        {"all": [_behaviour("Product Added", ">=", 1, "2d"), _behaviour("Order Completed", "=", 0, "2d")]},
        416,
    ),
    (
        "Pro, or big spenders in Paris",
        {
            "any": [
                {"kind": "trait", "name": "plan", "is": "=", "value": "pro"},
                {
                    "all": [
                        {"kind": "trait", "name": "city", "is": "in", "value": ["Paris", "Lyon"]},
                        {
                            **_behaviour("Order Completed", ">=", 3, None),
                            "where": [{"property": "total", "is": ">", "value": 100}],
                        },
                    ]
                },
            ]
        },
        2_960,
    ),
    ("Silent for 30 days", _behaviour("Product Viewed", "=", 0, "30d"), 5_102),
]
SEGMENTS = [
    {
        "id": number,
        "app_id": 1,
        "name": name,
        "rule": rule,
        "version": 1,
        "state": "active",
        "size": size,
        "created_at": NOW - 60 * DAY,
        "updated_at": NOW - 60 * DAY,
    }
    for number, (name, rule, size) in enumerate(_RULES, 1)
]


def _course(size: int, seed: int) -> list[dict[str, Any]]:
    points = []
    for day in range(30):
        swing = ((day * 7 + seed * 13) % 11 - 5) / 60
        height = size * (0.62 + 0.38 * day / 29 + (swing if day < 29 else 0))
        points.append({"since": NOW - (29 - day) * DAY, "entered": seed + day, "left": day % 7, "size": int(height)})
    return points


_COURSES = [
    {"segment_id": one["id"], "name": one["name"], "size": one["size"], "entered": one["size"] * 3, "left": one["size"] * 2}
    for one in SEGMENTS
]


def _outcome(
    sent: int, delivered: int, opened: int, clicked: int, converted: int, revenue: float, skipped: int
) -> dict[str, Any]:
    rates = {
        "delivered": delivered / sent,
        "opened": opened / sent,
        "clicked": clicked / sent,
        "converted": converted / sent,
        "unsubscribed": 0.004,
    }
    return {
        "sent": sent,
        "delivered": delivered,
        "opened": opened,
        "clicked": clicked,
        "dismissed": 12,
        "converted": converted,
        "direct": converted // 2,
        "unsubscribed": 9,
        "bounced": 0,
        "failed": 2,
        "unknown": 0,
        "skipped": skipped,
        "waiting": 3,
        "revenue": revenue,
        "rates": rates,
    }


MESSAGES = [
    {
        "id": 1,
        "app_id": 1,
        "name": "Cart reminder",
        "channel": "web_push",
        "class": "marketing",
        "topic": "general",
        "content": {
            "title": "{{ user.first_name | default: 'Hello' }}, your cart is waiting",
            "body": "The {{ event.product }} you chose is still there. Shall we keep it for you?",
            "image": "{{ event.image }}",
            "url": "https://shop.example/cart/{{ event.cart_id }}",
            "buttons": [{"title": "See my cart", "url": "https://shop.example/cart"}, {"title": "Not now"}],
            "tag": "cart",
        },
        "valid_for": "12h",
        "goal": None,
        "version": 2,
        "created_at": NOW - 60 * DAY,
        "updated_at": NOW - 3 * DAY,
    },
    {
        "id": 2,
        "app_id": 1,
        "name": "Cart code",
        "channel": "email",
        "class": "marketing",
        "topic": "general",
        "content": {
            "subject": "Ten per cent on your {{ event.product }}",
            "preheader": "The code holds for two days.",
            "html": (
                '<div style="max-width:520px;margin:0 auto"><h2 style="margin:0 0 12px">Still thinking, {{ user.first_name }}?</h2>'
                '<img src="{{ event.image }}" alt="{{ event.product }}" width="520"><p>Take ten per cent off with <b>LUNE10</b>. '
                'It holds for two days.</p><p><a href="https://shop.example/cart" style="display:inline-block;padding:12px 20px;'
                'background:#07645d;color:#fff;border-radius:8px;text-decoration:none">Back to my cart</a></p></div>'
            ),
        },
        "valid_for": "2d",
        "goal": None,
        "version": 1,
        "created_at": NOW - 60 * DAY,
        "updated_at": NOW - 60 * DAY,
    },
    {
        "id": 3,
        "app_id": 1,
        "name": "Welcome",
        "channel": "email",
        "class": "transactional",
        "topic": "general",
        "content": {"subject": "Welcome, {{ user.first_name }}", "html": "<p>Good to see you. One thing to do first…</p>"},
        "valid_for": None,
        "goal": None,
        "version": 1,
        "created_at": NOW - 60 * DAY,
        "updated_at": NOW - 60 * DAY,
    },
]
_OUTCOMES = {
    1: _outcome(4_812, 4_790, 2_044, 1_120, 402, 31_240.5, 611),
    2: _outcome(2_107, 2_100, 988, 301, 122, 8_912.0, 240),
    3: _outcome(1_530, 1_528, 1_101, 640, 0, 0.0, 4),
}
_TOTAL = _outcome(8_449, 8_418, 4_133, 2_061, 524, 40_152.5, 855)

GRAPH = {
    "entry": {"event": "Product Added", "key": "cart_id", "where": [], "reentry": "always"},
    "exits": [{"event": "Order Completed", "match": "cart_id"}],
    "goal": {"event": "Order Completed", "within": "3d"},
    "nodes": [
        {"id": "wait", "kind": "wait_for", "event": "Order Completed", "match": "cart_id", "up_to": "2h", "then": "done", "else": "push"},
        {"id": "push", "kind": "message", "message": 1, "next": "react"},
        {"id": "react", "kind": "wait_for", "event": "message_clicked", "match": None, "up_to": "24h", "then": "done", "else": "mail"},
        {"id": "mail", "kind": "message", "message": 2, "next": "done"},
        {"id": "done", "kind": "exit"},
    ],
    "start": "wait",
}  # fmt: skip
WELCOME = {
    "entry": {"event": "Signed Up", "key": None, "where": [], "reentry": "once"},
    "exits": [],
    "goal": None,
    "nodes": [
        {"id": "hello", "kind": "message", "message": 3, "next": "pause"},
        {"id": "pause", "kind": "delay", "for": "3d", "next": "bought"},
        {"id": "bought", "kind": "branch", "if": [{"property": "orders", "is": ">=", "value": 1}], "then": "done", "else": "offer"},
        {"id": "offer", "kind": "message", "message": 2, "next": "done"},
        {"id": "done", "kind": "exit"},
    ],
    "start": "hello",
}  # fmt: skip


def _journey(number: int, name: str, state: str, graph: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "app_id": 1,
        "name": name,
        "state": state,
        "graph": graph,
        "published": 0 if state == "draft" else 1,
        "version": 3,
        "resumed_at": 0,
        "created_at": NOW - 60 * DAY,
        "updated_at": NOW - 3 * DAY,
    }


JOURNEYS = [_journey(1, "Abandoned cart", "live", GRAPH), _journey(2, "Welcome", "draft", WELCOME)]
COUNTS = [
    {"version": 1, "node": "wait", "arrived": 9_120, "waiting": 214, "stopped": 3_890},
    {"version": 1, "node": "push", "arrived": 5_016, "waiting": 0, "stopped": 0},
    {"version": 1, "node": "react", "arrived": 5_016, "waiting": 630, "stopped": 702},
    {"version": 1, "node": "mail", "arrived": 2_350, "waiting": 0, "stopped": 0},
    {"version": 1, "node": "done", "arrived": 3_684, "waiting": 0, "stopped": 0},
]


def _run(number: int, node: str, state: str, reason: str) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "journey_id": 1,
        "version": 1,
        "person_id": number,
        "run_key": f"c-77{80 + number}",
        "node": node,
        "state": state,
        "reason": reason,
        "wake_at": NOW + number * HOUR if state == "waiting" else 0,
        "entered_at": NOW - number * HOUR,
        "moved_at": NOW - number * HOUR // 2,
        "entry": _CART,
    }


RUNS = [
    _run(1, "react", "waiting", ""),
    _run(2, "wait", "waiting", ""),
    _run(3, "wait", "left", "exit_event"),
    _run(4, "done", "done", "completed"),
]


def _delivery(number: int, message: int, state: str, reason: str = "", **times: Any) -> dict[str, Any]:
    channel = "web_push" if message == 1 else "email"
    moments = ("sent", "delivered", "opened", "clicked", "dismissed", "bounced", "unsubscribed", "converted")
    return {
        "id": f"d{number}",
        "person_id": number,
        "subscription_id": 1,
        "channel": channel,
        "address": "lea.moreau@example.org" if channel == "email" else "http://127.0.0.1:8400/inbox/push/kJ3mVv0eXr",
        "message_id": message,
        "journey_id": 1,
        "run_id": f"r{number}",
        "node": "push",
        "is_test": False,
        "state": state,
        "reason": reason,
        "why": "",
        "detail": "",
        "created_at": NOW - number * HOUR,
        "due_at": NOW - number * HOUR,
        "attempts": 1,
        **{f"{name}_at": times.get(name) for name in moments},
        "conversions": 1 if times.get("converted") else 0,
        "direct": False,
        "revenue": 89.0 if times.get("converted") else 0.0,
    }


DELIVERIES = [
    _delivery(
        1, 1, "sent", sent=NOW - HOUR, delivered=NOW - HOUR, opened=NOW - HOUR, clicked=NOW - HOUR, converted=NOW - HOUR // 2
    ),
    _delivery(2, 2, "skipped", "no_consent"),
    _delivery(3, 3, "sent", sent=NOW - 3 * HOUR, opened=NOW - 2 * HOUR),
    _delivery(4, 1, "skipped", "gone"),
    _delivery(5, 2, "unknown"),
    _delivery(6, 1, "pending"),
]

_REASONS = {"no_subscription": 402, "no_consent": 240, "expired": 121, "unsubscribed": 61, "gone": 27, "sending_paused": 4}
_CELLS = {
    "Champions": 4_135,
    "Loyal": 3_322,
    "Potential Loyalist": 2_367,
    "New": 0,
    "Promising": 0,
    "Need Attention": 960,
    "About To Sleep": 3_339,
    "Can't Lose": 11,
    "At Risk": 867,
    "Hibernating": 8_569,
}
REPORTS: dict[str, Any] = {
    "overview": {
        "people": 23_570,
        "events": 184_220,
        "derived": 61_204,
        "first_event_at": NOW - 500 * DAY,
        "last_event_at": NOW - 40_000,
        "segments": [{**course, "points": []} for course in _COURSES],
        "journeys": [{"journey_id": 1, "name": "Abandoned cart", "state": "live", "nodes": COUNTS}],
        "messages": _TOTAL,
        "not_sent": 857,
    },
    "messages": {
        "messages": [
            {"message_id": one["id"], "name": one["name"], "channel": one["channel"], "journey_id": 1, "node": "push", "outcome": _OUTCOMES[number]}
            for number, one in enumerate(MESSAGES, 1)
        ],
        "channels": [],
        "total": _TOTAL,
    },
    "skipped": {
        "reasons": [{"reason": reason, "sentence": reason, "count": count} for reason, count in _REASONS.items()],
        "messages": [],
        "total": sum(_REASONS.values()),
    },
    "segments": {
        "since": NOW - 29 * DAY,
        "until": NOW,
        "every": DAY,
        "segments": [{**course, "points": _course(int(course["size"]), int(course["segment_id"]))} for course in _COURSES],
    },
    "rfm": {
        "event": "Order Completed",
        "as_of": NOW,
        "people": 23_570,
        "purchases": 69_659,
        "cells": [{"cell": cell, "people": people, "share": people / 23_570, "purchases": people} for cell, people in _CELLS.items()],
    },
    "latency": {
        "event_to_segment": {"p50_ms": 38.0, "p99_ms": 212.0, "count": 9_000},
        "event_to_message": {"p50_ms": 96.0, "p99_ms": 640.0, "count": 4_000},
    },
}  # fmt: skip

KEYS = [
    {"id": 1, "app_id": 1, "kind": "write", "name": "Web shop", "hint": "x7Qa", "created_at": NOW - 60 * DAY, "revoked_at": None, "last_used": NOW - 1_000},
    {"id": 2, "app_id": 1, "kind": "api", "name": "Back office", "hint": "09kd", "created_at": NOW - 60 * DAY, "revoked_at": None, "last_used": None},
    {"id": 3, "app_id": 1, "kind": "write", "name": "Old app", "hint": "Zz31", "created_at": NOW - 80 * DAY, "revoked_at": NOW - 9 * DAY, "last_used": NOW - 10 * DAY},
]  # fmt: skip
REJECTED = [
    {"id": 2, "received_at": NOW - HOUR, "reason": "missing_id", "path": "", "detail": "A track needs a userId or an anonymousId.", "payload": '{"type": "track", "event": "Product Viewed"}', "message_id": "x1"},
    {"id": 1, "received_at": NOW - 5 * HOUR, "reason": "timestamp_out_of_range", "path": "timestamp", "detail": "The timestamp lies before 1990.", "payload": '{"type": "track", "event": "Order Completed", "userId": "u-9", "timestamp": "1970-01-01"}', "message_id": "x2"},
]  # fmt: skip
EVENT_NAMES = [
    {"name": "Product Viewed", "count": 120_411, "first_at": NOW - 90 * DAY, "last_at": NOW - 900},
    {"name": "Product Added", "count": 21_090, "first_at": NOW - 90 * DAY, "last_at": NOW - 4_000},
    {"name": "Order Completed", "count": 9_240, "first_at": NOW - 90 * DAY, "last_at": NOW - 70_000},
    {"name": "Signed Up", "count": 1_530, "first_at": NOW - 90 * DAY, "last_at": NOW - 9_000},
]

PUSHES = {
    "Léa": [
        {"id": 9, "title": "Léa, your cart is waiting", "body": "The Linen lamp you chose is still there. Shall we keep it for you?", "image": PICTURE, "url": "/t/c/recorded", "data": {"buttons": [{"title": "See my cart", "url": "/t/c/recorded2"}, {"title": "Not now", "url": ""}]}, "received_at": NOW - HOUR},
        {"id": 4, "title": "Back in stock", "body": "The walnut tray you looked at.", "image": "", "url": "/t/c/recorded3", "data": {}, "received_at": NOW - 30 * HOUR},
    ],
    "Tomás": [{"id": 8, "title": "Tomás, your cart is waiting", "body": "The Oak stool you chose is still there.", "image": "", "url": "/t/c/recorded4", "data": {}, "received_at": NOW - 2 * HOUR}],
}  # fmt: skip
PHONES = [
    {"name": "Ingrid", "subscriptions": 1, "pushes": 0, "last_received_at": 0},
    *(
        {"name": name, "subscriptions": 1, "pushes": len(pushes), "last_received_at": pushes[0]["received_at"]}
        for name, pushes in PUSHES.items()
    ),
]
_MAIL = {
    "address": "lea.moreau@example.org",
    "from": "Atelier Lune <bonjour@lune.example>",
    "to": "lea.moreau@example.org",
    "received_at": NOW - HOUR,
    "received_real_at": NOW,
    "repeats": 0,
}
MAILS = [
    {**_MAIL, "id": 12, "subject": "Ten per cent on your Linen lamp", "preview": "The code holds for two days.", "kind": "mail"},
    {**_MAIL, "id": 11, "to": "tomas@example.org", "subject": "Welcome, Tomás", "preview": "Good to see you.", "kind": "mail", "received_at": NOW - 26 * HOUR},
]  # fmt: skip
MAIL_HTML = (
    '<!doctype html><meta charset="utf-8"><base target="_blank"><div style="font:15px system-ui;max-width:520px;margin:24px auto">'
    "<h2>Still thinking, Léa?</h2><p>Take ten per cent off with <b>LUNE10</b>.</p>"
    '<p><a href="/t/c/recorded5">Back to my cart</a></p></div>'
)


def _page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None}


def _found(items: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    return next((one for one in items if str(one["id"]) == text), None)


def _people(query: dict[str, str]) -> dict[str, Any]:
    text = query.get("search", "").lower()
    return _page([one for one in PEOPLE if text in str(one["traits"].get("email", "")) or text == str(one["external_id"])])


def _of_person(rest: list[str]) -> Any:
    person = _found(PEOPLE, rest[0])
    if person is None or len(rest) == 1:
        return person and {**person, **_WHOLE}
    memberships = [{"segment_id": one["id"], "name": one["name"]} for one in SEGMENTS[:3]]
    parts = {"timeline": TIMELINE, "memberships": memberships, "deliveries": DELIVERIES, "runs": RUNS[:2]}
    return _page(parts[rest[1]])


def _of_segment(rest: list[str]) -> Any:
    if rest[1:] == ["members"]:
        return {"items": [one["id"] for one in PEOPLE[:12]], "next": "more", "size": 1_377}
    return _found(SEGMENTS, rest[0])


def _of_journey(rest: list[str]) -> Any:
    if rest[1:] == ["counts"]:
        return {"items": COUNTS if rest[0] == "1" else []}
    if rest[1:] == ["runs"]:
        return _page(RUNS if rest[0] == "1" else [])
    return _found(JOURNEYS, rest[0])


def _of_app(rest: list[str], query: dict[str, str]) -> Any:
    lists = {
        "segments": SEGMENTS,
        "journeys": JOURNEYS,
        "messages": MESSAGES,
        "deliveries": DELIVERIES,
        "keys": KEYS,
        "rejected": REJECTED,
    }
    match rest:
        case ["people"]:
            return _people(query)
        case ["people", *more]:
            return _of_person(more)
        case ["segments", "preview"]:
            return {"count": 1_377, "sample": [1, 2]}
        case ["segments", *more] if more:
            return _of_segment(more)
        case ["journeys", *more] if more:
            return _of_journey(more)
        case ["messages", message]:
            return _found(MESSAGES, message)
        case ["events", "names"]:
            return {"items": EVENT_NAMES}
        case ["reports", name]:
            return REPORTS[name]
        case [noun]:
            return _page(lists[noun])
    return None


_NOTHING = _outcome(1, 0, 0, 0, 0, 0.0, 0) | {"sent": 0, "failed": 0, "waiting": 0, "dismissed": 0, "unsubscribed": 0}
_EMPTY_REPORTS = {
    "overview": {**REPORTS["overview"], "people": 0, "events": 0, "segments": [], "messages": _NOTHING, "last_event_at": None},
    "messages": {"messages": [], "channels": [], "total": _NOTHING},
    "skipped": {"reasons": [], "messages": [], "total": 0},
    "segments": {**REPORTS["segments"], "segments": []},
    "rfm": {**REPORTS["rfm"], "people": 0, "as_of": None},
    "latency": {name: {"p50_ms": None, "p99_ms": None, "count": 0} for name in ("event_to_segment", "event_to_message")},
}


def _of_empty_app(rest: list[str]) -> Any:
    if rest[0] == "reports":
        return _EMPTY_REPORTS[rest[1]]
    return _page(KEYS[:1] if rest == ["keys"] else [])


def answer(path: str, query: dict[str, str]) -> Any:
    """What a GET (or a preview) answers; ``None`` is a 404."""
    match path.strip("/").split("/"):
        case ["setup"]:
            return {"needed": False}
        case ["apps"]:
            return _page(APPS)
        case ["apps", app]:
            return _found(APPS, app)
        case ["apps", "3", *rest]:
            return _of_empty_app(rest)
        case ["apps", _, *rest]:
            return _of_app(rest, query)
    return None


def inbox(path: str) -> Any:
    """What the inbox answers."""
    match path.strip("/").split("/"):
        case ["phones"]:
            return _page(PHONES)
        case ["phones", name, "pushes"]:
            return _page([{"phone": name, "topic": "", **push} for push in PUSHES.get(name, [])])
        case ["mail"]:
            return _page(MAILS)
        case ["mail", number]:
            mail = _found(MAILS, number)
            return mail and {**mail, "text": "", "html_url": f"/inbox/api/mail/{number}/html", "links": [], "images": []}
    return None
