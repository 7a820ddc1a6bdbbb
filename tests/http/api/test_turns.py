"""What one app asks for at once keeps no other app waiting, and beyond a bound it is refused in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest

from relance.accounts.model import NewApp
from relance.core.errors import AppBusyError
from relance.core.turns import RETRY_SECONDS
from relance.web.api import handlers
from relance.web.application import build
from relance.web.context import Context
from relance.web.turns import AT_ONCE, WAITING, WorkerInTurns
from relance.worker.questions import FILES, LISTS, QUESTIONS

RULE = {"kind": "behaviour", "event": "Order Completed", "compare": ">=", "value": 1, "window": None, "where": []}


class Slow:
    """A worker that answers what takes turns, where it is of an app that is held, only when the test says so."""

    def __init__(self) -> None:
        self.held: dict[int, asyncio.Event] = {}
        self.at_work: list[tuple[str, int]] = []

    async def call(self, name: str, **arguments: Any) -> Any:
        app = arguments["app"]
        self.at_work.append((name, app))
        if app in self.held and name in QUESTIONS | FILES | LISTS:
            await self.held[app].wait()
        return {
            "preview": {"count": 0, "sample": [], "reach": {"of": 0, "channels": {}}},
            "member_rows": {"rows": [], "next": None, "size": 0},
            "events": [],
        }.get(name)


def asking(client: httpx.AsyncClient, made: NewApp, method: str, path: str, body: Any = None) -> asyncio.Task[httpx.Response]:
    headers = {"authorization": f"Bearer {made.api_key.text}"}
    return asyncio.create_task(client.request(method, f"/api/v1/apps/{made.app.id}{path}", json=body, headers=headers))


def previews(client: httpx.AsyncClient, made: NewApp, count: int) -> list[asyncio.Task[httpx.Response]]:
    return [asking(client, made, "POST", "/segments/preview", {"rule": RULE}) for _ in range(count)]


async def test_twelve_previews_of_one_app_and_the_first_of_another(context: Context, shop: NewApp, other: NewApp) -> None:
    worker = Slow()
    held = worker.held[shop.app.id] = asyncio.Event()
    app = build(replace(context, worker=worker), handlers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://relance") as client:
        asked = previews(client, shop, AT_ONCE + WAITING + 2)
        refused = [await each for each in await first_done(asked, 2)]
        answer = await asyncio.wait_for(previews(client, other, 1)[0], 60)
        assert answer.status_code == 200, answer.text
        assert worker.at_work.count(("preview", shop.app.id)) == AT_ONCE
        held.set()
        assert sorted(each.status_code for each in await asyncio.gather(*asked)) == [200] * (AT_ONCE + WAITING) + [429] * 2
        assert {each.json()["error"]["code"] for each in refused} == {"busy_app"}
        assert {each.headers["retry-after"] for each in refused} == {str(RETRY_SECONDS)}
        assert (await previews(client, shop, 1)[0]).status_code == 200


async def first_done(asked: list[asyncio.Task[httpx.Response]], count: int) -> list[asyncio.Task[httpx.Response]]:
    async with asyncio.timeout(60):
        while len(found := [each for each in asked if each.done()]) < count:
            await asyncio.sleep(0.01)
    return found


async def test_later_pages_of_a_file_are_not_refused_and_files_leave_room_for_questions() -> None:
    slow = Slow()
    held = slow.held[1] = asyncio.Event()
    worker = WorkerInTurns(slow)
    files = [asyncio.create_task(worker.call("member_rows", app=1, segment=1, cursor=0)) for _ in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0.01)
    later = asyncio.create_task(worker.call("member_rows", app=1, segment=1, cursor=2_000))
    await asyncio.sleep(0.01)
    assert not later.done()
    with pytest.raises(AppBusyError, match="exports"):
        await worker.call("members_parquet", app=1, segment=1)
    question = asyncio.create_task(worker.call("report", app=1, report="rfm", arguments={}))
    await asyncio.sleep(0.01)
    assert slow.at_work.count(("report", 1)) == 1
    held.set()
    await asyncio.gather(*files, later, question)


async def test_lists_of_events_take_turns_of_their_own() -> None:
    slow = Slow()
    held = slow.held[1] = asyncio.Event()
    worker = WorkerInTurns(slow)
    previews = [asyncio.create_task(worker.call("preview", app=1, rule=RULE)) for _ in range(AT_ONCE + WAITING)]
    lists = [asyncio.create_task(worker.call("event_names", app=1)) for _ in range(AT_ONCE + WAITING + 1)]
    [refused] = await asyncio.wait_for(first_of(lists), 60)
    with pytest.raises(AppBusyError, match="lists of events"):
        await refused
    assert slow.at_work.count(("event_names", 1)) == AT_ONCE
    assert await asyncio.wait_for(worker.call("event_names", app=2), 60) is None
    held.set()
    await asyncio.gather(*previews, *(each for each in lists if each is not refused))


async def first_of(tasks: list[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    return (await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED))[0]
