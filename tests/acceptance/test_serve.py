"""The program as an operator meets it: it starts, takes an event, stops when asked, and has lost nothing when it is back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from tests.process import Program

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Program, int, str, str]:
    """A program with one app: (program, app, write key, API key)."""
    program = Program(tmp_path)
    settings = Settings(data=str(tmp_path / "data"))
    settings.folder.mkdir(mode=0o700)
    state, log = open_stores(settings)
    made = Accounts(state).create_app("Shop", time.time_ns() // 1_000_000)
    state.dispose()
    log.dispose()
    return program, made.app.id, made.write_key.text, made.api_key.text


def people(program: Program, app: int, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.get(f"/api/v1/apps/{app}/people", key)["items"]
    return found


def test_an_event_settles_and_survives_a_stop_and_a_start(shop: tuple[Program, int, str, str]) -> None:
    program, app, write_key, api_key = shop
    program.start()
    try:
        event = {"type": "track", "event": "Order Completed", "userId": "ada", "properties": {"total": 12}}
        answer = program.call("POST", "/v1/batch", {"batch": [event]}, f"basic:{write_key}")
        assert (answer["accepted"], answer["rejected"]) == (1, [])
        deadline = time.monotonic() + 30
        while not people(program, app, api_key):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert program.stop() == 0
        program.start()
        [ada] = people(program, app, api_key)
        [kept] = program.get(f"/api/v1/apps/{app}/people/{ada['id']}/timeline", api_key)["items"][-1:]
        assert kept["event"] in {"Order Completed", "session_started"}
        assert program.stop() == 0
        assert "Traceback" not in program.log()
    finally:
        program.kill()


def test_where_the_processor_is_short_an_answer_comes_before_a_tick(shop: tuple[Program, int, str, str]) -> None:
    program = shop[0]
    program.start()
    try:
        assert program.process is not None
        server = psutil.Process(program.process.pid)
        for worker in program.workers():
            assert worker.nice() > server.nice()
    finally:
        program.kill()


def test_the_worker_is_started_again_when_it_dies(shop: tuple[Program, int, str, str]) -> None:
    program, app, write_key, api_key = shop
    program.start()
    try:
        for worker in program.workers():
            worker.kill()
        event = {"type": "identify", "userId": "bo", "traits": {"plan": "pro"}}
        program.call("POST", "/v1/batch", {"batch": [event]}, f"basic:{write_key}")
        deadline = time.monotonic() + 60
        while not people(program, app, api_key):
            assert time.monotonic() < deadline, program.log()[-2000:]
            time.sleep(0.1)
        assert "worker_died" in program.log()
    finally:
        program.kill()
