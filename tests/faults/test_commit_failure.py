"""A state commit that fails (a full disk, a lost connection) leaves nothing behind: the tick is done again, exactly once."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from relance.infra.database import writing
from tests.faults.bare import STEP, Bare, groups
from tests.faults.books import Books

GROUPS = 12


class InjectedError(Exception):
    """Raised by a test in place of a commit."""


@pytest.fixture
def second_url(request: pytest.FixtureRequest, state_url: str, tmp_path: Path) -> str:
    """Another empty store of the same kind as ``state_url``; "" stands for the data folder's own SQLite files."""
    return "" if state_url.startswith("sqlite") else request.getfixturevalue("postgres").create(f"again{tmp_path.name}".lower())


def play(bare: Bare, seed: int, settle: Callable[[Bare, int], None]) -> None:
    """The same groups at the same instants; ``settle`` ticks as it likes, until all has settled."""
    assert bare.shop is not None
    bare.tick.run()
    for number, group in enumerate(groups(seed, GROUPS, bare.shop.app)):
        bare.writer.append_now(group)
        settle(bare, number)
        bare.clock.instant += STEP
    for _ in range(20):  # windows close, waits end
        bare.settle()
        bare.clock.instant += STEP


def account(bare: Bare) -> dict[str, Any]:
    """All that the tick has written and all that it keeps, without what counts tries."""
    assert bare.shop is not None
    books = Books(bare.state, bare.log, bare.parts.history)
    kept: dict[str, Any] = {}
    tables = ("users", "traits", "aliases", "merged_users", "tombstones", "subscriptions", "consents", "user_counters", "runs")
    for table in (*tables, "run_steps", "node_counts", "deliveries"):
        rows = [{name: value for name, value in row.items() if name != "revision"} for row in books.rows(table)]
        kept[table] = sorted(rows, key=lambda row: sorted((name, str(value)) for name, value in row.items()))
    kept["events"] = books.past("SELECT * FROM events ORDER BY position")
    kept["merged"] = books.past("SELECT * FROM merged ORDER BY ALL")
    kept["members"] = {name: bare.parts.live.members(bare.shop.app, each) for name, each in bare.shop.segments.items()}
    kept["rejected"] = sorted({(row["message_id"], row["reason"]) for row in books.rows("rejected")})
    cursor = books.cursor()
    kept["cursor"] = (cursor.position, cursor.log_offset)
    return kept


def undisturbed(folder: Path, state_url: str, seed: int) -> dict[str, Any]:
    bare = Bare(folder, state_url)
    try:
        play(bare, seed, lambda bare, _number: bare.settle())
        return account(bare)
    finally:
        bare.close()


def differences(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What differs, with the first entries that only one of the two has."""
    reported = []
    for name, right in expected.items():
        one, other = (list(each.items()) if isinstance(each, dict) else list(each) for each in (found[name], right))
        if one != other:
            wrong, missing = [each for each in one if each not in other], [each for each in other if each not in one]
            reported.append(f"{name}: {wrong[:2]} instead of {missing[:2]}")
    return reported


@pytest.mark.parametrize("seed", [1])
def test_commits_that_fail_at_random_change_nothing_in_the_end(
    tmp_path: Path, state_url: str, second_url: str, seed: int
) -> None:
    expected = undisturbed(tmp_path / "calm", second_url, seed)
    bare = Bare(tmp_path / "rough", "" if state_url.startswith("sqlite") else state_url)
    chance = random.Random(seed)
    failing = False
    failures = 0

    @event.listens_for(bare.state, "commit")
    def on_commit(connection: Connection) -> None:
        if failing and connection.get_execution_options().get("relance_writes") and chance.random() < 0.5:
            raise InjectedError

    def settle(bare: Bare, _number: int) -> None:
        nonlocal failing, failures
        failing = True
        while True:
            try:
                more = bare.tick.run().more or bare.tick.waiting()
            except InjectedError:
                failures += 1
                continue
            if not more:
                break
        failing = False

    try:
        play(bare, seed, settle)
        found = account(bare)
    finally:
        bare.close()
    assert failures > GROUPS // 2
    assert not differences(found, expected)


def test_a_full_disk_stops_the_tick_and_nothing_else_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    expected = undisturbed(tmp_path / "calm", "", 3)
    bare = Bare(tmp_path / "rough")
    full = False
    failures = 0
    reasons: set[str] = set()

    @event.listens_for(bare.state, "begin")
    def on_begin(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages if full else 1_000_000}")

    def settle(bare: Bare, number: int) -> None:
        nonlocal full, failures
        full = number % 3 == 1
        try:
            bare.settle()
        except sa.exc.OperationalError as error:
            reasons.add(str(error.orig))
            failures += 1
        full = False
        bare.settle()

    try:
        play(bare, 3, settle)
        found = account(bare)
    finally:
        bare.close()
    assert failures >= 1
    assert reasons == {"database or disk is full"}
    assert not differences(found, expected)


def test_what_a_failed_tick_put_into_history_is_gone_before_anything_is_settled_again(tmp_path: Path) -> None:
    bare = Bare(tmp_path / "data")
    assert bare.shop is not None
    group = next(iter(groups(4, 1, bare.shop.app)))

    def fail(_connection: Connection) -> None:
        raise InjectedError

    try:
        bare.tick.run()
        before = bare.tick.cursor
        event.listen(bare.state, "commit", fail)
        bare.writer.append_now(group)
        with pytest.raises(InjectedError):
            bare.tick.run()
        event.remove(bare.state, "commit", fail)
        assert bare.parts.history.position(0) > before.position
        bare.tick.load()
        assert bare.parts.history.position(0) <= before.position
        with writing(bare.state) as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM users")) == 0
    finally:
        bare.close()
