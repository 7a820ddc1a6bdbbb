"""Random streams of events over few ids, and the events the tests write by hand."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from relance.events.model import Event, Flag

START = 1_750_000_000_000
MINUTE = 60_000
USERS = ["u1", "u2", "u3"]
ANONYMOUS = ["a1", "a2", "a3"]
EMAILS = ["x@example.com", "y@example.com", None]


def event(kind: str = "track", user: str = "", anonymous: str = "", at: int = 0, **given: Any) -> Event:
    """An event of app 1, ``at`` minutes after the start."""
    instant = START + at * MINUTE
    body = json.dumps(given.pop("body", {})).encode()
    context = json.dumps(given.pop("context", {})).encode()
    app_id = given.pop("app_id", 1)
    return Event(
        app_id,
        kind,
        given.pop("name", ""),
        given.pop("message_id", ""),
        user,
        anonymous,
        instant,
        instant,
        body,
        context,
        **given,
    )


ids = st.tuples(st.sampled_from(["", *USERS]), st.sampled_from(["", *ANONYMOUS])).filter(any)
traits = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(EMAILS),
        "plan": st.sampled_from(["free", "pro", None]),
        "consent": st.fixed_dictionaries({"email": st.booleans()}),
        "country": st.sampled_from(["fr", "JP"]),
    },
)
contexts = st.one_of(
    st.just({}),
    st.sampled_from(
        [
            {"locale": "fr-FR", "timezone": "Europe/Paris"},
            {"locale": "en"},
            {"session": {"id": "s1"}},
            {"sessionId": 7},
            {
                "os": {"name": "iOS", "version": "18"},
                "app": {"version": "1.9"},
                "location": {"city": "Brest", "country": "FR", "latitude": 48.39, "longitude": -4.49},
            },
            {"os": {"name": "Android"}, "app": {"version": "1.10"}, "campaign": {"source": "ads", "medium": "cpc"}},
            {"device": {"token": "phone", "id": "d"}},
            {"device": {"push": {"endpoint": "https://push.example/1", "keys": {"p256dh": "k", "auth": "a"}}}},
            {"consent": {"email": False, "web_push": {"offers": True}}},
        ]
    ),
)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """The body of an edit."""
    body: dict[str, Any] = {}
    if draw(st.booleans()):
        body["traits"] = draw(traits)
    if draw(st.booleans()):
        body["consent"] = {"channel": "email", "topic": "general", "granted": draw(st.booleans())}
    if draw(st.booleans()):
        state = draw(st.sampled_from(["subscribed", "unsubscribed", "gone", "suppressed"]))
        body["subscription"] = {"address": draw(st.sampled_from(["x@example.com", "phone"])), "state": state}
    return body


@st.composite
def records(draw: st.DrawFn) -> Event:
    """One log record: mostly a person's own events, now and then a command."""
    kind = draw(
        st.sampled_from(["track", "track", "page", "identify", "identify", "alias", "edit", "merge", "delete", "derived"])
    )
    at = draw(st.integers(0, 120))
    if kind == "merge":
        return event(kind, at=at, body={"from": draw(st.integers(1, 6)), "into": draw(st.integers(1, 6))})
    if kind == "delete":
        return event(kind, at=at, body={"person": draw(st.integers(1, 6))})
    if kind in ("edit", "derived"):
        return event(kind, at=at, person_id=draw(st.integers(1, 7)), body=draw(changes()) if kind == "edit" else {})
    user, anonymous = draw(ids)
    if kind == "alias":
        return event(kind, user, anonymous, at=at, body={"previous_id": draw(st.sampled_from(["", *USERS, *ANONYMOUS]))})
    body = draw(traits) if kind == "identify" else {}
    flags = draw(st.sampled_from([0, 0, 0, Flag.BACKGROUND.value]))
    return event(kind, user, anonymous, at=at, body=body, context=draw(contexts), flags=flags)


streams = st.lists(records(), max_size=30)
