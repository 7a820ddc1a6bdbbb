"""The seen ids say of each event what a plain dict would, whatever happens to the process in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection, Engine

from relance.core.ids import hash64
from relance.core.time import DAY
from relance.events import seen as seen_module
from relance.events.model import Event
from relance.events.seen import KEPT_DAYS, Seen, message_hashes
from relance.events.store import SEEN
from relance.infra.database import STATE, open_engine, reading, writing
from tests.store.events.builders import make_event

START = 20_000 * DAY


class Model:
    """The same in the plainest way: what makes a repeat → (day it was admitted, content)."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str, str, str, str], tuple[int, bytes]] = {}
        self.reused: list[int] = []

    def admit(self, events: Sequence[Event], now: int) -> list[int]:
        verdicts = []
        self.reused = []
        oldest = now // DAY - KEPT_DAYS
        ids = Counter((each.app_id, each.message_id) for each in {_key(each): each for each in events}.values())
        before = {key[:2] for key, (day, _) in self.known.items() if day >= oldest}
        for index, event in enumerate(events):
            key = _key(event)
            day, body = self.known.get(key, (-1, b""))
            if day < oldest:
                if key[:2] in before or ids[key[:2]] > 1:
                    self.reused.append(index)
                self.known[key] = (now // DAY, event.body)
                verdicts.append(0)
            else:
                verdicts.append(1 if body == event.body else 2)
        return verdicts


def _key(event: Event) -> tuple[int, str, str, str, str]:
    return event.app_id, event.message_id, event.name, event.user_id, event.anonymous_id


def rows(connection: Connection) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(SEEN)).scalar() or 0)


def loaded(engine: Engine, now: int = START) -> Seen:
    seen = Seen(0)
    with reading(engine) as connection:
        seen.load(connection, now)
    return seen


EVENTS = st.lists(
    st.builds(
        lambda number, app_id, body, name, user, device: make_event(
            number, app_id=app_id, body=body, name=name, user_id=user, anonymous_id=device
        ),
        st.integers(0, 12),
        st.integers(1, 2),
        st.sampled_from([b"{}", b'{"a":1}']),
        st.sampled_from(["Paid", "Paid", "Seen"]),
        st.sampled_from(["u1", "u1", "u2", ""]),
        st.sampled_from(["", "", "a1"]),
    ),
    max_size=12,
)
TICKS = st.lists(
    st.tuples(EVENTS, st.sampled_from([0, 0, 1, DAY // 2, 3 * DAY]), st.sampled_from(["commit", "fail", "restart"])), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(ticks=TICKS)
def test_verdicts_are_those_of_a_dict_through_failures_restarts_and_compaction(
    tmp_path_factory: pytest.TempPathFactory, ticks: list[tuple[list[Event], int, str]]
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('seen')}/state.db")
    STATE.create_all(engine, tables=[SEEN])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen_module, "SMALL_ROWS", 3)
        patch.setattr(seen_module, "SMALL_ROW", 8)
        model, seen, now = Model(), loaded(engine), START
        for tick, (events, step, fate) in enumerate(ticks, 1):
            now += step
            committed = dict(model.known)
            half = len(events) // 2
            with engine.connect().execution_options(relance_writes=True) as connection, connection.begin() as transaction:
                reported = []
                for some in (events[:half], events[half:]):
                    assert seen.admit(some, now) == model.admit(some, now)
                    reported.append((seen.reused, model.reused))
                assert [found for found, _ in reported] == [expected for _, expected in reported]
                seen.flush(connection, tick, now)
                if fate == "fail":
                    transaction.rollback()
            if fate == "fail":
                model.known = committed
                seen.drop()
            elif fate == "restart":
                seen = Seen(0)
            if fate != "commit":
                with reading(engine) as connection:
                    seen.load(connection, now)
    engine.dispose()


def test_a_committed_id_is_a_duplicate_after_a_restart(state: Engine) -> None:
    seen = loaded(state)
    with writing(state) as connection:
        assert seen.admit([make_event(n) for n in range(5)], START) == [0] * 5
        seen.flush(connection, 1, START)
    again = loaded(state)
    assert again.admit([make_event(4), make_event(3, body=b"other"), make_event(9), make_event(9)], START) == [1, 2, 0, 1]
    assert len(again) == 6


def test_an_id_is_known_for_seven_days_and_then_its_row_goes(state: Engine) -> None:
    seen = loaded(state)
    with writing(state) as connection:
        seen.admit([make_event(1)], START + 5)
        seen.flush(connection, 1, START + 5)
    later = START + 7 * DAY + 5
    assert loaded(state, later).admit([make_event(1)], later) == [1]
    assert seen.admit([make_event(1)], later) == [1]
    much_later = START + 8 * DAY
    assert loaded(state, much_later).admit([make_event(1)], much_later) == [0]
    with writing(state) as connection:
        assert seen.admit([make_event(1)], much_later) == [0]
        seen.flush(connection, 2, much_later)
        assert rows(connection) == 1


def test_many_small_ticks_become_one_row(state: Engine) -> None:
    seen = loaded(state)
    with writing(state) as connection:
        for tick in range(1, 301):
            seen.admit([make_event(tick)], START)
            seen.flush(connection, tick, START)
        assert rows(connection) < 2 * seen_module.SMALL_ROWS
    assert loaded(state).admit([make_event(n) for n in range(1, 302)], START) == [1] * 300 + [0]


def test_nothing_is_admitted_before_loading() -> None:
    with pytest.raises(RuntimeError):
        Seen(0).admit([make_event(1)], START)


def test_a_tick_without_new_ids_writes_nothing(state: Engine) -> None:
    seen = loaded(state)
    with writing(state) as connection:
        assert seen.admit([], START) == []
        seen.flush(connection, 1, START)
        assert rows(connection) == 0


def test_the_hash_is_the_one_other_packages_compute() -> None:
    events = [make_event(1), make_event(2, app_id=7)]
    assert message_hashes(events).tolist() == [hash64(1, "m1"), hash64(7, "m2")]


def test_nobody_who_guesses_an_id_makes_an_event_of_somebody_else_a_repeat(state: Engine) -> None:
    seen = loaded(state)
    real = make_event(7, name="Order Completed", user_id="ada")
    forged = [
        make_event(7, name="Order Completed", user_id="mallory"),
        make_event(7, name="Seen", user_id="ada"),
        make_event(7, name="Order Completed", user_id="ada", anonymous_id="a1"),
    ]
    with writing(state) as connection:
        assert seen.admit(forged, START) == [0, 0, 0]
        seen.flush(connection, 1, START)
    again = loaded(state)
    assert (again.admit([real], START), again.reused) == ([0], [0])
    assert (again.admit([real, *forged], START), again.reused) == ([1, 1, 1, 1], [])
