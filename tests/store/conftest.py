"""History on each engine that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from relance.events.history import History
from relance.events.history_clickhouse import open_on_clickhouse
from tests.history import lay_history

Open = Callable[[], History]


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def open_history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens an empty history, once on each engine; what was opened is closed and removed at the end."""
    opened: list[History] = []
    on_clickhouse = request.param == "clickhouse"
    url: str = request.getfixturevalue("clickhouse_url") if on_clickhouse else ""
    name_one: Callable[[], str] = request.getfixturevalue("clickhouse_database") if on_clickhouse else str

    def open_one() -> History:
        if on_clickhouse:
            opened.append(open_on_clickhouse(url, name_one()))
        else:
            opened.append(History(lay_history(tmp_path_factory.mktemp("history")), 128))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
