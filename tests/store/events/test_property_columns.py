"""Property columns come, are filled and go, beside appends, rewinds and restarts; what a reader sees is always whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from relance.events.history import History
from relance.events.history_columns import ColumnFill, PropertyUse, column_names
from relance.events.history_database import HistoryDatabase
from relance.events.model import Batch
from relance.events.model_tables import EVENTS, property_column
from tests.store.conftest import Open
from tests.store.events.builders import make_event

N = PropertyUse("n", 1, "Order Completed")
NUMBER = property_column(column_names("n").number)


def append(history: History, numbers: range, position: int, name: str = N.event) -> None:
    events = [make_event(number, name=name) for number in numbers]
    history.append(0, Batch(events, [1] * len(events), [False] * len(events), position))


def ask(history: History, *uses: PropertyUse, most: int = 8) -> None:
    """Ask for the columns, and let them be made; what was there before is not filled."""
    history.use_columns(uses, most)
    for _ in range(4):  # three columns, and the note of who reads them
        history.fill_columns(0)


def laid_out(history: History, column: sa.ColumnElement[Any] = NUMBER) -> list[Any]:
    return [row[0] for row in history.run(sa.select(column).select_from(EVENTS).order_by(EVENTS.c.position))]


def whole(history: History) -> bool:
    return history.columns.of(1, N.event, "n") is not None


@pytest.fixture
def history(open_history: Open) -> History:
    return open_history()


def test_what_is_appended_is_written_at_once(history: History) -> None:
    ask(history, N)
    assert whole(history)
    assert history.column_fills() == [ColumnFill("n", 1.0)]
    append(history, range(3), 1)
    assert laid_out(history) == [0.0, 1.0, 2.0]


def test_rows_of_a_rewind_are_written_anew(history: History) -> None:
    append(history, range(4), 1)
    ask(history, N)
    while history.fill_columns(3):
        pass
    history.rewind(0, 2)
    append(history, range(12, 15), 3)
    assert whole(history)
    assert laid_out(history) == [0.0, 1.0, 12.0, 13.0, 14.0]


def test_columns_go_when_their_place_is_wanted(history: History) -> None:
    append(history, range(2), 1)
    ask(history, N, most=1)
    ask(history, most=1)  # nobody asks, but there is room
    assert [each.path for each in history.column_fills()] == ["n"]
    ask(history, PropertyUse("other", 1, N.event), most=1)
    assert [each.path for each in history.column_fills()] == ["other"]
    assert not whole(history)
    ask(history, most=0)
    assert history.column_fills() == []
    append(history, range(2, 4), 3)
    assert len(history.events(1)) == 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.duckdb"


def test_old_rows_are_filled_slice_by_slice_and_a_reader_waits_for_the_last(file: Path) -> None:
    history = History(file, 64)
    append(history, range(10), 1)
    append(history, range(10, 12), 11, "Search")
    ask(history, N)
    append(history, range(12, 14), 13)
    assert not whole(history)
    assert laid_out(history) == [None] * 12 + [12.0, 13.0]
    assert history.fill_columns(5)
    assert history.column_fills() == [ColumnFill("n", 5 / 12)]
    assert not whole(history)
    history.close()
    history = History(file, 64)  # as after a crash: it goes on where it was
    assert history.column_fills() == [ColumnFill("n", 5 / 12)]
    assert history.fill_columns(5)
    append(history, range(14, 15), 15)
    assert not history.fill_columns(5)
    assert whole(history)
    assert laid_out(history) == [float(n) for n in range(10)] + [None, None, 12.0, 13.0, 14.0]
    history.close()


def test_a_slice_that_fails_leaves_its_mark_where_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(file, 64)
    append(history, range(4), 1)
    ask(history, N)
    with monkeypatch.context() as broken:
        broken.setattr("relance.events.history_columns_duckdb.laid_out", lambda *_: "SELECT broken")
        with pytest.raises(duckdb.Error):
            history.fill_columns(2)
    assert history.column_fills() == [ColumnFill("n", 0.0)]
    while history.fill_columns(2):
        pass
    assert laid_out(history) == [0.0, 1.0, 2.0, 3.0]
    history.close()


def test_a_second_event_of_a_path_is_filled_by_itself(file: Path) -> None:
    history = History(file, 64)
    append(history, range(2), 1)
    append(history, range(2, 4), 3, "Search")
    ask(history, N)
    while history.fill_columns(10):
        pass
    search = PropertyUse("n", 1, "Search")
    ask(history, N, search)
    assert whole(history)
    assert history.columns.of(1, "Search", "n") is None
    while history.fill_columns(10):
        pass
    assert history.columns.of(1, "Search", "n") is not None
    assert laid_out(history) == [0.0, 1.0, 2.0, 3.0]
    history.close()


def test_nothing_is_lost_when_a_reader_holds_the_old_table(file: Path) -> None:
    history = History(file, 64)
    append(history, range(3), 1)
    assert isinstance(history._store, HistoryDatabase)
    with history._store.reading() as reader:
        assert reader.execute(sa.select(sa.func.count()).select_from(EVENTS)).scalar() == 3
        ask(history, N)
        append(history, range(3, 5), 4)
        while history.fill_columns(2):
            pass
        assert reader.execute(sa.select(sa.func.count()).select_from(EVENTS)).scalar() == 3
    assert laid_out(history) == [0.0, 1.0, 2.0, 3.0, 4.0]
    history.close()
