"""Whatever is sent, the check answers, and what it lets pass can be read by everything behind it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.events.instants import AHEAD, EARLIEST
from relance.events.intake import Origin, check
from relance.events.model import Event, Reason, Rejection
from relance.events.screening import Refused, examine, is_suspicious, may_hold_nul

ORIGIN = Origin(app_id=1, received_at=1_772_366_400_000, make_id=lambda: "made")

TEXT = st.text(max_size=20) | st.sampled_from(["\x00", "\\u0000", "\ud800", "1e999", "9" * 30, "🎈"])
NUMBER = st.integers() | st.floats() | st.sampled_from([2**63, -(2**63) - 1, 10**400, 1e308])
VALUE = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
OBJECT = st.dictionaries(TEXT, VALUE, max_size=5)
FIELDS = ("event", "userId", "anonymousId", "messageId", "groupId", "previousId", "name", "category", "timestamp")
TYPES = ["track", "page", "screen", "identify", "group", "alias"]
MESSAGE: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES) | VALUE},
    optional=dict.fromkeys(FIELDS, TEXT | VALUE) | dict.fromkeys(("properties", "traits", "context", "more"), OBJECT | VALUE),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(MESSAGE, st.booleans())
def test_a_message_is_kept_or_set_aside_and_what_is_kept_can_be_read(message: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(message, ensure_ascii=ascii_only)
    body = text.encode("utf-8", "replace")
    checked = check(body, ORIGIN)
    if isinstance(checked, Rejection):
        assert checked.reason in set(Reason)
        assert "\x00" not in checked.path + checked.detail + checked.message_id
        return
    assert isinstance(checked, Event)
    for part in (checked.body, checked.context):
        value = msgspec.json.decode(part)
        assert isinstance(value, dict)
        msgspec.msgpack.encode(value)  # integers fit, texts have an encoding
        assert "\x00" not in json.dumps(value, ensure_ascii=False)
    assert checked.user_id or checked.anonymous_id
    assert checked.message_id
    assert checked.name
    assert EARLIEST <= checked.occurred_at <= checked.received_at <= checked.received_at + AHEAD


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(OBJECT)
def test_the_quick_searches_never_miss(value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    try:
        examine(body)
    except (Refused, msgspec.DecodeError) as error:
        half_pair = isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError)
        assert half_pair or is_suspicious(body) or may_hold_nul(body)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(body: bytes) -> None:
    assert isinstance(check(body, ORIGIN), Rejection | Event)
