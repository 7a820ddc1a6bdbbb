"""The service worker that the guide gives to copy does in a browser what the guide says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from relance.channels.web_push.payload import Notification, payload_of
from tests.docs.pages import DOCS

RECEIPTS = {name: f"https://r.example/t/p/x/{name}" for name in ("delivered", "clicked", "dismissed")}
LEADS = Notification(
    "T", body="B", url="https://r.example/t/c/1", tag="g", buttons=[("See", "https://r.example/t/c/2")], receipts=RECEIPTS
)


def done(*events: tuple[str, dict[str, Any]]) -> list[list[Any]]:
    """What the worker did when these events were fired, in order."""
    guide = (DOCS / "how-to" / "web-push.md").read_text()
    [source] = [each for each in re.findall(r"```js\n(.*?)```", guide, re.DOTALL) if "addEventListener('push'" in each]
    given = json.dumps({"source": source, "events": events})
    script = Path(__file__).with_name("service_worker.cjs")
    ran = subprocess.run(["node", str(script)], input=given, capture_output=True, text=True, check=True, timeout=60)
    found: list[list[Any]] = json.loads(ran.stdout)
    return found


def test_where_the_browser_does_not_the_worker_shows_the_same_and_reports_it() -> None:
    reported, shown = done(("push", {"json": payload_of(LEADS)}))
    assert reported == ["POST", RECEIPTS["delivered"]]
    assert shown[:2] == ["show", "T"]
    assert (shown[2]["body"], shown[2]["tag"], shown[2]["actions"][0]["title"]) == ("B", "g", "See")
    assert shown[2]["data"]["receipts"] == RECEIPTS


def test_what_the_browser_shows_itself_is_reported_and_not_shown_twice() -> None:
    assert done(("push", {"notification": payload_of(LEADS)["notification"]})) == [["POST", RECEIPTS["delivered"]]]


def test_taps_lead_where_they_should_and_what_leads_nowhere_is_reported() -> None:
    [_, shown] = done(("push", {"json": payload_of(LEADS)}))
    open_it: dict[str, Any] = {"notification": {"data": shown[2]["data"]}}
    assert done(("notificationclick", {**open_it, "action": ""}))[-1] == ["open", LEADS.url]
    assert done(("notificationclick", {**open_it, "action": "0"}))[-1] == ["open", "https://r.example/t/c/2"]
    assert done(("notificationclose", open_it)) == [["POST", RECEIPTS["dismissed"]]]
    stays = {"notification": {"data": {"receipts": RECEIPTS}}}
    assert done(("notificationclick", {**stays, "action": ""}))[-1] == ["POST", RECEIPTS["clicked"]]


def test_a_push_without_receipts_is_shown_all_the_same() -> None:
    assert [each[0] for each in done(("push", {"json": payload_of(Notification("T"))}))] == ["show"]
