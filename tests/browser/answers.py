"""The API's answers for a small shop, in the forms the real server gives, so that pages can be looked at without one.

What is answered stands in ``recorded/*.json``; app 1 has everything, app 3 is empty.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import msgspec

from relance.messaging.model import Message
from relance.messaging.previewing import SenderSettings, Shown, show
from relance.messaging.render import Recipient
from relance.messaging.translations import languages_of, wording
from relance.segments.definition.evaluate import RuleEvent
from relance.segments.definition.explain import Explained, explain
from relance.segments.rule.difference import difference
from relance.segments.rule.tree import conditions, parse_rule
from relance.segments.sentence import Names, sentence
from relance.templates.dates import Reader
from relance.web.api.previews import unsendable_answer

FOLDER = Path(__file__).parent / "recorded"
NOW = 1_795_262_400_000  # 2026-11-21 12:00 UTC, when all of it was recorded


def load(name: str) -> Any:
    """One recorded file."""
    return json.loads((FOLDER / f"{name}.json").read_text())


SESSION: dict[str, Any] = load("session")
OPERATORS = [
    {"id": 1, "email": "ada@example.org", "name": "Ada", "created_at": NOW - 90 * 86_400_000, "is_invited": False},
    {"id": 2, "email": "grace@example.org", "name": "Grace Brewster Hopper", "created_at": NOW - 86_400_000, "is_invited": True},
]
_OPENED = {"created_at": NOW - 3_600_000, "expires_at": NOW + 39_600_000}
SESSIONS = [
    {
        **_OPENED, "id": "9dc417a9910aee42", "last_used": NOW - 60_000, "address": "203.0.113.9", "is_this": True,
        "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    },
    {
        **_OPENED, "id": "9cf4d0c3a8ab625c", "last_used": NOW - 1_800_000, "address": "2001:db8:85a3:8d3:1319:8a2e:370:7348",
        "is_this": False, "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
    },
]  # fmt: skip
SEGMENT_USERS = [
    {"kind": "segment", "id": 4, "name": "Pro, or big spenders in Paris"},
    {"kind": "journey", "id": 1, "name": "Abandoned cart"},
]
SNIPPETS = [
    {
        "id": 1, "app_id": 1, "name": "address", "source": "1 rue de la Lune, Paris", "version": 1,
        "created_at": 1_795_003_000_000, "updated_at": 1_795_003_000_000,
        "used_by": [{"kind": "message", "id": 1, "name": "Cart reminder"}, {"kind": "snippet", "id": 2, "name": "footer"}],
    },
    {
        "id": 2, "app_id": 1, "name": "footer", "source": "{{ app.name }}, {% render 'address' %}", "version": 3,
        "created_at": 1_795_003_000_000, "updated_at": 1_795_003_000_000,
        "used_by": [{"kind": "message", "id": 1, "name": "Cart reminder"}],
    },
    {
        "id": 3, "app_id": 1, "name": "old", "source": "Bye", "version": 1,
        "created_at": 1_795_003_000_000, "updated_at": 1_795_003_000_000, "used_by": [],
    },
]  # fmt: skip
LISTS = ("people", "segments", "lists", "journeys", "messages", "deliveries", "keys", "rejected", "suppressions")


def page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None}


def segments() -> list[dict[str, Any]]:
    """The recorded segments with their rules in words, as the real server would say them."""
    return [{**one, "sentence": in_words(one["rule"])} for one in load("segments")]


def in_words(rule: Any) -> dict[str, str]:
    """Both sentences of a rule. Raises ``RuleError``, as reading one does."""
    read = parse_rule(rule)
    names = Names(*({one["id"]: one["name"] for one in load(noun)} for noun in ("segments", "messages", "journeys")))
    names = names._replace(lists={one["id"]: one["name"] for one in load("lists")})
    return {"en": sentence(read, "en", names), "fr": sentence(read, "fr", names)}


def filled(number: int, given: dict[str, Any]) -> dict[str, Any]:
    """A recorded message filled in for a recorded person, as the real server does it."""
    recorded = next(one for one in load("messages") if one["id"] == number)
    message = msgspec.convert({**recorded, "message_class": recorded["class"], "language": recorded["language"] or ""}, Message)
    person = next(one for one in load("people") if one["id"] == given["person"])
    properties = given["event"] if isinstance(given["event"], dict) else {}
    user = {**person["traits"], "id": person["external_id"]}
    reader = Reader(language=person["language"] or "en")
    recipient = Recipient(user, properties, {"id": 1, "name": "Shop"}, "kofi@example.com", reader)
    sending = SenderSettings("https://relance.example", "Shop <shop@example.com>")
    every = languages_of(message) if given.get("all_languages") else []
    first, *rest = (_shown(show(message, recipient, sending, (), each)) for each in (None, *every))
    about = {"channel": message.channel.value, "address": recipient.address, "person_id": person["id"]}
    return {**first, **about, "languages": rest}


def _shown(shown: Shown) -> dict[str, Any]:
    unsendable = unsendable_answer(shown.unsendable)
    answer: dict[str, Any] = msgspec.to_builtins({"content": shown.content, "unsendable": unsendable, "taken": shown.taken})
    missing = [{"path": path, "variable": variable} for path, variable in shown.missing]
    return {**answer, "language": shown.language or None, "missing": missing, "price": None}


def wordings(number: str) -> dict[str, Any]:
    """A recorded message in each of its languages."""
    recorded = next(one for one in load("messages") if str(one["id"]) == number)
    message = msgspec.convert({**recorded, "message_class": recorded["class"], "language": recorded["language"] or ""}, Message)
    found = (wording(message, language) for language in languages_of(message))
    return {"wordings": [{"language": each.language or None, "content": each.content, "taken": each.taken} for each in found]}


def _found(items: list[dict[str, Any]], number: str) -> dict[str, Any] | None:
    return next((one for one in items if str(one["id"]) == number), None)


def _people(query: dict[str, str]) -> dict[str, Any]:
    text = query.get("search", "").lower()
    return page([one for one in load("people") if text in one["traits"].get("email", "") or text == one["external_id"]])


MISSED = [
    {
        "journey_id": 1, "reason": "run_under_way", "why": "A run was under way already.", "key": "c-1042",
        "event": "Product Added", "message_id": "m1",
        "occurred_at": 1_795_003_000_000, "received_at": 1_795_003_000_000, "times": 3,
    },
    {
        "journey_id": 2, "reason": "late", "why": "The event came late.", "key": "",
        "event": "segment_entered", "message_id": "m2",
        "occurred_at": 1_794_903_000_000, "received_at": 1_794_993_000_000, "times": 1,
    },
]  # fmt: skip
PRESENT = {"segments": [1], "members": 1_377, "taken_in": 0, "left_out": 1_204}
NEVER_SEEN = {
    "code": "event_never_seen",
    "path": "exits[0].event",
    "message": "This app has had no event 'Odrer Completed' yet. Is the name right?",
    "reason": "event_never_seen",
    "parameters": {"event": "Odrer Completed"},
}  # fmt: skip


def _of_person(rest: list[str]) -> Any:
    person = _found(load("people"), rest[0])
    if person is None or len(rest) == 1:
        return person and {**person, **load("person")}
    match rest[1]:
        case "memberships":
            return page([{"segment_id": one["id"], "name": one["name"]} for one in load("segments")[:3]])
        case "runs":
            return page(load("runs")[:2])
        case "lists":
            return page(load("lists")[:1])
        case "missed-entries":
            return page(MISSED)
        case part:
            return page(load(part))


def explanation(segment: str, person: str) -> Any:
    """Why a recorded person is in a recorded segment: made by the real code of what they did."""
    events = [RuleEvent(one["event"], one["occurred_at"], place, one["properties"]) for place, one in enumerate(load("timeline"))]
    rules = {one["id"]: parse_rule(one["rule"]) for one in load("segments")}
    traits = (_found(load("people"), person) or {})["traits"]
    body = explain(rules[int(segment)], events, traits, NOW, int(person), rules.get)
    return {"person_id": int(person), "now": NOW, "member": body.holds, "rule": _said(body)}


def _said(part: Explained) -> dict[str, Any]:
    inner = part.parts[0].condition if part.kind == "not" else None
    data = part.condition if inner is None else {"not": inner}
    body: dict[str, Any] = msgspec.to_builtins(part)
    return {**body, "parts": [_said(one) for one in part.parts], "sentence": None if data is None else in_words(data)}


def versions(segment: str, newest: int = 4) -> list[dict[str, Any]]:
    """The edits of any recorded segment, the newest first; the fifth is made by somebody else while one edits."""
    rule = (_found(load("segments"), segment) or {})["rule"]
    visited = {"kind": "behaviour", "event": "Product Viewed", "compare": ">=", "value": 1, "window": {"last": "14d"}}
    rules = [visited, visited, {"all": [visited, rule]}, rule, {"all": [rule, visited]}]
    found = [
        {"version": 1, "name": "First try", "created_at": NOW - 9 * 86_400_000, "created_by": "key:1", "author": "Server"},
        {"version": 2, "name": "Lookers", "created_at": NOW - 5 * 86_400_000, "created_by": "operator:1", "author": "Ada"},
        {"version": 3, "name": "Lookers", "created_at": NOW - 86_400_000, "created_by": "operator:2", "author": "Grace"},
        {"version": 4, "name": "Buyers", "created_at": NOW - 3_600_000, "created_by": "operator:1", "author": "Ada"},
        {"version": 5, "name": "Buyers", "created_at": NOW, "created_by": "operator:2", "author": "Grace"},
    ]
    whole = [{**one, "rule": rule, "sentence": in_words(rule), "archived": False} for one, rule in zip(found, rules, strict=True)]
    body = [None, *(_difference(older, newer) for older, newer in itertools.pairwise(whole))]
    return [{**one, "difference": each} for one, each in zip(whole, body, strict=True)][newest - 1 :: -1]


def _difference(older: dict[str, Any], newer: dict[str, Any]) -> dict[str, Any]:
    found = difference(older["name"], parse_rule(older["rule"]), newer["name"], parse_rule(newer["rule"]))
    body: dict[str, Any] = msgspec.to_builtins(found)
    for side in ("added", "removed"):
        body[side] = [{"condition": each, "sentence": in_words(each)} for each in body[side]]
    return body


def _of_segment(rest: list[str]) -> Any:
    match rest[1:]:
        case ["course"]:
            return course(rest[0])
        case ["dependents"]:
            return {"items": SEGMENT_USERS if rest[0] == "2" else []}
        case ["versions"]:
            return page(versions(rest[0]))
        case ["versions", earlier, "difference", later]:
            known = {str(one["version"]): one for one in versions(rest[0], 5)}
            return _difference(known[earlier], known[later])
        case ["people", person, "explanation"]:
            return explanation(rest[0], person)
    if rest[1:] == ["members"]:
        return {"items": [one["id"] for one in load("people")[:12]], "next": "more", "size": 1_377}
    return _found(segments(), rest[0])


def _of_providers(more: list[str]) -> Any:
    match more:
        case []:
            return load("providers")["providers"]
        case ["routes"]:
            return load("providers")["routes"]
        case ["types"]:
            return load("kinds")["providers"]
    return _found(load("providers")["providers"], more[0])


NOBODY: dict[str, Any] = {
    "items": [],
    "edges": [],
    "totals": {"entered": 0, "waiting": 0, "completed": 0, "exits": [], "otherwise": []},
    "goal": None,
    "revenue": 0,
    "currency": "",
    "revenues": [],
}


def _of_journey(rest: list[str], query: dict[str, str]) -> Any:
    if rest[1:] == ["counts"]:
        return load("counts") if rest[0] == "1" else NOBODY
    if rest[1:] == ["runs"]:
        return page([run for run in load("runs") if rest[0] == "1" and query.get("node") in (None, run["node"])])
    found = _found(load("journeys"), rest[0])
    if rest[1:] == ["publishing"] and found is not None:
        return {**found, "present": PRESENT, "warnings": [NEVER_SEEN]}
    return found


def course(segment: str) -> dict[str, Any]:
    """Thirty days of a recorded segment: what entered, left and merged adds up to its size."""
    day, size = 86_400_000, 1_200
    points: list[dict[str, Any]] = []
    for number in range(30):
        entered, left, merged = 20 + (number * 37) % 25, 12 + (number * 53) % 23, number % 7 == 0
        edited = {"entered": 120, "left": 30} if number == 12 else None
        size += entered - left - merged + (90 if edited else 0)
        point = {"since": NOW - (30 - number) * day, "entered": entered, "left": left, "merged": int(merged), "size": size}
        points.append({**point, "edited": edited})
    ever = {name: sum(point[name] for point in points) for name in ("entered", "left", "merged")}
    period = {"since": NOW - 30 * day, "until": NOW, "every": day}
    more = {"size": size, "edited": {"entered": 120, "left": 30}, "points": points, "segment": int(segment)}
    return {**period, **ever, **more}


def _of_list(number: str, more: list[str]) -> Any:
    if more == ["dependents"]:
        return {"items": [{"kind": "segment", "id": 2, "name": "Bought twice in 30 days"}] if number == "1" else []}
    return _found(load("lists"), number)


def _of_app(rest: list[str], query: dict[str, str]) -> Any:  # noqa: C901 - one case for each route
    match rest:
        case ["sending-domains"]:
            return {"items": []}
        case ["audiences"]:
            return page([])
        case ["people", *more]:
            return _of_person(more) if more else _people(query)
        case ["segments"]:
            return page(segments())
        case ["segments", "conditions"]:
            return load("kinds")["conditions"]
        case ["journeys", "nodes"]:
            return load("kinds")["nodes"]
        case ["segments", *more] if more:
            return _of_segment(more)
        case ["journeys", *more] if more:
            return _of_journey(more, query)
        case ["suggestions", kind]:
            return suggestions(kind, query)
        case ["lists", "sizes"]:
            return {"items": [{"list_id": 1, "people": 1_377}, {"list_id": 2, "people": 412}]}
        case ["lists", number, *more]:
            return _of_list(number, more)
        case ["messages", message]:
            return _found(load("messages"), message)
        case ["messages", message, "wordings"]:
            return wordings(message)
        case ["webhooks"]:
            return load("webhooks")
        case ["snippets"]:
            return {"items": SNIPPETS}
        case ["caps" | "quiet-hours" | "country-hours" as rules]:
            return load("restraint")[rules]
        case ["queue"]:
            return load("queue")
        case ["providers", *more]:
            return _of_providers(more)
        case ["push-key"]:
            return {"application_server_key": "BKagOny0KF_2pCJQ3m-recorded-key-of-a-server-1YFZ"}
        case ["identity-secrets"]:
            return {"items": [{"id": 1, "app_id": 1, "hint": "a_X4", "created_at": NOW - 9 * 86_400_000}]}
        case ["events", "names"]:
            return page(load("event_names"))
        case ["held-back"]:
            return page([one for one in load("held_back") if query.get("reason") in (None, one["reason"])])
        case ["audit"]:
            lines = load("audit")
            return {"items": lines[10:], "next": None} if query.get("cursor") else {"items": lines[:10], "next": "older"}
        case ["reports", name]:
            return load("reports")[name]
        case [noun] if noun in LISTS:
            return page(load(noun))
    return None


def _of_empty_app(rest: list[str]) -> Any:
    if rest[0] == "reports":
        return load("empty_reports")[rest[1]]
    if rest in (["webhooks"], ["caps"], ["quiet-hours"], ["providers"]):
        return []
    if rest == ["queue"]:
        found = load("queue")
        return {
            **found,
            "channels": [
                {**each, "waiting": 0, "is_more": False, "sending": 0, "entering": 0, "groups": []} for each in found["channels"]
            ],
        }
    if rest == ["country-hours"]:
        return load("restraint")["country-hours"]
    if rest == ["providers", "types"]:
        return load("kinds")["providers"]
    if rest == ["providers", "routes"]:
        return [{**one, "provider": None, "server": "server" if one["server"] else None} for one in load("providers")["routes"]]
    if rest in (["segments", "conditions"], ["journeys", "nodes"]):
        return load("kinds")[rest[1]]
    if rest == ["push-key"]:
        return {"application_server_key": ""}
    return page(load("keys")[:1] if rest == ["keys"] else [])


def preview(rule: Any) -> dict[str, Any]:
    """What counting a rule answers. Raises ``RuleError``."""
    parse_rule(rule)
    people = [{"id": one["id"], "external_id": one["external_id"], "traits": one["traits"]} for one in load("people")[:12]]
    reach = {"of": 1_377, "channels": {"email": 1_102, "mobile_push": 0, "web_push": 413}}
    return {"count": 1_377, "sample": [one["id"] for one in people], "people": people, "reach": reach}


def cost(rule: Any) -> dict[str, Any]:
    """What keeping it would cost. Raises ``RuleError``."""
    count = sum(1 for _ in conditions(parse_rule(rule)))
    return {"conditions": count, "live": count - 1, "bytes": 2_750_000, "events": 88_204}


def suggestions(kind: str, query: dict[str, str]) -> dict[str, Any]:
    """Properties of an order, or of people; values of the one that is named."""
    found = load("suggestions")["event" if "event" in query else "people"]
    return {"sampled": 2_000, "items": found if kind == "properties" else load("suggestions")["values"].get(query["name"], [])}


def answer(path: str, query: dict[str, str]) -> Any:
    """What a GET answers; ``None`` is a 404."""
    match path.strip("/").split("/"):
        case ["setup"]:
            return {"needed": False}
        case ["operators"]:
            return page(OPERATORS)
        case ["sessions"]:
            return page(SESSIONS)
        case ["apps", app]:
            return _found(load("apps"), app)
        case ["apps", "3", *rest]:
            return _of_empty_app(rest)
        case ["apps", _, *rest]:
            return _of_app(rest, query)
    return None


def sandbox(path: str) -> Any:
    """What the sandbox answers; ``None`` is a 404."""
    match path.strip("/").split("/"):
        case ["phones"]:
            return page(load("phones"))
        case ["phones", name, "pushes"]:
            return page([{"phone": name, "topic": "", **push} for push in load("pushes").get(name, [])])
        case ["phones", name, "texts"]:
            return page(load("texts").get(name, []))
        case ["webhooks"]:
            return page(load("hooks"))
        case ["mail"]:
            return page(load("mails"))
        case ["mail", number]:
            mail = _found(load("mails"), number)
            return mail and {**mail, "text": "", "html_url": f"/sandbox/api/mail/{number}/html", "links": [], "images": []}
    return None
