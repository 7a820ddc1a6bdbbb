"""Committed membership on both databases: what was flushed is what the next process starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.events.model import Batch, Event
from relance.events.past import History
from relance.infra.database import reading, writing
from relance.segments import store
from relance.segments.live.engine import Live
from relance.segments.service import Segments

START = 1_700_000_000_000
DAY = 86_400_000


@pytest.fixture
def history() -> Iterator[History]:
    history = History(":memory:")
    yield history
    history.close()


def open_live(state: Engine, history: History, now: int) -> Live:
    live = Live(0, lambda *_: [])
    with reading(state) as connection:
        live.load(connection, history, now)
    return live


def buy(live: Live, history: History, people: list[int], now: int, app_id: int = 1) -> None:
    events = [Event(app_id, "track", "bought", f"{now}-{person}", "", "", now, now) for person in people]
    batch = Batch(events, people, [False] * len(people), now - START + 1)
    history.append(0, batch)
    live.fold(batch, {}, now)
    live.expire(now)


def flush(state: Engine, live: Live, tick: int, now: int) -> None:
    with writing(state) as connection:
        live.flush(connection, tick, now)


def rows(state: Engine, table: sa.Table) -> int:
    with reading(state) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


BOUGHT = {"kind": "behaviour", "event": "bought", "window": {"last": "30d"}}


def test_a_tick_writes_one_row_and_an_idle_one_none(state: Engine, history: History) -> None:
    segments = Segments(state)
    numbers = [segments.create(app_id, f"s{index}", BOUGHT, START).id for index in range(2) for app_id in (1, 2)]
    live = open_live(state, history, START)
    flush(state, live, 1, START)
    before = rows(state, store.MEMBERSHIP_CHANGES)
    buy(live, history, [1, 2, 3], START + 1)
    flush(state, live, 2, START + 1)
    assert rows(state, store.MEMBERSHIP_CHANGES) == before + 1
    live.expire(START + 2)
    flush(state, live, 3, START + 2)
    assert rows(state, store.MEMBERSHIP_CHANGES) == before + 1
    again = open_live(state, history, START + 2)
    assert [again.members(1, number) for number in numbers] == [[1, 2, 3], [], [1, 2, 3], []]
    assert not again.expire(START + 2)


def test_what_was_not_committed_comes_out_again(state: Engine, history: History) -> None:
    number = Segments(state).create(1, "Buyers", BOUGHT, START).id
    live = open_live(state, history, START)
    buy(live, history, [1], START + 1)
    flush(state, live, 1, START + 1)
    assert [each.person_id for each in live.expire(START + 31 * DAY)] == [1]
    live.drop()
    with pytest.raises(RuntimeError):
        live.expire(START + 31 * DAY)
    assert live.size(1, number) == 0  # reads go on from the old state
    with reading(state) as connection:
        live.load(connection, history, START + 31 * DAY)
    assert live.members(1, number) == [1]
    changes = live.expire(START + 31 * DAY)
    assert [(each.person_id, each.entered, each.occurred_at) for each in changes] == [(1, False, START + 1 + 30 * DAY)]


def test_a_new_segment_is_filled_in_silence_and_an_archived_one_is_gone(state: Engine, history: History) -> None:
    segments = Segments(state)
    first = segments.create(1, "Buyers", BOUGHT, START)
    live = open_live(state, history, START)
    buy(live, history, [1, 2], START + 1)
    flush(state, live, 1, START + 1)
    second = segments.create(1, "Fresh buyers", {**BOUGHT, "window": {"last": "1h"}}, START + 2)
    segments.archive(1, first.id, 1, START + 2)
    other = segments.create(9, "Elsewhere", {"not": BOUGHT}, START + 2)
    with writing(state) as connection:
        live.reload(connection, history, START + DAY)
    assert live.members(1, second.id) == []  # the hour was over before it was made: nobody ever left it
    assert not live.expire(START + DAY)
    assert live.memberships(1, 1) == []
    buy(live, history, [2], START + DAY + 1)
    flush(state, live, 2, START + DAY + 1)
    again = open_live(state, history, START + DAY + 1)
    assert again.memberships(1, 2) == [second.id]
    assert again.size(9, other.id) == 0
    assert not again.expire(START + DAY + 1)


@pytest.mark.parametrize("announce", [True, False])
def test_what_an_announced_edit_changes_is_told_also_by_a_start_but_once(state: Engine, history: History, announce: bool) -> None:
    segments = Segments(state)
    number = segments.create(1, "Buyers", {**BOUGHT, "value": 2}, START).id
    live = open_live(state, history, START)
    buy(live, history, [1, 2], START + 1)
    buy(live, history, [2], START + 2)
    flush(state, live, 1, START + 2)
    segments.update(1, number, 1, START + 3, rule=BOUGHT, announce=announce)
    for _ in range(2):  # the first was not committed
        live = open_live(state, history, START + 4)
        reported = [(each.person_id, each.entered, each.late) for each in live.expire(START + 4)]
        assert reported == ([(1, True, False)] if announce else [])
    flush(state, live, 2, START + 4)
    again = open_live(state, history, START + 5)
    assert (again.members(1, number), len(again.expire(START + 5))) == ([1, 2], 0)


def test_a_condition_that_looks_further_back_than_what_is_kept_reads_history(state: Engine, history: History) -> None:
    """Of the events that the first one keeps none had to be let go: that alone does not say that all are there."""
    segments = Segments(state)
    twice = {"kind": "behaviour", "event": "bought", "value": 2}
    near, far = ({**twice, "window": {"ago": [longer, "1h"]}} for longer in ("2d", "60d"))
    now = START + 50 * DAY
    live = open_live(state, history, START)
    for person, day in ((1, 10), (1, 20), (2, 49)):
        buy(live, history, [person], START + day * DAY)
    segments.create(1, "Two days", near, now)
    live = open_live(state, history, now)
    number = segments.create(1, "Sixty days", far, now).id
    with writing(state) as connection:
        live.reload(connection, history, now)
    assert live.members(1, number) == [1]
    buy(live, history, [1], now + 1)  # decided anew, by what is kept
    live.expire(now + DAY)
    assert live.members(1, number) == [1]
    live.expire(START + 80 * DAY - 1)
    assert live.members(1, number) == [1]
    live.expire(START + 80 * DAY)  # the second of the three is sixty days old
    assert live.members(1, number) == []


def test_late_events_change_membership_and_say_so(state: Engine, history: History) -> None:
    number = Segments(state).create(1, "Buyers", BOUGHT, START).id
    live = open_live(state, history, START)
    old = Event(1, "track", "bought", "old", "", "", START - DAY, START + 5)
    changes = live.fold(Batch([old], [4], [True], 1), {}, START + 5)
    assert [(each.segment_id, each.person_id, each.entered, each.occurred_at, each.late) for each in changes] == [
        (number, 4, True, START - DAY, True)
    ]
    fresh = Event(1, "track", "bought", "new", "", "", START + 6, START + 6)
    changes = live.fold(Batch([fresh, old], [5, 6], [False, True], 2), {}, START + 6)
    assert [(each.person_id, each.late) for each in changes] == [(6, True), (5, False)]


def test_one_is_left_out_by_a_stranger_rule_until_seen(state: Engine, history: History) -> None:
    number = Segments(state).create(1, "Never bought", {"not": {"kind": "behaviour", "event": "bought"}}, START).id
    live = open_live(state, history, START)
    viewed = Event(1, "track", "viewed", "v", "", "", START + 5, START + 5)
    changes = live.fold(Batch([viewed], [4], [False], 1), {(1, 8): {"plan": "pro"}}, START + 7)
    assert [(each.person_id, each.entered, each.occurred_at) for each in changes] == [(4, True, START + 5), (8, True, START + 7)]
    assert live.members(1, number) == [4, 8]
