"""Segment's Python client, with only its host changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from segment.analytics import Client

from tests.http.ingest.server import Place

WHEN = datetime(2026, 1, 5, 10, 20, 30, 400_000, tzinfo=UTC)


@pytest.mark.parametrize("gzip", [False, True])
def test_everything_it_sends_arrives(place: Place, gzip: bool) -> None:
    failures: list[Any] = []
    client = Client(place.key, host=place.url, gzip=gzip, max_queue_size=10_000, on_error=lambda error, _: failures.append(error))
    client.identify("py-user", {"email": "zoe@example.com", "since": datetime(2025, 1, 1, tzinfo=UTC)}, message_id="py-1")
    client.track(
        "py-user",
        "Order Completed",
        {"total": 12.5, "note": "Zoë 🎈"},
        context={"device": {"token": "push-token", "type": "android"}},
        timestamp=WHEN,
        message_id="py-2",
    )
    client.page("py-user", "Docs", "Home", {"url": "https://shop.example/"}, message_id="py-3")
    client.screen("py-user", "App", "Start", message_id="py-4")
    client.group("py-user", "g-1", {"employees": 3}, message_id="py-5")
    client.alias("py-visitor", "py-user", message_id="py-6")
    client.track(None, "Product Viewed", anonymous_id="py-visitor", message_id="py-7")
    for number in range(250):
        assert client.track("py-user", "Numbered", {"number": number}, message_id=f"py-n-{number}")[0]
    client.flush()
    client.shutdown()

    assert failures == []
    assert place.rejected() == []
    events = {event.message_id: event for event in place.events()}
    assert len(events) == 257
    assert [events[f"py-{number}"].kind for number in range(1, 7)] == ["identify", "track", "page", "screen", "group", "alias"]
    assert msgspec.json.decode(events["py-1"].body)["email"] == "zoe@example.com"
    order = events["py-2"]
    assert (order.name, order.user_id, order.app_id) == ("Order Completed", "py-user", place.app_id)
    assert msgspec.json.decode(order.body) == {"total": 12.5, "note": "Zoë 🎈"}
    assert msgspec.json.decode(order.context)["device"] == {"token": "push-token", "type": "android"}
    # Corrected by ``sentAt``, that is by the time it was under way.
    assert (
        timedelta(0)
        <= timedelta(milliseconds=order.occurred_at) - (WHEN - datetime(1970, 1, 1, tzinfo=UTC))
        < timedelta(minutes=1)
    )
    assert msgspec.json.decode(events["py-3"].body)["name"] == "Home"
    assert msgspec.json.decode(events["py-5"].body) == {"employees": 3, "group_id": "g-1"}
    assert msgspec.json.decode(events["py-6"].body) == {"previous_id": "py-visitor"}
    assert (events["py-6"].user_id, events["py-7"].anonymous_id) == ("py-user", "py-visitor")
    numbers = [msgspec.json.decode(event.body)["number"] for event in place.events() if event.name == "Numbered"]
    assert numbers == list(range(250))


def test_it_hears_of_a_wrong_key(place: Place) -> None:
    failures: list[Any] = []
    client = Client("rlw_" + "x" * 32, host=place.url, on_error=lambda error, _: failures.append(error))
    client.track("u", "E")
    client.flush()
    client.shutdown()
    assert [error.status for error in failures] == [401]
    assert place.events() == []
