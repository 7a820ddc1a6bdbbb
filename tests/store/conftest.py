"""History on each engine that keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import clickhouse_connect
import pytest

from relance.events.history import History
from relance.events.history_clickhouse import IN_PROCESS, open_on_clickhouse

Open = Callable[[], History]


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def open_history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens an empty history, once on each engine; what was opened is closed and removed at the end."""
    opened: list[History] = []
    names: list[str] = []
    on_clickhouse = request.param == "clickhouse"
    url: str = request.getfixturevalue("clickhouse_url") if on_clickhouse else ""

    def open_one() -> History:
        if on_clickhouse:
            names.append(f"t{uuid.uuid4().hex}")
            history = open_on_clickhouse(url, names[-1])
        else:
            history = History(tmp_path_factory.mktemp("history") / "h.duckdb", 64)
        opened.append(history)
        return history

    yield open_one
    for each in opened:
        each.close()
    if names:
        client = clickhouse_connect.get_client(interface="chdb", path=url.removeprefix(IN_PROCESS))
        for name in names:
            client.command(f"DROP DATABASE {name} SYNC")
        client.close()
