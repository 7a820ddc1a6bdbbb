"""Which events are visits."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from relance.core.time import from_iso
from relance.events.intake import Origin, check
from relance.events.model import Event, Flag
from relance.users.vector_activity import BACKGROUND

ORIGIN = Origin(app_id=7, received_at=from_iso("2026-03-01T12:00:00Z"), make_id=lambda: "made")


@pytest.mark.parametrize(
    ("message", "is_visit"),
    [
        ({}, True),
        ({"channel": "server"}, False),
        ({"channel": " Server"}, False),
        ({"channel": "browser"}, True),
        ({"channel": "mobile", "context": {"channel": "server"}}, True),
        ({"context": {"channel": "server"}}, False),
        ({"context": {"channel": "web"}}, True),
        ({"context": {"active": False}}, False),
        ({"context": {"active": True}}, True),
        ({"context": {"active": True}, "channel": "server"}, True),
        ({"context": {"active": False}, "channel": "browser"}, False),
        ({"context": {"active": "false"}}, True),
        ({"context": {"active": None, "channel": 4}, "channel": ["server"]}, True),
        ({"context": {"library": {"name": "analytics-python"}}}, True),  # shops tell of what people do by it
        ({"event": "Order Shipped"}, False),
        ({"event": "order delivered"}, False),
        ({"event": "Order Shipped", "channel": "browser"}, True),
        ({"event": "Order Shipped", "context": {"active": True}}, True),
        ({"event": "Order Completed"}, True),
        ({"type": "identify", "context": {"active": False}}, False),
        ({"type": "page", "channel": "server"}, False),
    ],
)
def test_a_visit_is_what_no_server_did(message: dict[str, Any], is_visit: bool) -> None:
    event = check(json.dumps({"type": "track", "event": "E", "userId": "u"} | message).encode(), ORIGIN)
    assert isinstance(event, Event)
    assert bool(event.flags & Flag.BACKGROUND) is not is_visit


def test_the_context_of_a_batch_says_it_of_all_that_say_nothing_else() -> None:
    origin = msgspec.structs.replace(ORIGIN, context=b'{"active":false}', imported=True)
    flags = [
        event.flags
        for context in (None, {"active": True})
        for event in [check(json.dumps({"type": "track", "event": "E", "userId": "u", "context": context}).encode(), origin)]
        if isinstance(event, Event)
    ]
    assert flags == [Flag.IMPORTED | Flag.BACKGROUND, Flag.IMPORTED]


def test_folding_knows_the_flag() -> None:
    assert Flag.BACKGROUND == BACKGROUND
