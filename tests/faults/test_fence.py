"""A worker that slept past its lease while another took its partition: what it had begun is refused."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.infra.database import reading
from relance.pipeline.errors import FencedError
from relance.pipeline.store import read_cursor
from tests.faults.bare import Bare, groups
from tests.faults.shop import open_shop
from tests.postgres import Server
from tests.process import Program

LEASE = 2  # seconds


@pytest.mark.xdist_group("faults-postgresql")
def test_a_worker_that_slept_past_its_lease_is_refused_at_its_commit(tmp_path: Path, postgres: Server) -> None:
    url = postgres.create("fence")
    shop = open_shop(tmp_path / "first" / "data", url)
    program = Program(tmp_path / "first", state_url=url, lease_seconds=LEASE)
    try:
        program.start()
        late = program.workers()[0]
        late.send_signal(signal.SIGSTOP)
        other = Bare(tmp_path / "second", url, lease_seconds=LEASE, shop=False)  # waits for the lease to end
        event = {"type": "track", "event": "Product Viewed", "userId": "u1", "messageId": "while-it-slept"}
        program.call("POST", "/v1/batch", {"batch": [event]}, f"basic:{shop.write_key}")
        held = other.tick.cursor
        late.send_signal(signal.SIGCONT)
        until(lambda: "partition_lost" in program.log(), 120, program)
        with reading(other.state) as connection:
            assert read_cursor(connection, 0) == held, "the late worker moved the cursor"
        left = counts(other.state, ("users", "aliases", "seen", "outbox"))
        assert not any(left.values()), f"the late worker wrote {left}"
        other.clock.instant = time.time_ns() // 1_000_000
        other.settle()
        assert counts(other.state, ("users",)) == {"users": 1}
        until(lambda: program.is_ready() and program.workers()[0].pid != late.pid, 120, program)  # once the other is silent
        assert program.get("/health")["behind"] == 0
        with pytest.raises(FencedError):
            other.tick.run()
        other.close()
        people = program.get(f"/api/v1/apps/{shop.app}/people", shop.api_key)["items"]
        assert [each["external_id"] for each in people] == ["u1"]
        assert program.stop() == 0
    finally:
        program.kill()


def test_the_loser_of_a_partition_writes_nothing(tmp_path: Path, state_url: str) -> None:
    """The same without processes: two ticks over one state store, each with a history and a folder of its own."""
    url = state_url if not state_url.startswith("sqlite") else f"sqlite:///{tmp_path}/shared.db"
    first = Bare(tmp_path / "first", url, lease_seconds=1)
    assert first.shop is not None
    first.tick.run()
    tables = ("users", "traits", "aliases", "runs", "deliveries", "seen", "outbox", "membership_changes")
    before = counts(first.state, tables)
    second = Bare(tmp_path / "second", url, lease_seconds=60, shop=False)
    first.writer.append_now(next(iter(groups(5, 1, first.shop.app))))
    with pytest.raises(FencedError):
        first.tick.run()
    assert counts(first.state, tables) == before
    with reading(first.state) as connection:
        assert read_cursor(connection, 0) == second.tick.cursor
    second.settle()
    assert counts(first.state, tables)["users"] > 0
    first.close()
    second.close()


def counts(engine: Engine, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each table has."""
    with reading(engine) as connection:
        return {table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}


def until(holds: Callable[[], bool], within: float, program: Program) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            if holds():
                return
        except (IndexError, psutil.NoSuchProcess):
            pass  # between two workers
        assert time.monotonic() < deadline, f"it did not come to that:\n{program.log()[-4000:]}"
        time.sleep(0.05)
