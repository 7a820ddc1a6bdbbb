"""Rows as a Parquet file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from relance.events.past import Kind, write_parquet

COLUMNS: dict[str, Kind] = {"id": "BIGINT", "name": "VARCHAR"}


def read(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet($1)", [str(path)]).fetchall()


def test_pages_become_one_file_with_its_nulls(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    pages = [[(1, "a'\"é"), (2, None)], [], [(3, None)], [(1 << 60, "")]]
    assert write_parquet(path, COLUMNS, pages) == 4  # type: ignore[arg-type]
    assert read(path) == [(1, "a'\"é"), (2, None), (3, None), (1 << 60, "")]
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_nobody_has_its_columns(tmp_path: Path) -> None:
    assert write_parquet(tmp_path / "out.parquet", COLUMNS, []) == 0
    assert read(tmp_path / "out.parquet") == []


def test_an_error_on_the_way_leaves_no_file(tmp_path: Path) -> None:
    def pages() -> object:
        yield [(1, "a")]
        raise LookupError

    with pytest.raises(LookupError):
        write_parquet(tmp_path / "out.parquet", COLUMNS, pages())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
