"""The worker of the running program finds no room for its files, and goes on by itself when there is room again."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.faults.books import open_books
from tests.faults.shop import open_shop
from tests.process import Program

ROOM = 60_000  # bytes a file of the worker may have
BATCHES, SIZE = 6, 200


@pytest.mark.xdist_group("faults-sqlite")
def test_what_was_accepted_while_the_disk_was_full_settles_once_when_there_is_room(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "data")
    program = Program(tmp_path)
    (tmp_path / "log.txt").write_text("What was logged before.\n" * (ROOM // 20))  # nor is there room for its log
    try:
        program.start()
        worker = program.workers()[0]
        before = worker.rlimit(psutil.RLIMIT_FSIZE)
        worker.rlimit(psutil.RLIMIT_FSIZE, (ROOM, before[1]))
        ids = set()
        for number in range(BATCHES):
            ids |= send(program, shop.write_key, number)
        deadline = time.monotonic() + 60
        while not program.get("/health")["failures"]:
            assert time.monotonic() < deadline, "the disk was never full: the test proves nothing"
            time.sleep(0.05)
        time.sleep(1.0)  # it tries again, in vain
        worker.rlimit(psutil.RLIMIT_FSIZE, before)
        program.wait_until_settled()
        assert program.stop() == 0, program.log()[-4000:]
    finally:
        program.kill()
    with open_books(tmp_path / "data") as books:
        found = [row[0] for row in books.past("SELECT message_id FROM events WHERE kind = 'track'")]
        assert sorted(found) == sorted(ids)
        assert len(books.rows("runs")) == BATCHES * SIZE


def send(program: Program, key: str, number: int) -> set[str]:
    ids = {f"full-{number}-{each}" for each in range(SIZE)}
    batch = [
        {
            "type": "track",
            "event": "Product Added",
            "userId": f"u{message_id}",
            "messageId": message_id,
            "properties": {"cart_id": message_id, "words": "lamp " * 40},
        }
        for message_id in sorted(ids)
    ]
    program.call("POST", "/v1/batch", {"batch": batch}, f"basic:{key}")
    return ids


def answer_of(program: Program, method: str, path: str, body: object = None, key: str = "") -> tuple[int, dict[str, Any]]:
    try:
        return 200, program.call(method, path, body, key)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.mark.xdist_group("faults-sqlite")
def test_while_the_log_finds_no_room_health_says_that_nothing_is_taken_and_takes_it_back_by_itself(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "data")
    program = Program(tmp_path)
    event = {"type": "track", "event": "Viewed", "userId": "u", "properties": {"words": "lamp " * 4_000}}
    try:
        program.start()
        send(program, shop.write_key, 1)
        assert program.process is not None
        server = psutil.Process(program.process.pid)
        before = server.rlimit(psutil.RLIMIT_FSIZE)
        server.rlimit(psutil.RLIMIT_FSIZE, (ROOM, before[1]))
        status, reported = answer_of(program, "POST", "/v1/batch", {"batch": [event] * 10}, f"basic:{shop.write_key}")
        assert (status, reported["error"]["code"]) == (503, "log_unavailable")
        assert "no room left" in reported["message"]
        status, reported = answer_of(program, "GET", "/health")
        assert (status, reported["status"], reported["full"]) == (503, "not_taking", True)
        assert "Free some space" in reported["detail"]
        command = [sys.executable, "-m", "relance", "doctor"]
        found = subprocess.run(command, env=program.environment(), capture_output=True, text=True, check=False)
        assert "no room left" in " ".join(found.stdout.split())
        server.rlimit(psutil.RLIMIT_FSIZE, before)
        assert answer_of(program, "GET", "/health")[0] == 200
        status, _ = answer_of(program, "POST", "/v1/batch", {"batch": [event] * 10}, f"basic:{shop.write_key}")
        assert status == 200
        program.wait_until_settled()
        assert "There is no room left on the disk of" in program.log()
        assert "Traceback" not in program.log()
    finally:
        program.kill()


@pytest.mark.xdist_group("faults-sqlite")
def test_a_worker_that_finds_no_room_at_a_start_is_told_of_in_words_and_starts_by_itself_once_there_is(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "data")
    program = Program(tmp_path)
    try:
        program.start()
        ids = send(program, shop.write_key, 1)
        program.wait_until_settled()
        program.kill()
        program.launch(["prlimit", f"--fsize={ROOM}:unlimited"])
        deadline = time.monotonic() + 120
        reported: dict[str, Any] = {}
        while "no room left" not in reported.get("detail", ""):
            assert time.monotonic() < deadline, (reported, program.log()[-4000:])
            with contextlib.suppress(OSError):
                reported = answer_of(program, "GET", "/health")[1]
            time.sleep(0.2)
        assert reported["status"] in {"worker_gone", "not_taking"}
        assert program.process is not None
        for each in (psutil.Process(program.process.pid), *program.workers()):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        program.wait_until_ready()
        program.wait_until_settled()
        assert "Traceback" not in program.log()
        assert program.stop() == 0
    finally:
        program.kill()
    with open_books(tmp_path / "data") as books:
        found = [row[0] for row in books.past("SELECT message_id FROM events WHERE kind = 'track'")]
        assert sorted(found) == sorted(ids)


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_on_a_full_disk_a_command_says_what_is_full_and_what_to_do(tmp_path: Path, command: str) -> None:
    environment = {**os.environ, "RELANCE_DATA": str(tmp_path / "data"), "RELANCE_PORT": "0"}
    if command == "doctor":
        (tmp_path / "data").mkdir(mode=0o700)
    limited = ["prlimit", f"--fsize={0 if command == 'doctor' else 9_000}", sys.executable, "-m", "relance", command]
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False, timeout=120)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0
    assert "There is no room left on the disk of" in said
    assert "Free some space" in said
    assert "Traceback" not in said, done.stderr
