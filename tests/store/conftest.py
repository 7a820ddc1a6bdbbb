"""History on each engine that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from relance.events.history import History
from relance.events.history_clickhouse import open_on_clickhouse

Open = Callable[[], History]


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def open_history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens an empty history, once on each engine; what was opened is closed and removed at the end."""
    opened: list[History] = []
    on_clickhouse = request.param == "clickhouse"
    url: str = request.getfixturevalue("clickhouse_url") if on_clickhouse else ""
    name_one: Callable[[], str] = request.getfixturevalue("clickhouse_database") if on_clickhouse else str

    def open_one() -> History:
        path = tmp_path_factory.mktemp("history") / "h.duckdb"
        opened.append(open_on_clickhouse(url, name_one()) if on_clickhouse else History(path, 128))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
