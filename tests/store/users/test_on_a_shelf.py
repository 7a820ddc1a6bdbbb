"""People who are packed when they show activity, against people who are not: the same is written and derived."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.events.model import Event
from relance.infra.database import writing
from relance.users import people as people_module
from relance.users.vector_activity import live_in_cold_cache
from tests.store.users.ticks import Player, of_app, rows
from tests.unit.users.streams import ANONYMOUS, USERS, event

APPS = itertools.count(1_000)
AT_ONCE = 15  # so small a cache that whoever was met two ticks ago is on the shelf
FOLDED: list[int] = []  # how many events each call folded on a shelf
Tick = tuple[list[Event], bool, bool]

quiet = st.builds(
    event,
    st.sampled_from(["track", "track", "page", "screen", "group", "derived"]),
    st.sampled_from(["", *USERS]),
    st.sampled_from(["", *ANONYMOUS]),
    at=st.integers(0, 400),
    app_id=st.just(1),
).filter(lambda each: bool(each.user_id or each.anonymous_id))
telling = st.builds(
    event,
    st.sampled_from(["identify", "track"]),
    st.sampled_from(["", *USERS, "u4"]),
    st.sampled_from(ANONYMOUS),
    at=st.integers(0, 400),
    body=st.sampled_from([{}, {"plan": "pro"}]),
    context=st.sampled_from([{"sessionId": 7}, {"locale": "fr-FR"}, {"os": {"name": "iOS"}}]),
)
named = st.builds(event, st.sampled_from(["derived", "edit"]), at=st.integers(0, 400), person_id=st.integers(1, 5))
commands = st.builds(
    event, st.sampled_from(["merge", "delete"]), at=st.integers(0, 400), body=st.just({"from": 1, "into": 2, "person": 3})
)
pieces = st.lists(quiet | quiet | quiet | quiet | telling | named, max_size=12)
ticks = st.lists(st.tuples(pieces | pieces | commands.map(lambda each: [each]), st.booleans(), st.booleans()), max_size=12)
known = [event("identify", user, anonymous, at=1) for user, anonymous in zip(USERS, ANONYMOUS, strict=True)]
begun: list[Tick] = [(known, False, False)] + [([event("track", name, at=1)], False, False) for name in ("u8", "u9")]


@pytest.fixture(autouse=True, scope="module")
def counted() -> Iterator[None]:
    def count(
        working_set: object, events: Sequence[Event], then: object, late: object, asked: list[int], derived: object
    ) -> list[int]:
        left: list[int] = live_in_cold_cache(working_set, events, then, late, asked, derived)  # type: ignore[arg-type]
        FOLDED.append(len(asked) - len(left))
        return left

    with patch.object(people_module, "live_in_cold_cache", count):
        yield


def play(engine: Engine, stream: list[Tick], cache: int) -> tuple[int, Player]:
    app_id, player = next(APPS), Player(engine, cache=cache)
    for events, late, fails in [*begun, *stream]:
        player.tick(of_app(events, app_id), late=late, fails=fails)
    return app_id, player


def check(engine: Engine, stream: list[Tick]) -> None:
    (packed, one), (plain, other) = play(engine, stream, AT_ONCE), play(engine, stream, 50_000)
    assert rows(engine, packed) == rows(engine, plain)
    assert one.persons == other.persons
    assert [(e.person_id, e.occurred_at, e.key) for e in one.derived] == [
        (e.person_id, e.occurred_at, e.key) for e in other.derived
    ]
    assert [[(m.from_id, m.into_id, m.index) for m in each.merges] for each in one.resolutions] == [
        [(m.from_id, m.into_id, m.index) for m in each.merges] for each in other.resolutions
    ]


@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(stream=ticks)
@example(  # an anonymous person and a known one become one, in the middle of what is told of both
    stream=[
        ([event("track", "", "a9", at=2)], False, False),
        ([event("track", "u8", at=2)], False, False),
        ([event("track", "u9", at=2)], False, False),
        (
            [
                event("track", "", "a9", at=50),
                event("track", "u1", "", at=51),
                event("track", "u1", "a9", at=52),
                event("track", "", "a9", at=90),
                event("track", "u1", "a1", at=130),
            ],
            False,
            False,
        ),
    ]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whether_people_are_packed_makes_no_difference(state: Engine, stream: list[Tick]) -> None:
    check(state, stream)


@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(stream=ticks)
def test_nor_on_either_database(state: Engine, stream: list[Tick]) -> None:
    check(state, stream)


def test_activity_of_two_pieces_and_of_one_who_is_taken_off_the_shelf_is_all_written(state: Engine) -> None:
    """Two pieces before one flush fold the same person on the shelf, a third as a profile: the last word is written."""
    written = []
    for cache in (AT_ONCE, 50_000):
        app_id, player = play(state, [], cache)
        before = sum(FOLDED)
        with writing(state) as connection:
            player.people.begin(connection, 0)
            for events in (
                [event("track", "u1", "a1", at=100), event("track", "u2", at=100)],
                [event("track", "u1", "a1", at=110), event("track", "u2", at=140)],
                [event("track", "u1", "a1", at=120, context={"locale": "fr"})],
            ):
                mine = of_app(events, app_id)
                player.people.fold(mine, player.people.resolve(mine).persons, [False] * len(mine))
            player.people.flush()
        assert sum(FOLDED) - before == (4 if cache == AT_ONCE else 0)
        written.append(rows(state, app_id))
    assert written[0] == written[1]


def test_much_of_one_person_is_folded_as_a_profile(state: Engine) -> None:
    events = [event("track", "u1", at=100 + number) for number in range(40)] + [event("track", "u2", at=100)]
    FOLDED.clear()
    check(state, [(events, False, False)])
    assert FOLDED == [1]
