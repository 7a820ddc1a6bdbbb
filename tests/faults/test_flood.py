"""Two apps on one server: what one floods it with keeps the other's single event waiting for a bounded while, and nothing
acknowledged is lost, also when all of it is killed in the midst of it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from relance.accounts.service import Accounts
from relance.cli.server import count_backlog
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from relance.events.service import Backlog, read_log
from relance.infra.database import reading
from relance.pipeline.lease import settled_offsets
from tests.faults.books import open_books
from tests.postgres import Server
from tests.process import Program

BOUND = 4_000
CONNECTIONS = 16
BATCH = 500
PATIENCE = 90.0  # seconds, before a test gives up


class TwoApps(NamedTuple):
    flood: int
    flood_key: str
    quiet: int
    quiet_key: str
    quiet_api: str


def settings_of(folder: Path, state_url: str, partitions: int) -> Settings:
    return Settings(data=str(folder), state_url=state_url, partitions=partitions)


def open_apps(settings: Settings) -> TwoApps:
    settings.folder.mkdir(parents=True, exist_ok=True)
    state, log = open_stores(settings)
    flood, quiet = (Accounts(state).create_app(name, 1_760_000_000_000) for name in ("Flood", "Quiet"))
    state.dispose()
    log.dispose()
    return TwoApps(flood.app.id, flood.write_key.text, quiet.app.id, quiet.write_key.text, quiet.api_key.text)


class Flood:
    """Clients that send as fast as they are answered, and again what was refused, as SDKs do."""

    def __init__(self, program: Program, key: str) -> None:
        self.program = program
        self.headers = {
            "authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
            "content-type": "application/json",
        }
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.acknowledged: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self.refusals: list[dict[str, Any]] = []
        self.retry_after: set[str | None] = set()
        self.threads = [threading.Thread(target=self._send_on, args=(number,), daemon=True) for number in range(CONNECTIONS)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(120)
            assert not thread.is_alive()

    def _send_on(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.program.port, timeout=30)
        number = 0
        while not self.over.is_set():
            ids = [f"f{client}-{number}-{place}" for place in range(BATCH)]
            batch = [
                {"type": "track", "event": "Viewed", "userId": f"u{client}-{number % 50}", "messageId": each} for each in ids
            ]
            body = json.dumps({"batch": batch})
            while not self._try(connection, body, ids):
                if self.over.wait(0.2):
                    return
            number += 1

    def _try(self, connection: http.client.HTTPConnection, body: str, ids: list[str]) -> bool:
        try:
            connection.request("POST", "/v1/batch", body, self.headers)
            answer = connection.getresponse()
            reported = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        with self.lock:
            self.statuses[answer.status] += 1
            if answer.status == 200:
                self.acknowledged.update(ids)
            else:
                self.refusals.append(json.loads(reported))
                self.retry_after.add(answer.getheader("retry-after"))
        return answer.status == 200


def settle_one(program: Program, apps: TwoApps, message_id: str) -> None:
    """Send an event of the quiet app's, and wait until it is found in that app's list of events."""
    event = {"event": "Signed Up", "userId": "ada", "messageId": message_id}
    program.call("POST", "/v1/track", event, f"basic:{apps.quiet_key}")
    deadline = time.monotonic() + PATIENCE
    while newest(program, apps) != message_id:
        assert time.monotonic() < deadline, program.log()[-4000:]
        time.sleep(0.05)


def newest(program: Program, apps: TwoApps) -> str:
    """The message id of the newest event that the quiet app sent; what is derived of it has another name."""
    found = program.get(f"/api/v1/apps/{apps.quiet}/events?limit=1&name=Signed%20Up", apps.quiet_api)["items"]
    return str(found[0]["message_id"]) if found else ""


def check_the_count_after_a_kill(settings: Settings, apps: TwoApps) -> None:
    """What the next server would count is what the log holds behind its cursors."""
    state, log = open_stores(settings)
    backlog = Backlog(BOUND)
    count_backlog(backlog, state, log)
    wanted: Counter[int] = Counter()
    with reading(log) as connection:
        for partition, offset in settled_offsets(state).items():
            for batch in read_log(connection, partition, offset, 10**9):
                wanted.update(event.app_id for event in batch.events)
    assert backlog.every() == dict(wanted)
    assert wanted[apps.flood] > 0
    state.dispose()
    log.dispose()


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    server = Server(durable=True)
    yield server
    server.remove()


@pytest.mark.xdist_group("faults-sqlite")
@pytest.mark.parametrize("partitions", [1, 4])
def test_a_flood_of_one_app_and_an_event_of_another_on_sqlite(tmp_path: Path, partitions: int) -> None:
    flooded(tmp_path, "", partitions)


@pytest.mark.xdist_group("faults-postgresql")
def test_a_flood_of_one_app_and_an_event_of_another_on_postgresql(tmp_path: Path, durable: Server) -> None:
    flooded(tmp_path, durable.create("flood"), 1)


def flooded(folder: Path, state_url: str, partitions: int) -> None:
    settings = settings_of(folder / "data", state_url, partitions)
    apps = open_apps(settings)
    program = Program(folder, state_url=state_url, partitions=partitions, app_backlog_events=BOUND, tick_events=2_000)
    flood = Flood(program, apps.flood_key)
    try:
        program.start()
        flood.start()
        for number in range(5):  # how much lies before another app's event is bounded; how long that takes is the machine's
            held = backlogged(program, apps)
            assert held is None or held["unsettled"] <= BOUND + CONNECTIONS * BATCH
            settle_one(program, apps, f"q{number}")
        assert len(flood.acknowledged) > 5 * BATCH, "the flood itself goes on"
        # Nothing settles any more, and the flood runs into its bound; whoever waits too long is refused in words.
        (worker,) = program.workers()
        worker.suspend()
        wait_for_refusals(program, flood, apps)
        assert program.call("POST", "/v1/track", {"event": "x", "userId": "ada", "messageId": "q5"}, f"basic:{apps.quiet_key}")
        program.kill()
        worker.wait(30)
        flood.over.set()
        check_the_count_after_a_kill(settings, apps)
        program.start()
        health = program.wait_until_settled()
        assert [each for each in health["backlogged"] if each["unsettled"]] == []
        settle_one(program, apps, "q6")
        program.wait_until_settled()
        flood.stop()
        assert program.stop() == 0
    finally:
        flood.over.set()
        program.kill()
    assert set(flood.statuses) <= {200, 429}, flood.statuses
    assert {each["code"] for each in flood.refusals} == {"backlog_full"}
    assert flood.retry_after == {"2"}
    with open_books(folder / "data", state_url) as books:
        kept = {row[0] for row in books.past("SELECT message_id FROM events WHERE kind = 'track'")}
    assert flood.acknowledged <= kept
    assert {f"q{number}" for number in range(7)} <= kept


def backlogged(program: Program, apps: TwoApps) -> dict[str, Any] | None:
    found = {each["app"]: each for each in program.get("/health")["backlogged"]}
    assert apps.quiet not in found
    return found.get(apps.flood)


def wait_for_refusals(program: Program, flood: Flood, apps: TwoApps) -> None:
    deadline = time.monotonic() + PATIENCE
    while not flood.refusals:
        assert time.monotonic() < deadline, flood.statuses
        time.sleep(0.05)
    assert "have not settled" in flood.refusals[0]["message"]
    with flood.lock:
        before = flood.statuses[200]
    while flood.statuses[200] == before:  # the worker is away for long: then the bound holds nobody any more
        assert time.monotonic() < deadline, flood.statuses
        time.sleep(0.05)
