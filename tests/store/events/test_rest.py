"""History rests under readers: none of them fails, and what it may use is afterwards what it was."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from relance.events.errors import HistoryBusyError
from relance.events.history import History
from relance.events.history_database import HistoryDatabase
from tests.store.events.builders import make_batch

READERS, EVENTS = 6, 100_000
LIMIT = sa.text("SELECT current_setting('memory_limit')")
# A sort, a join and a large aggregate: each needs memory of its own while it runs.
HEAVY = (
    sa.text("SELECT message_id, properties FROM events ORDER BY md5(message_id) LIMIT 3 OFFSET 20000"),
    sa.text("SELECT count(*) FROM events a JOIN events b ON a.message_id = b.message_id"),
    sa.text("SELECT count(*) FROM (SELECT message_id, max(context) FROM events GROUP BY message_id)"),
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.duckdb", 48)
    for part in range(EVENTS // 10_000):
        opened.append(0, make_batch(list(range(part * 10_000, (part + 1) * 10_000)), 1 + part * 10_000))
    yield opened
    opened.close()


def test_no_reader_fails_while_history_rests_and_its_limit_comes_back(history: History) -> None:
    before = history.run(LIMIT)
    failures: list[BaseException] = []
    reads = [0] * READERS
    ended = threading.Event()

    def read(number: int) -> None:
        try:
            while not ended.is_set():
                history.run(HEAVY[reads[number] % len(HEAVY)])
                reads[number] += 1
                time.sleep(0.001 * number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    began, rests = time.monotonic(), 0
    while time.monotonic() - began < 60 and (rests < 3 or time.monotonic() - began < 3):
        time.sleep(0.03)
        rests += history.rest()
        time.sleep(0.05)  # in which memory fills up again
        history.append(0, make_batch([rests], EVENTS + 1 + rests))
    ended.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    assert min(reads) > 0
    assert rests >= 3
    assert history.run(LIMIT) == before


def test_a_rest_waits_for_no_reader_for_long_and_is_taken_when_they_have_gone(history: History) -> None:
    history.run(HEAVY[0])
    assert isinstance(history._store, HistoryDatabase)
    with history._store.reading() as connection:
        connection.execute(sa.text("SELECT 1"))
        assert not history.rest()
    assert history.rest()
    assert history.stats()["memory_bytes"] < 3_000_000


def test_a_query_that_finds_no_room_says_so_with_a_code(tmp_path: Path) -> None:
    small = History(tmp_path / "small.duckdb", 32)
    small.append(0, make_batch(list(range(1_000)), 1))
    small._store._root.execute("SET temp_directory = ''")  # type: ignore[attr-defined]
    with pytest.raises(HistoryBusyError, match="memory"):
        small.run(sa.text("SELECT count(*) FROM (SELECT DISTINCT md5(i::VARCHAR) FROM range(2000000) t(i))"))
    assert small.stats()["events"] == 1_000
    small.close()
