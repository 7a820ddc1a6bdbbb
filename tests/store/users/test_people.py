"""``People`` against the oracle, on both databases, however the log is cut into ticks."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.infra.database import writing
from relance.users.service import Directory, People
from tests.store.users.ticks import Player, of_app, rows
from tests.unit.users.oracle import Oracle
from tests.unit.users.streams import event, streams

APPS = itertools.count(1)
shared = settings(deadline=None, suppress_health_check=list(HealthCheck))
many = settings(shared, max_examples=150)
few = settings(shared, max_examples=25)
cuts = st.lists(st.tuples(st.integers(1, 7), st.booleans()), min_size=1, max_size=40)


def play(engine: Engine, stream: Sequence[Event], parts: Sequence[tuple[int, bool]], cache: int) -> tuple[int, Player]:
    """Play the stream in an app of its own; each part is a tick's length and whether its first commit fails."""
    app_id, player = next(APPS), Player(engine, cache=cache)
    waiting = of_app(stream, app_id)
    for size, fails in itertools.cycle(parts):
        if not waiting:
            return app_id, player
        player.tick(waiting[:size], fails=fails)
        waiting = waiting[size:]
    raise AssertionError("parts never end")


def check_cut(engine: Engine, stream: Sequence[Event], parts: Sequence[tuple[int, bool]]) -> None:
    oracle = Oracle()
    oracle.feed(stream)
    whole, at_once = play(engine, stream, [(len(stream) + 1, False)], 50_000)
    cut, in_parts = play(engine, stream, parts, 4)
    warm, remembered = play(engine, stream, parts, 50_000)
    packed, cached = play(engine, stream, parts, 48)  # three people a generation, the others on the shelf
    assert rows(engine, cut) == rows(engine, whole) == rows(engine, warm) == rows(engine, packed)
    players = (at_once, in_parts, remembered, cached)
    sessions = [[(each.person_id, each.occurred_at, each.key) for each in player.derived] for player in players]
    assert sessions[0] == sessions[1] == sessions[2] == sessions[3]
    for app_id, player in zip((whole, cut, warm, packed), players, strict=True):
        roots = {person: oracle.root(person) for person in range(1, len(oracle.people) + 1)}
        assert [roots.get(person, 0) for person in player.persons] == oracle.owners()
        expected = {(kind, value, one.id) for one in oracle.people if one.state == "alive" for kind, value in one.ids}
        assert {row for row in rows(engine, app_id)["aliases"] if row[0] != "email"} == expected


@many
@given(stream=streams, parts=cuts)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_any_cut_into_ticks_ends_the_same_as_the_oracle(
    state: Engine, stream: list[Event], parts: list[tuple[int, bool]]
) -> None:
    check_cut(state, stream, parts)


@few
@given(stream=streams, parts=cuts)
def test_both_databases_end_the_same_as_the_oracle(state: Engine, stream: list[Event], parts: list[tuple[int, bool]]) -> None:
    check_cut(state, stream, parts)


def test_whoever_is_known_is_looked_up_again_after_a_merge_in_the_same_tick(state: Engine) -> None:
    first = [event("track", "", "a1", at=1), event("identify", "u2", "a2", at=2)]
    second = [event("track", "", "a1", at=3), event("track", "u2", "a1", at=4), event("track", "", "a1", at=5)]
    app_id, player = play(state, first + second, [(2, False), (3, False)], 50_000)
    assert player.resolutions[0].persons == [1, 2]
    assert player.resolutions[1].persons == [2, 2, 2]
    assert [(merge.from_id, merge.into_id, merge.index) for merge in player.resolutions[1].merges] == [(1, 2, 1)]
    (person,) = rows(state, app_id)["users"]
    assert person[0] == 2
    assert {first[0].occurred_at, second[-1].occurred_at} <= set(person)  # seen first as the one, last as the other


@few
@given(order=st.permutations([(1, 2), (3, 2), (4, 5), (5, 2)]))
def test_merges_that_do_not_conflict_commute(state: Engine, order: list[tuple[int, int]]) -> None:
    start = [
        event(
            "identify", f"u{number}", f"a{number}", at=number, body={f"t{number}": number, "consent": {"email": number % 2 == 0}}
        )
        for number in range(1, 6)
    ]
    merges = [event("merge", at=9, body={"from": loser, "into": winner}) for loser, winner in order]
    usual = [event("merge", at=9, body={"from": loser, "into": winner}) for loser, winner in [(1, 2), (3, 2), (5, 2), (4, 5)]]
    found, expected = (rows(state, play(state, [*start, *each], [(3, False)], 4)[0]) for each in (merges, usual))
    for table in ("aliases", "traits", "consents", "subscriptions"):
        assert found[table] == expected[table]
    (person,), (same,) = found["users"], expected["users"]
    assert person[:2] == same[:2] == (2, "u2")


def test_two_connections_that_create_people_take_turns(state: Engine) -> None:
    """The second reads the counter and the aliases as the first left them, and gives no id twice."""
    first, second = People(), People()
    for number, people in enumerate((first, second)):  # both have the app in memory, the first one out of date
        with writing(state) as connection:
            people.begin(connection, 0)
            fold_all(people, [event("identify", f"warm{number}")])
            people.flush()
    done: list[int] = []

    def other() -> None:
        with writing(state) as connection:
            second.begin(connection, 0)
            done.extend(fold_all(second, [event("identify", "same"), event("identify", "hers")]))
            second.flush()

    with writing(state) as connection:
        first.begin(connection, 0)
        mine = fold_all(first, [event("identify", "same"), event("identify", "his")])
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.3)
        assert not done
        first.flush()
    thread.join(120)
    assert mine == [3, 4]
    assert done == [3, 5]
    assert Directory(state).count(1) == 5


def fold_all(people: People, events: list[Event]) -> list[int]:
    persons = people.resolve(events).persons
    people.fold(events, persons, [False] * len(events))
    return persons
