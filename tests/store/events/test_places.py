"""Columns say where events happened as contexts do: of rows appended, of rows that are older, and after a crash."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import clickhouse_connect
import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.encoding import from_json, to_json
from relance.core.places import read_location
from relance.events.history import History
from relance.events.history_clickhouse import IN_PROCESS, open_on_clickhouse
from relance.events.history_clickhouse import upgrade as upgrade_clickhouse
from relance.events.history_columns import ColumnFill
from relance.events.history_database import upgrade
from relance.events.history_migrations import migrations
from relance.events.model import Batch, Event
from relance.events.model_tables import EVENTS
from tests.store.conftest import Open
from tests.unit.segments.every_kind import locations

_BEFORE = 2  # the last version without the columns
_apps = count(1)
slow = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def spelled(location: Any, place: int) -> str:
    """A context: plain, with a name written in codes, with other members that look the same, or twice in it."""
    plain = to_json({"location": location})
    return (
        plain,
        plain.replace("latitude", r"l\u0061titude"),
        to_json({"traits": {"latitude": 5}, "latitude": 7, "location": location}),
        "{" + '"location":{"latitude":1,"longitude":1},' + plain[1:],
        to_json({"locale": "fr"}),
    )[place % 5]


contexts = st.lists(st.builds(spelled, locations, st.integers(0, 4)), min_size=1, max_size=25)
#: Numbers that engines might read in another way.
NUMBERS = (
    *("1e2", "-0.0", "0.1e1", "1E-7", "89.9999995", "-89.9999995", "179.9999996", "-180", "180", "180.0", "90.00000001"),
    *("12345678901234567890", "9007199254740993", "47.218371", "0.30000000000000004", "-1.5000005"),
    *("true", '"1"', "null", "[1]"),
)
EDGES = [f'{{"location":{{"latitude":{one},"longitude":{other}}}}}' for one in NUMBERS for other in NUMBERS]


def expected(texts: Sequence[str]) -> list[tuple[int | None, int | None]]:
    return [read_location(from_json(text).get("location")) or (None, None) for text in texts]


def found(history: History, app: int) -> list[tuple[int | None, int | None]]:
    select = sa.select(EVENTS.c.latitude, EVENTS.c.longitude).where(EVENTS.c.app_id == app).order_by(EVENTS.c.position)
    return [(row[0], row[1]) for row in history.run(select)]


def append(history: History, app: int, texts: Sequence[str], first: int = 1) -> None:
    events = [Event(app, "track", "moved", f"{app}-{first}-{n}", context=text.encode()) for n, text in enumerate(texts)]
    history.append(0, Batch(events, [1] * len(events), [False] * len(events), first))


@pytest.fixture(scope="module")
def history(open_history: Open) -> History:
    return open_history()


@slow
@given(contexts)
def test_an_append_writes_what_a_context_tells(history: History, texts: list[str]) -> None:
    app = next(_apps)
    append(history, app, texts)
    assert found(history, app) == expected(texts)
    assert history.columns.places


def old_rows(texts: Sequence[str], app: int = 1) -> list[tuple[Any, ...]]:
    """Rows as they were before there were columns."""
    return [(app, "moved", 1, n, n, 0, n, n, f"{app}-{n}", "track", False, "{}", text, "", "") for n, text in enumerate(texts, 1)]


def old_file(path: Path, texts: Sequence[str]) -> None:
    with duckdb.connect(str(path)) as file:
        upgrade(file, migrations()[:_BEFORE])
        if texts:
            file.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 15)})", old_rows(texts))


@slow
@given(texts=contexts, more=contexts, size=st.integers(1, 9), back=st.integers(0, 9), restart=st.integers(0, 3))
def test_old_rows_of_a_file_are_filled_slice_by_slice(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], more: list[str], size: int, back: int, restart: int
) -> None:
    path = tmp_path_factory.mktemp("old") / "h.duckdb"
    old_file(path, texts)
    history = History(path, 64)
    assert not history.columns.places
    assert history.column_fills() == [ColumnFill("context.location", 0.0)]
    history.rewind(0, len(texts) - back)
    texts = [*texts[: max(len(texts) - back, 0)], *more]
    append(history, 1, more, len(texts) - len(more) + 1)
    slices = 0
    while not history.columns.places:
        history.fill_columns(size)
        slices += 1
        if slices == restart:
            history.close()
            history = History(path, 64)
    assert found(history, 1) == expected(texts)
    assert history.column_fills() == []
    history.close()


def test_all_ways_to_write_a_number_in_an_old_file(tmp_path: Path) -> None:
    old_file(tmp_path / "h.duckdb", EDGES)
    history = History(tmp_path / "h.duckdb", 64)
    while history.fill_columns(100):
        pass
    assert found(history, 1) == expected(EDGES)
    history.close()


def test_a_file_without_events_is_whole_at_once(tmp_path: Path) -> None:
    old_file(tmp_path / "h.duckdb", [])
    history = History(tmp_path / "h.duckdb", 64)
    assert history.columns.places
    history.close()


def test_a_slice_that_fails_leaves_its_mark_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [spelled({"latitude": n, "longitude": n}, 0) for n in range(4)]
    old_file(tmp_path / "h.duckdb", texts)
    history = History(tmp_path / "h.duckdb", 64)
    history.fill_columns(2)
    with monkeypatch.context() as broken:
        broken.setattr("relance.events.history_places_duckdb.spot_in", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            history.fill_columns(2)
    assert history.column_fills() == [ColumnFill("context.location", 0.5)]
    assert not history.columns.places
    history.fill_columns(2)
    assert found(history, 1) == expected(texts)
    history.close()


def test_clickhouse_reads_old_rows_from_their_contexts(clickhouse_url: str) -> None:
    """Before its background work has come to them, and after."""
    texts = EDGES
    name = f"t{uuid.uuid4().hex}"
    client = clickhouse_connect.get_client(interface="chdb", path=clickhouse_url.removeprefix(IN_PROCESS))
    client.command(f"CREATE DATABASE {name}")
    client.close()
    client = clickhouse_connect.get_client(interface="chdb", path=clickhouse_url.removeprefix(IN_PROCESS), database=name)
    upgrade_clickhouse(client, migrations("clickhouse")[:_BEFORE])
    names = [column.name for column in EVENTS.c if column.name not in ("latitude", "longitude")]
    client.insert("events", old_rows(texts), column_names=names)
    client.close()
    history = open_on_clickhouse(clickhouse_url, name)
    assert history.columns.places
    assert found(history, 1) == expected(texts)
    history.run(sa.text("OPTIMIZE TABLE events FINAL"))
    assert found(history, 1) == expected(texts)
    append(history, 2, EDGES)
    assert found(history, 2) == expected(EDGES)
    history.run(sa.text(f"DROP DATABASE {name} SYNC"))
    history.close()
