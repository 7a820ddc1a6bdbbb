"""The check at the door, as tables: what is kept and how, what is set aside and why."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from relance.core.time import DAY, HOUR, from_iso
from relance.events.instants import EARLIEST
from relance.events.intake import Origin, check
from relance.events.model import Event, Flag, Name, Note, Rejection, heard_name
from relance.events.placeholders import PLACEHOLDERS
from relance.events.screening import may_hold_nul

NOON = from_iso("2026-03-01T12:00:00Z")
ORIGIN = Origin(app_id=7, received_at=NOON, make_id=lambda: "made")
TRACK: dict[str, Any] = {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m1"}


def raw(message: Any) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


def checked_as_served(message: bytes, origin: Origin, kind: str) -> Event | Rejection:
    return check(message, msgspec.structs.replace(origin, may_hold_nul=may_hold_nul(message)), kind)


def kept(message: Any, origin: Origin = ORIGIN, kind: str = "") -> Event:
    checked = checked_as_served(raw(message), origin, kind)
    assert isinstance(checked, Event), checked
    return checked


def refused(message: Any, origin: Origin = ORIGIN, kind: str = "") -> Rejection:
    checked = checked_as_served(raw(message), origin, kind)
    assert isinstance(checked, Rejection), checked
    return checked


def test_track_is_kept_as_it_came() -> None:
    message = TRACK | {"properties": {"total": 12.5}, "context": {"ip": "1.2.3.4"}, "timestamp": "2026-03-01T11:00:00.250Z"}
    assert kept(message) == Event(
        7, "track", "Order Completed", "m1", "u1", "", NOON - HOUR + 250, NOON, b'{"total": 12.5}', b'{"ip": "1.2.3.4"}', 0
    )


@pytest.mark.parametrize(
    ("message", "name", "body"),
    [
        ({"type": "identify", "userId": "u", "traits": {"plan": "pro"}}, "identify", {"plan": "pro"}),
        ({"type": "identify", "userId": "u", "traits": None}, "identify", {}),
        ({"type": "page", "anonymousId": "a", "properties": {"url": "/x"}}, "page", {"url": "/x"}),
        ({"type": "page", "anonymousId": "a", "name": "Home"}, "page", {"name": "Home"}),
        ({"type": "page", "anonymousId": "a", "name": "Home", "category": "Docs", "properties": {"name": "Its own"}}, "page",
         {"name": "Its own", "category": "Docs"}),
        ({"type": "screen", "anonymousId": "a", "name": "Start", "properties": {"n": 1}}, "screen", {"name": "Start", "n": 1}),
        ({"type": "group", "userId": "u", "groupId": 12, "traits": {"size": 3}}, "group", {"size": 3, "group_id": "12"}),
        ({"type": "alias", "userId": "u", "previousId": "old"}, "alias", {"previous_id": "old"}),
        ({"type": "track", "event": "E", "userId": "u"}, "E", {}),
    ],
)  # fmt: skip
def test_each_type_has_its_body(message: dict[str, Any], name: str, body: dict[str, Any]) -> None:
    event = kept(message)
    assert (event.name, msgspec.json.decode(event.body)) == (name, body)
    assert event.message_id == "made"


def test_the_address_says_the_type_of_a_message_that_came_alone() -> None:
    assert kept({"event": "E", "userId": "u"}, kind="track").kind == "track"


@pytest.mark.parametrize(("given", "text"), [("u", "u"), (12, "12"), (12.0, "12"), (1.5, "1.5"), (-3, "-3")])
def test_ids_sent_as_numbers_are_texts(given: Any, text: str) -> None:
    assert kept(TRACK | {"userId": given}).user_id == text


@pytest.mark.parametrize("none", [None, "", "  "])
def test_an_empty_id_is_no_id(none: Any) -> None:
    event = kept(TRACK | {"userId": none, "anonymousId": "a", "messageId": none})
    assert (event.user_id, event.anonymous_id, event.message_id) == ("", "a", "made")


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"type": "transfer"}, "unknown_type", "type"),
        ({"type": None}, "unknown_type", "type"),
        ({"type": 4}, "invalid", "type"),
        ({"event": None}, "missing_name", "event"),
        ({"event": ""}, "missing_name", "event"),
        ({"event": "  "}, "missing_name", "event"),
        ({"event": "x" * 256}, "invalid", "event"),
        ({"event": ["x"]}, "invalid", "event"),
        ({"userId": None}, "missing_id", "userId"),
        ({"userId": ""}, "missing_id", "userId"),
        ({"userId": "x" * 256}, "invalid", "userId"),
        ({"userId": True}, "placeholder_id", "userId"),
        ({"userId": {"a": 1}}, "invalid", "userId"),
        ({"anonymousId": []}, "invalid", "anonymousId"),
        ({"messageId": "m" * 256}, "invalid", "messageId"),
        ({"properties": []}, "invalid", "properties"),
        ({"properties": "x"}, "invalid", "properties"),
        ({"properties": 3}, "invalid", "properties"),
        ({"context": [1]}, "invalid", "context"),
        ({"type": "identify", "traits": "x"}, "invalid", "traits"),
        ({"type": "group"}, "missing_id", "groupId"),
        ({"type": "alias"}, "missing_id", "previousId"),
        ({"type": "alias", "userId": None, "anonymousId": "a", "previousId": "p"}, "missing_id", "userId"),
        ({"properties": {"a": "x\x00y"}}, "nul_byte", "properties.a"),
        ({"properties": {"a": [1, {"b": "\x00"}]}}, "nul_byte", "properties.a.1.b"),
        ({"properties": {"k\x00": 1}}, "nul_byte", "properties"),
        ({"userId": "u\x00"}, "nul_byte", "userId"),
        ({"unknown": "\x00"}, "nul_byte", "unknown"),
        ({"properties": {"a": "\ud800"}}, "invalid_text", "properties.a"),
        ({"event": "\udc00"}, "invalid_text", "event"),
        ({"properties": {"n": 2**63}}, "number_out_of_range", "properties.n"),
        ({"properties": {"n": [-(2**63) - 1]}}, "number_out_of_range", "properties.n.0"),
        ({"properties": {"n": 10**400}}, "number_out_of_range", "properties.n"),
        ({"properties": {"n": "x" * 33_000}}, "event_too_large", ""),
    ],
)  # fmt: skip
def test_bad_messages_are_set_aside(change: dict[str, Any], reason: str, path: str) -> None:
    one = refused(TRACK | change)
    assert (one.reason, one.path) == (reason, path)
    assert one.app_id == 7
    assert one.detail.endswith(".")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (b"null", "invalid"),
        (b"[]", "invalid"),
        (b"3", "invalid"),
        (b'"x"', "invalid"),
        (b"{}", "unknown_type"),
        (b'{"type":"track","event":"E","userId":1e999}', "number_out_of_range"),
        (b'{"type":"track","event":"E","userId":"u","properties":{"n":1e999}}', "number_out_of_range"),
        (b'{"type":"track","event":"E","userId":"u","properties":{"n":-1E+400}}', "number_out_of_range"),
        (b'{"type":"track","event":"E","userId":"u","context":{"n":1e0999}}', "number_out_of_range"),
        (b'{"type":"track","event":"E","userId":"u","properties":{"n":' + b"9" * 5000 + b"}}", "number_out_of_range"),
        (b'{"type":"track","event":"E","userId":"u","properties":' + b'{"a":' * 33 + b"1" + b"}" * 33 + b"}", "too_deep"),
        (b'{"type":"track","event":"E","userId":"u","properties":{"a":' + b"[" * 900 + b"]" * 900 + b"}}", "too_deep"),
    ],
)  # fmt: skip
def test_what_no_client_library_would_send_is_set_aside(message: bytes, reason: str) -> None:
    assert refused(message).reason == reason


@pytest.mark.parametrize(
    "properties",
    [
        b'{"n":9223372036854775807,"m":-9223372036854775808}',
        b'{"n":0.12345678901234567890123}',
        b'{"n":1e-999}',
        b'{"n":1e300}',
        b'{"text":"1e999 and 99999999999999999999999999"}',
        b'{"text":"a \\\\u0000 that is only a backslash"}',
        b"{ }",
        b'{"a":' * 31 + b"1" + b"}" * 31,
        b'{"list":[' + b"{}," * 200 + b"{}]}",
        '{"name":"Zoë 🎈"}'.encode(),
        b'{"pair":"\\ud83c\\udf88"}',
    ],
)
def test_unusual_but_right_properties_are_kept(properties: bytes) -> None:
    event = kept(b'{"type":"track","event":"E","userId":"u","properties":' + properties + b"}")
    assert event.body == properties
    msgspec.json.decode(event.body)


def at(text: str) -> int:
    return from_iso(text)


BEHIND = "2026-03-01T11:55:00Z"  # of a clock that is five minutes behind, when it is NOON


@pytest.mark.parametrize(
    ("times", "outer", "occurred_at", "note"),
    [
        ({}, None, NOON, None),
        ({"sentAt": BEHIND}, None, NOON, None),
        ({"timestamp": "2026-03-01T11:59:00Z"}, None, NOON - 60_000, None),
        ({"timestamp": "2026-03-01T11:59:00.123456Z"}, None, NOON - 60_000 + 123, None),
        ({"timestamp": "2026-03-01T12:59:00+01:00"}, None, NOON - 60_000, None),
        ({"timestamp": "2026-03-01T12:59:00+0100"}, None, NOON - 60_000, None),
        ({"timestamp": "2026-03-01T11:59:00"}, None, NOON - 60_000, None),  # without an offset: UTC
        ({"timestamp": "2026-02-28"}, None, NOON - DAY - 12 * HOUR, None),
        ({"timestamp": "2026-03-01T12:00:01Z"}, None, NOON, None),  # later than its receipt: clamped
        ({"timestamp": "2026-03-02T12:00:00Z"}, None, NOON, None),
        ({"timestamp": "1990-01-01T00:00:00Z"}, None, EARLIEST, None),
        # Corrected by the sending: of the batch, of the message, which goes before
        ({"timestamp": "2026-03-01T11:00:00Z"}, at(BEHIND), NOON - 55 * 60_000, None),
        ({"timestamp": "2026-03-01T11:00:00Z", "sentAt": BEHIND}, None, NOON - 55 * 60_000, None),
        ({"timestamp": "2026-03-01T11:00:00Z", "sentAt": BEHIND}, at("2026-03-01T10:00:00Z"), NOON - 55 * 60_000, None),
        ({"timestamp": "2026-03-01T11:00:00Z", "sentAt": "soon"}, at(BEHIND), NOON - 55 * 60_000, "sent_at_not_read"),
        ({"timestamp": "1971-01-01T00:00:00Z"}, at("1971-01-01T00:00:10Z"), NOON - 10_000, None),  # a clock that starts in 1971
        ({"timestamp": "2031-01-01T00:00:00Z", "sentAt": "2031-01-20T00:00:00Z"}, None, NOON - 19 * DAY, None),
        ({"timestamp": "2020-05-05T00:00:00Z", "sentAt": "2026-03-01T12:00:00Z"}, None, at("2020-05-05T00:00:00Z"), None),
        # ``originalTimestamp`` is by the sender's clock; a timestamp beside it has been corrected
        ({"originalTimestamp": "2026-03-01T11:00:00Z", "sentAt": BEHIND}, None, NOON - 55 * 60_000, None),
        ({"originalTimestamp": "2026-03-01T11:00:00Z"}, None, NOON - HOUR, None),
        ({"timestamp": "2026-03-01T11:00:00Z", "originalTimestamp": "2026-03-01T11:00:00Z", "sentAt": BEHIND}, None,
         NOON - 55 * 60_000, None),
        ({"timestamp": "2026-03-01T11:05:00Z", "originalTimestamp": "2026-03-01T11:00:00Z", "sentAt": BEHIND}, None,
         NOON - 55 * 60_000, None),
        ({"timestamp": "Invalid Date", "originalTimestamp": "2026-03-01T11:00:00Z", "sentAt": BEHIND}, None,
         NOON - 55 * 60_000, None),
        # A sending that makes no sense is not believed
        ({"timestamp": "2026-03-01T11:59:00Z", "sentAt": "1970-01-01T00:00:00Z"}, None, NOON - 60_000, "sent_at_not_believed"),
        ({"timestamp": "2026-03-01T11:59:00Z", "sentAt": "0001-01-01T00:00:00Z"}, None, NOON - 60_000, "sent_at_not_believed"),
        ({"timestamp": "2026-03-01T11:59:00Z", "sentAt": "2999-01-01T00:00:00Z"}, None, NOON - 60_000, "sent_at_not_believed"),
        ({"timestamp": "2026-03-01T11:59:00Z", "sentAt": "2027-01-01T00:00:00Z"}, None, NOON - 60_000, "sent_at_not_believed"),
        ({"timestamp": "2026-03-01T11:59:00Z"}, at("2999-01-01T00:00:00Z"), NOON - 60_000, "sent_at_not_believed"),
        # What cannot be read, or not believed: the receipt
        ({"timestamp": "2026-03-01T11:55:27.029:Z"}, None, NOON, "timestamp_not_read"),
        ({"timestamp": "Invalid Date"}, None, NOON, "timestamp_not_read"),
        ({"timestamp": "yesterday"}, at(BEHIND), NOON, "timestamp_not_read"),
        ({"timestamp": ""}, None, NOON, "timestamp_not_read"),
        ({"timestamp": None}, None, NOON, "timestamp_not_read"),
        ({"timestamp": 1772366040}, None, NOON, "timestamp_not_read"),
        ({"timestamp": 1772366040000}, None, NOON, "timestamp_not_read"),
        ({"timestamp": 1772366040.5}, None, NOON, "timestamp_not_read"),
        ({"timestamp": 1772366040 * 10**9}, None, NOON, "timestamp_not_read"),
        ({"timestamp": {"$date": 1}}, None, NOON, "timestamp_not_read"),
        ({"timestamp": True}, None, NOON, "timestamp_not_read"),
        ({"originalTimestamp": "x"}, None, NOON, "timestamp_not_read"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, None, NOON, "timestamp_not_believed"),
        ({"timestamp": "1989-12-31T23:59:59.999Z"}, None, NOON, "timestamp_not_believed"),
        ({"timestamp": "2100-01-01T00:00:00Z"}, None, NOON, "timestamp_not_believed"),
        ({"timestamp": "9999-12-31T23:59:59Z"}, None, NOON, "timestamp_not_believed"),
        ({"timestamp": "2026-03-02T12:00:00.001Z"}, None, NOON, "timestamp_not_believed"),
        ({"timestamp": "2100-01-01T00:00:00Z"}, at("1970-01-01T00:00:00Z"), NOON, "timestamp_not_believed"),
    ],
)  # fmt: skip
def test_instants_are_by_our_clock(times: dict[str, Any], outer: int | None, occurred_at: int, note: str | None) -> None:
    notes: list[Rejection] = []
    event = check(raw(TRACK | times), msgspec.structs.replace(ORIGIN, sent_at=outer), notes=notes)
    assert isinstance(event, Event)
    assert event.occurred_at == occurred_at
    assert [one.reason for one in notes] == ([note] if note else [])
    assert all(one.is_note and one.message_id == "m1" and one.detail.endswith(".") for one in notes)


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        ("yesterday", "invalid"),
        (1767225600, "invalid"),
        ("", "invalid"),
        ("1970-01-01T00:00:00Z", "timestamp_out_of_range"),
        ("2100-01-01T00:00:00Z", "timestamp_out_of_range"),
    ],
)
def test_history_of_which_the_instant_cannot_be_read_is_set_aside(timestamp: Any, reason: str) -> None:
    one = refused(TRACK | {"timestamp": timestamp}, msgspec.structs.replace(ORIGIN, imported=True))
    assert (one.reason, one.path) == (reason, "timestamp")


NO_IDS = [
    *PLACEHOLDERS,
    *("Undefined", "NULL", "[object Object]", "NaN", '"undefined"', "' '", '""', "\u200bnull\ufeff"),
    *(0, 0.0, -1, False, True, "0", "000", "0.0", "00000000-0000-0000-0000-000000000000"),
    *("{{ user.id }}", "${userId}", "<%= id %>", "%%USER%%"),
]
IDS = [
    "u-0",
    "10",
    "00x",
    "nullable",
    "anonymous-7",
    "guest42",
    "-1a",
    "0-7",
    "0-0",
    "idris",
    "é",
    "{x}",
    "$5",
    "O'Neil",
    "'u'",
    10,
    -12,
    7.0,
]


@pytest.mark.parametrize("given", NO_IDS, ids=repr)
def test_a_placeholder_is_nobodys_id(given: Any) -> None:
    assert refused(TRACK | {"userId": given}).reason == "placeholder_id"
    assert refused(TRACK | {"userId": None, "anonymousId": given}).path == "anonymousId"
    for change in ({"type": "alias", "previousId": given}, {"type": "group", "groupId": given}):
        assert refused(TRACK | change).reason == "placeholder_id"
    assert refused(TRACK | {"type": "alias", "previousId": "p", "userId": given, "anonymousId": "a"}).reason == "placeholder_id"
    notes: list[Rejection] = []
    event = check(raw(TRACK | {"userId": given, "anonymousId": "a", "messageId": given}), ORIGIN, notes=notes)
    assert isinstance(event, Event)
    assert (event.user_id, event.anonymous_id, event.message_id) == ("", "a", "made")
    assert [(one.reason, one.path) for one in notes] == [("placeholder_dropped", "userId"), ("placeholder_dropped", "messageId")]


@pytest.mark.parametrize("given", IDS, ids=repr)
def test_an_id_that_only_looks_like_a_placeholder_is_one(given: Any) -> None:
    assert kept(TRACK | {"userId": given}).user_id == str(given).removesuffix(".0")


@pytest.mark.parametrize(
    "around", [" ", "\t", "\n", "\u00a0", "\u200b", "\ufeff", "\u200e", "\u202a", "\u202c", "\u2060", "\u2066", "\u3000"]
)
def test_what_is_not_seen_around_ids_and_names_is_no_part_of_them(around: str) -> None:
    notes: list[Rejection] = []
    message = {
        "userId": f"{around}u 1",
        "anonymousId": f"a{around}",
        "event": f"{around}Order\u200dCompleted{around}",
        "type": "track",
    }
    event = check(raw(message), ORIGIN, notes=notes)
    assert isinstance(event, Event)
    assert (event.user_id, event.anonymous_id, event.name) == ("u 1", "a", "Order\u200dCompleted")
    assert [(one.reason, one.path) for one in notes] == [(Note.TRIMMED, path) for path in ("userId", "anonymousId", "event")]
    assert refused({"type": "track", "event": around, "userId": "u"}).reason == "missing_name"
    assert refused({"type": "track", "event": "E", "userId": around}).reason == "missing_id"


def test_history_brought_in_keeps_its_instants() -> None:
    message = TRACK | {"timestamp": "2020-05-05T10:00:00Z"}
    origin = msgspec.structs.replace(ORIGIN, imported=True, sent_at=NOON - 250)
    event = kept(message, origin)
    assert (event.flags, event.occurred_at) == (Flag.IMPORTED, from_iso("2020-05-05T10:00:00Z"))
    marked = kept(message | {"context": {"import": True}}, msgspec.structs.replace(ORIGIN, sent_at=NOON - 250))
    assert (marked.flags, marked.occurred_at) == (Flag.IMPORTED, from_iso("2020-05-05T10:00:00Z"))
    assert kept(message | {"context": {"import": "no", "a": {"import": True}}}).flags == 0


@pytest.mark.parametrize(
    ("more", "is_background"),
    [
        ({}, False),
        ({"context": {"active": False}}, True),
        ({"context": {"active": True, "channel": "server"}}, False),
        ({"context": {"channel": "server"}}, True),
        ({"channel": "server"}, True),
        ({"channel": "mobile", "context": {"channel": "server"}}, False),
    ],
)
def test_what_a_server_told_is_no_visit(more: dict[str, Any], is_background: bool) -> None:
    assert bool(kept(TRACK | more).flags & Flag.BACKGROUND) is is_background


def test_a_token_is_kept_nowhere() -> None:
    assert msgspec.json.decode(kept(TRACK | {"context": {"identity_token": "x", "ip": "1"}}).context) == {"ip": "1"}
    inside = {"a": {"identity_token": "x"}}  # which is something else
    assert msgspec.json.decode(kept(TRACK | {"context": inside}).context) == inside


@pytest.mark.parametrize(("stated", "traits"), [({"plan": "pro"}, {"plan": "pro"}), ("pro", {}), (None, {})])
def test_traits_may_stand_in_the_context_alone(stated: Any, traits: dict[str, Any]) -> None:
    assert msgspec.json.decode(kept({"type": "identify", "userId": "u", "context": {"traits": stated}}).body) == traits


def test_of_several_ids_that_name_nobody_the_placeholder_is_told() -> None:
    found = refused({"type": "track", "event": "E", "userId": "  ", "anonymousId": "null"})
    assert (found.reason, found.path) == ("placeholder_id", "anonymousId")


def test_the_context_of_a_batch_lies_beneath_each_messages_own() -> None:
    origin = msgspec.structs.replace(ORIGIN, context=b'{"ip":"9.9.9.9","locale":"fr"}')
    event = kept(TRACK | {"context": {"ip": "1.1.1.1"}}, origin)
    assert msgspec.json.decode(event.context) == {"ip": "1.1.1.1", "locale": "fr"}
    assert msgspec.json.decode(kept(TRACK, origin).context) == {"ip": "9.9.9.9", "locale": "fr"}


def test_a_devices_token_stays_in_the_context() -> None:
    device = {"device": {"token": "t-1", "type": "ios"}}
    assert msgspec.json.decode(kept(TRACK | {"context": device}).context) == device


def test_a_rejection_keeps_the_message_and_its_id() -> None:
    one = refused(TRACK | {"event": None})
    assert (one.message_id, msgspec.json.decode(one.payload)["userId"]) == ("m1", "u1")
    assert len(refused(TRACK | {"properties": {"n": "x" * 40_000}}).payload) == 4_096


OWN = [*Name, "message_read", "segment_renamed", "journey_paused"]


@pytest.mark.parametrize("name", OWN)
def test_nobody_else_uses_the_names_of_our_own_events(name: str) -> None:
    rejection = refused(TRACK | {"event": name})
    assert (rejection.reason, rejection.path) == ("reserved_name", "event")
    assert name in rejection.detail
    if name != "session_started":
        assert refused(TRACK | {"event": name}, msgspec.structs.replace(ORIGIN, imported=True)).reason == "reserved_name"


@pytest.mark.parametrize(
    "name", ["Message Sent", "messages", "MESSAGE_OPENED", "my_message_sent", "Segment Entered", "session_ended"]
)
def test_names_that_are_no_names_of_ours_are_anybodys(name: str) -> None:
    assert kept(TRACK | {"event": name}).name == name


def test_sessions_are_brought_in_with_the_rest_of_a_past() -> None:
    session = TRACK | {"event": "session_started"}
    assert kept(session, msgspec.structs.replace(ORIGIN, imported=True)).name == "session_started"
    assert kept(session | {"context": {"import": True}}).flags == Flag.IMPORTED


@pytest.mark.parametrize("name", OWN)
def test_rules_hear_our_own_names_from_us_alone(name: str) -> None:
    assert heard_name(name, "derived") == name
    assert heard_name(name, "track") == (name if name in ("session_started", *OWN[-3:]) else "")
