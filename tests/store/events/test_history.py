"""History keeps every event once, follows merges, and is the same after any replay."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from clickhouse_connect.driver.exceptions import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.errors import CursorError
from relance.core.ids import hash64
from relance.events.errors import HistoryVersionError
from relance.events.history import History
from relance.events.history_clickhouse import open_on_clickhouse
from relance.events.history_migrations import Migration, migrations
from relance.events.model import Batch, HistoryMerge
from relance.events.model_tables import EVENTS, MERGED, resolved_events, roots
from tests.store.conftest import Open
from tests.store.events.builders import make_batch, make_event


@pytest.fixture
def history(open_history: Open) -> History:
    """An empty one, once on each engine."""
    return open_history()


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.duckdb", 64)
    yield opened
    opened.close()


def content(history: History) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Every row, in a fixed order."""
    events = history.run(sa.select(EVENTS).order_by(EVENTS.c.partition, EVENTS.c.position))
    merged = history.run(sa.select(MERGED).order_by(*MERGED.c))
    return events, merged


def root_map(history: History) -> dict[int, int]:
    root = roots()
    return {row[0]: row[1] for row in history.run(sa.select(root.c.from_id, root.c.root_id))}


def test_an_event_comes_back_as_it_was(history: History) -> None:
    event = make_event(3, body='{"é":"雪 \\u0000"}'.encode())
    event.context, event.anonymous_id, event.name = b'{"ip":"::1"}', "a'1", "Prix \x00 réduit"
    history.append(2, Batch([event], [9], [True], 41))
    (found,) = history.events(1)
    assert (found.event, found.kind, found.person_id, found.occurred_at, found.received_at) == (
        event.name,
        "track",
        9,
        3000,
        3005,
    )
    assert (found.partition, found.position, found.message_id, found.late) == (2, 41, "m3", True)
    assert (found.properties, found.context) == (event.body.decode(), '{"ip":"::1"}')
    assert (found.anonymous_id, found.user_id) == ("a'1", "u3")
    assert history.position(2) == 41
    assert history.position(0) == 0


def test_lists_go_from_newest_to_oldest_by_cursor(history: History) -> None:
    history.append(0, make_batch([5, 1, 3], 1))
    history.append(0, make_batch([4, 2, 3], 4))
    seen: list[tuple[int, int]] = []
    cursor = None
    while page := history.events(1, cursor=cursor, limit=2):
        seen += [(event.occurred_at, event.position) for event in page]
        cursor = page[-1].cursor
    assert seen == [(5000, 1), (4000, 4), (3000, 6), (3000, 3), (2000, 5), (1000, 2)]
    assert history.events(2) == []
    assert [event.occurred_at for event in history.events(1, name="Order Completed", person=1)] == [5000]
    assert history.events(1, name="Other") == []
    with pytest.raises(CursorError):
        history.events(1, cursor="x")


def test_names_and_counts(history: History) -> None:
    events = [make_event(1), make_event(2, name="A"), make_event(65, name="A"), make_event(70, app_id=2)]
    history.append(0, Batch(events, [1, 1, 1, 1], [False] * 4, 1))
    assert [(n.name, n.count, n.first_at, n.last_at) for n in history.names(1)] == [
        ("A", 2, 2000, 65000),
        ("Order Completed", 1, 1000, 1000),
    ]
    counted = history.counts(1, since=1000, until=66_000, every=60_000)
    assert [(c.name, c.since, c.count) for c in counted] == [("A", 1000, 1), ("Order Completed", 1000, 1), ("A", 61_000, 1)]
    assert history.counts(1, 0, 65_000, 60_000, names=["A"])[0].count == 1
    assert history.stats()["events"] == 4


def test_known_finds_the_hashes_of_one_app(history: History) -> None:
    history.append(0, make_batch([1, 2, 3], 1))
    asked = [hash64(1, "m2"), hash64(1, "m9"), hash64(2, "m1")]
    assert history.known(1, asked) == [(hash64(1, "m2"), "Order Completed", "u2", "")]
    assert history.known(2, asked) == []
    assert history.known(1, []) == []


def test_a_chain_of_merges_leads_to_its_end(history: History) -> None:
    history.append(0, make_batch([1, 2, 3, 4], 1, persons=[1, 2, 3, 4]))
    history.merge(1, 1, 2, 5)
    history.merge(1, 2, 3, 6)
    assert root_map(history) == {1: 3, 2: 3}
    select = resolved_events(EVENTS.c.app_id == 1, columns=("person_id", "position"))
    assert sorted(history.run(sa.select(select))) == [(3, 1), (3, 2), (3, 3), (4, 4)]
    assert [(event.position, event.person_id) for event in history.timeline(1, [3])] == [(3, 3), (2, 3), (1, 3)]
    assert [event.position for event in history.events(1, person=3)] == [3, 2, 1]
    history.rewind(0, 5)
    assert root_map(history) == {1: 2}
    history.append(0, make_batch([], 6), [HistoryMerge(1, 2, 4, 6), HistoryMerge(1, 4, 3, 6)])
    assert root_map(history) == {1: 3, 2: 3, 4: 3}
    history.merge(1, 3, 1, 7)
    assert root_map(history) == {1: 3, 2: 3, 4: 3}, "a merge into one's own past changes nothing"
    history.rewind(0, 5)
    assert root_map(history) == {1: 2}


def test_forgetting_a_person_takes_all_that_was_folded_into_it(history: History) -> None:
    history.append(0, make_batch([1, 2, 3, 4], 1, persons=[1, 2, 3, 4]), [HistoryMerge(1, 1, 2, 2), HistoryMerge(1, 2, 3, 3)])
    assert history.forget(1, 3) == 3
    assert [event.person_id for event in history.events(1)] == [4]
    assert root_map(history) == {}
    assert history.forget(1, 3) == 0
    assert history.forget(2, 4) == 0


STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=4),
        st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=2),
    ),
    min_size=1,
    max_size=6,
)


def settle(history: History, steps: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]], start: int) -> None:
    """Each step takes ten positions; those before ``start`` are settled already."""
    for index, (events, merges) in enumerate(steps):
        if index >= start:
            first = 10 * index + 1
            batch = make_batch([number for number, _ in events], first, persons=[person for _, person in events])
            history.append(0, batch, [HistoryMerge(1, one, two, first + n) for n, (one, two) in enumerate(merges)])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, data=st.data())
def test_a_replay_after_a_rewind_leaves_identical_rows(
    history: History,
    steps: list[tuple[list[tuple[int, int]], list[tuple[int, int]]]],
    data: st.DataObject,
) -> None:
    history.rewind(0, 0)
    settle(history, steps, 0)
    before = content(history)
    back_to = data.draw(st.integers(0, len(steps)))
    history.rewind(0, 10 * back_to)
    settle(history, steps, back_to)
    assert content(history) == before
    expected = {person: person for person in range(1, 7)}
    for _, merges in steps:
        for one, two in merges:
            source, target = expected[one], expected[two]
            expected = {person: target if root == source else root for person, root in expected.items()}
    known = root_map(history)
    assert {person: known.get(person, person) for person in range(1, 7)} == expected


def test_a_failed_append_leaves_nothing(history: History) -> None:
    broken = make_batch([1, 2], 1)
    broken.events[1].body = b"\xff"
    with pytest.raises(UnicodeDecodeError):
        history.append(0, broken)
    broken.events[1].body = b"{}"
    broken.persons[1] = 2
    history.append(0, broken)
    assert history.stats()["events"] == 2


def test_what_was_appended_is_there_after_a_crash(tmp_path: Path) -> None:
    history = History(tmp_path / "h.duckdb", 64)
    history.append(0, make_batch([1, 2], 1))
    crashed = tmp_path / "crashed.duckdb"
    for suffix in ("", ".wal"):
        source = tmp_path / f"h.duckdb{suffix}"
        if source.exists():
            (tmp_path / f"crashed.duckdb{suffix}").write_bytes(source.read_bytes())
    history.close()
    again = History(crashed, 64)
    assert again.stats()["events"] == 2
    again.close()


def test_reads_from_many_threads_while_one_appends(history: History) -> None:
    def read(_: int) -> int:
        history.names(1)
        return len(history.events(1, limit=10))

    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(read, n) for n in range(24)]
        for n in range(10):
            history.append(0, make_batch(list(range(10)), 10 * n + 1))
        assert max(done.result() for done in reads) <= 10
    history.checkpoint()
    assert history.stats()["events"] == 100


def test_resting_empties_the_write_ahead_log_and_loses_nothing(in_file: History) -> None:
    in_file.append(0, make_batch(list(range(2000)), 1))
    limit = sa.text("SELECT current_setting('memory_limit')")
    before = in_file.run(limit)
    in_file.rest()
    assert in_file.stats()["log_bytes"] == 0
    assert in_file.stats()["memory_bytes"] < 3_000_000
    assert in_file.run(limit) == before
    in_file.append(0, make_batch([1], 2001))
    assert in_file.stats()["events"] == 2001


def test_an_older_file_is_brought_up_to_date_and_a_newer_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "h.duckdb"
    old = History(path, 64)
    old.append(0, make_batch([1], 1))
    old.close()
    later = Migration(99, "ALTER TABLE events ADD COLUMN later INTEGER DEFAULT 5; CREATE TABLE other (n INTEGER);")
    new = History(path, 64, steps=[*migrations(), later])
    assert new.run(sa.text("SELECT message_id, later FROM events")) == [("m1", 5)]
    assert new.stats()["version"] == 99
    new.close()
    with pytest.raises(HistoryVersionError):
        History(path, 64)


def test_a_database_of_clickhouse_is_brought_up_to_date_and_a_newer_one_refused(clickhouse_url: str) -> None:
    name = f"t{uuid.uuid4().hex}"
    old = open_on_clickhouse(clickhouse_url, name)
    old.append(0, make_batch([1], 1))
    old.close()
    half = Migration(99, "ALTER TABLE events ADD COLUMN IF NOT EXISTS later Int32 DEFAULT 5; SELECT no_such_function(1);")
    with pytest.raises(DatabaseError):
        open_on_clickhouse(clickhouse_url, name, steps=[*migrations("clickhouse"), half])
    whole = Migration(99, "ALTER TABLE events ADD COLUMN IF NOT EXISTS later Int32 DEFAULT 5;")
    new = open_on_clickhouse(clickhouse_url, name, steps=[*migrations("clickhouse"), whole])
    assert new.run(sa.text("SELECT message_id, later FROM events")) == [("m1", 5)]
    assert new.stats()["version"] == 99
    assert new.stats()["file_bytes"] > 0
    new.run(sa.text(f"DROP DATABASE {name} SYNC"))
    new.close()


def test_a_newer_database_of_clickhouse_is_refused(clickhouse_url: str) -> None:
    name = f"t{uuid.uuid4().hex}"
    later = Migration(99, "SELECT 1;")
    open_on_clickhouse(clickhouse_url, name, steps=[*migrations("clickhouse"), later]).close()
    with pytest.raises(HistoryVersionError):
        open_on_clickhouse(clickhouse_url, name)


def test_the_engines_have_the_same_migrations() -> None:
    assert [step.number for step in migrations("clickhouse")] == [step.number for step in migrations()]


def test_a_failing_migration_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "h.duckdb"
    History(path, 64).close()
    half = Migration(98, "CREATE TABLE half (n INTEGER); SELECT no_such_function(1);")
    with pytest.raises(duckdb.Error):
        History(path, 64, steps=[*migrations(), half])
    again = History(path, 64)
    assert again.run(sa.text("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'")) == [(0,)]
    again.close()
