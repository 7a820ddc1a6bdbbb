"""The worker of the running program finds no room for its files, and goes on by itself when there is room again."""

from __future__ import annotations

import time
from pathlib import Path

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
