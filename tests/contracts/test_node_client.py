"""@segment/analytics-node, with only its host changed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import msgspec

from relance.core.time import MINUTE, from_iso
from tests.contracts.conftest import JS
from tests.http.ingest.server import Place


def test_everything_it_sends_arrives(place: Place, node_modules: Path) -> None:
    assert (node_modules / "@segment" / "analytics-node").is_dir()
    environment = os.environ | {"HOST": place.url, "WRITE_KEY": place.key}
    done = subprocess.run(["node", "send.mjs"], cwd=JS, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr

    assert place.rejected() == []
    events = {event.message_id: event for event in place.events()}
    assert len(events) == 31
    assert [events[f"node-{number}"].kind for number in range(1, 7)] == ["identify", "track", "page", "screen", "group", "alias"]
    assert msgspec.json.decode(events["node-1"].body) == {"email": "zoe@example.com", "plan": "pro"}
    order = events["node-2"]
    assert (order.name, order.user_id, order.app_id) == ("Order Completed", "node-user", place.app_id)
    assert msgspec.json.decode(order.body) == {"order_id": "o-1", "total": 12.5, "note": "Zoë 🎈"}
    assert msgspec.json.decode(order.context)["device"] == {"token": "push-token", "type": "ios"}
    assert 0 <= order.occurred_at - from_iso("2026-01-05T10:20:30.400Z") < MINUTE
    page = msgspec.json.decode(events["node-3"].body)
    assert (page["name"], page["category"], page["url"]) == ("Home", "Docs", "https://shop.example/")
    assert events["node-4"].anonymous_id == "node-visitor"
    assert msgspec.json.decode(events["node-5"].body) == {"employees": 3, "group_id": "g-1"}
    assert msgspec.json.decode(events["node-6"].body) == {"previous_id": "node-visitor"}
    numbers = sorted(msgspec.json.decode(event.body)["number"] for event in place.events() if event.name == "Product Viewed")
    assert numbers == list(range(25))
