"""Audiences over HTTP: listed, and resumed or cancelled by operators alone."""

from __future__ import annotations

from pyroaring import BitMap64
from sqlalchemy.engine import Engine

from relance.accounts.model import NewApp
from relance.infra.database import writing
from relance.messaging.audiences.faults import Rendered
from relance.messaging.audiences.stopping import note_rendered
from relance.messaging.saved import service as saved
from relance.messaging.service import enqueue
from tests.http.api.conftest import Api

PUSH = {"name": "p", "channel": "web_push", "content": {"title": "Hi"}}


def test_one_that_stopped_is_shown_and_only_an_operator_decides(
    settled: Api, boss: Api, shop: NewApp, other: NewApp, state: Engine
) -> None:
    app = f"/apps/{shop.app.id}"
    made = settled.ask("POST", f"{app}/messages", PUSH)[1]
    with writing(state) as connection:
        message = saved.message(connection, shop.app.id, made["id"])
        assert message is not None
        ids = [enqueue(connection, message, BitMap64([901, 902]), 5) for _ in range(2)]
        note_rendered(connection, {ids[0]: Rendered(200, 11)}, lambda _: 5.0, 7)
    stopped = {"app": shop.app.id, "audience": ids[0], "message": made["id"], "since": 7}
    assert settled.client.get("/health").json()["audiences_stopped"] == [stopped]
    found = settled.ask("GET", f"{app}/audiences")[1]["items"]
    assert [each["state"] for each in found] == ["goes_on", "stopped"]
    assert found[1] == {
        "id": ids[0],
        "message_id": made["id"],
        "channel": "web_push",
        "lane": "campaign",
        "state": "stopped",
        "created_at": 5,
        "size": 2,
        "entered": 0,
        "rendered": 200,
        "failed": 11,
        "stopped_at": 7,
        "cancelled_at": None,
    }
    assert [each["id"] for each in settled.ask("GET", f"{app}/audiences?limit=1")[1]["items"]] == ids[1:]
    assert settled.ask("POST", f"{app}/audiences/{ids[0]}/resume")[0] == 403
    assert boss.ask("POST", f"/apps/{other.app.id}/audiences/{ids[0]}/resume")[0] == 404
    status, resumed = boss.ask("POST", f"{app}/audiences/{ids[0]}/resume")
    assert settled.client.get("/health").json()["audiences_stopped"] == []
    assert (status, resumed["state"], resumed["failed"]) == (200, "goes_on", 0)
    assert boss.ask("POST", f"{app}/audiences/{ids[0]}/resume")[1]["error"]["code"] == "audience_state"
    assert boss.ask("POST", f"{app}/audiences/{ids[1]}/cancel")[1]["state"] == "cancelled"
    assert boss.ask("POST", f"{app}/audiences/{ids[1]}/cancel")[0] == 409
    assert [each["action"] for each in boss.ask("GET", f"{app}/audit")[1]["items"][:2]] == [
        "audience.cancelled",
        "audience.resumed",
    ]


def test_an_app_says_how_many_failures_it_bears(boss: Api, shop: NewApp) -> None:
    app = f"/apps/{shop.app.id}"
    found = boss.ask("GET", app)[1]
    assert found["settings"]["render_error_percent"] == 5.0
    changed = boss.ask("PATCH", app, {"version": found["version"], "render_error_percent": 12.5})[1]
    assert changed["settings"]["render_error_percent"] == 12.5
    refused = boss.ask("PATCH", app, {"version": changed["version"], "render_error_percent": 101})
    assert refused[0] == 400
