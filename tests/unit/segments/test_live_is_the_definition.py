"""Live membership and the definition agree on random rules and streams, at every instant and to the millisecond."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.core.time import DAY, HOUR, from_iso, to_iso
from relance.events.service import NO_COLUMNS
from relance.infra.database import STATE
from relance.segments import store
from relance.segments.live.engine import Live
from relance.segments.rule.tree import Rule, parse_rule
from tests.unit.segments import every_kind
from tests.unit.segments.stories import APP, START, Edit, Forget, Happen, Merge, Model, Tick, people, rules, stories

pytestmark = pytest.mark.slow


class NoPast:
    """A history in which nothing happened."""

    columns = NO_COLUMNS

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return [(None,)] if "max" in select.selected_columns.keys()[0] else []

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        return [np.empty(0, np.int64) for _ in select.selected_columns]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        STATE.create_all(connection, store.TABLES)
    yield engine
    engine.dispose()


def start(engine: Engine, chosen: list[Rule], now: int = START) -> Model:
    with engine.begin() as connection:
        connection.execute(sa.delete(store.SEGMENT_VERSIONS))
        connection.execute(sa.delete(store.SEGMENTS))
        numbered = {store.insert_segment(connection, APP, f"s{i}", rule, START, "t").id: rule for i, rule in enumerate(chosen)}
    live = Live(0, lambda *_: [])
    with engine.begin() as connection:
        live.load(connection, NoPast(), now)
    return Model(live, numbered, now)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(rules, min_size=1, max_size=3), story=stories)
def test_members_and_instants_are_those_of_the_definition(engine: Engine, chosen: list[Rule], story: list[Any]) -> None:
    model = start(engine, chosen)
    for step in [*story, Tick(0), Tick(70_000)]:
        model.step(step)


happenings = every_kind.drawn_events(people).map(lambda reported: Happen(*reported))
passing = st.builds(Tick, every_kind.gaps)
rarely = st.one_of(
    st.builds(Edit, people, every_kind.known),
    st.builds(Edit, people, every_kind.known),
    st.builds(Merge, people, people),
    st.builds(Forget, people),
)
# ``one_of`` gives equal chances to its branches, however often one is named; whoever was merged or forgotten does nothing more.
every_step = st.sampled_from(range(20)).flatmap(lambda place: rarely if place == 0 else passing if place < 6 else happenings)
MONTHS = (40 * DAY, 62 * DAY, 300 * DAY)  # the ends of all calendar windows lie in one of these


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    chosen=st.lists(every_kind.rules, min_size=3, max_size=6),
    now=every_kind.starts,
    story=st.lists(every_step, min_size=25, max_size=40),
)
def test_every_kind_of_condition_is_live(engine: Engine, chosen: list[Rule], now: int, story: list[Any]) -> None:
    model = start(engine, chosen, now)
    for step in [*story, Tick(0), *map(Tick, MONTHS)]:
        model.step(step)


def changes_of(engine: Engine, rule: Any, now: str, story: list[Any], days: int) -> list[tuple[int, bool, str]]:
    """What became of a rule's segment: (person, entered, instant), from the story's end on for so many days."""
    model = start(engine, [parse_rule(rule)], from_iso(now))
    for step in [*story, Tick(0)]:
        model.step(step)
    found = model.live.expire(model.now + days * DAY)
    return [(each.person_id, each.entered, to_iso(each.occurred_at)) for each in found]


def test_days_end_with_the_clocks_of_their_zone(engine: Engine) -> None:
    rule = {"kind": "behaviour", "event": "viewed", "window": {"calendar": "today", "zone": "Europe/Paris"}}
    short_day = changes_of(engine, rule, "2024-03-31T00:30:00Z", [Happen(1, "viewed", 0, 0, {})], 2)
    assert short_day == [(1, False, "2024-03-31T22:00:00.000Z")]  # 23 hours after it began
    long_day = changes_of(engine, rule, "2026-10-25T00:30:00Z", [Happen(1, "viewed", 0, 0, {})], 2)
    assert long_day == [(1, False, "2026-10-25T23:00:00.000Z")]


def test_a_leap_day_is_part_of_its_month(engine: Engine) -> None:
    rule = {"kind": "behaviour", "event": "viewed", "window": {"calendar": "last_month", "zone": "UTC"}}
    story = [Happen(1, "viewed", 0, 0, {})]
    expected = [(1, True, "2024-03-01T00:00:00.000Z"), (1, False, "2024-04-01T00:00:00.000Z")]
    assert changes_of(engine, rule, "2024-02-29T23:59:59.999Z", story, 40) == expected


def test_a_day_is_that_of_the_persons_own_zone_and_moves_with_it(engine: Engine) -> None:
    rule = {"kind": "behaviour", "event": "viewed", "window": {"calendar": "today", "zone": "person:Europe/Paris"}}
    east, west = ({"$person": {"time_zone": zone}} for zone in ("Asia/Tokyo", "America/New_York"))
    story = [Edit(1, east), Edit(2, west), *(Happen(person, "viewed", 0, 0, {}) for person in (1, 2, 3)), Tick(0)]
    ends = [
        (1, False, "2024-03-31T15:00:00.000Z"),
        (3, False, "2024-03-31T22:00:00.000Z"),
        (2, False, "2024-04-01T04:00:00.000Z"),
    ]
    assert changes_of(engine, rule, "2024-03-31T12:00:00Z", list(story), 2) == ends
    moved = [*story, Edit(1, west), Tick(HOUR)]
    assert changes_of(engine, rule, "2024-03-31T12:00:00Z", moved, 2) == [ends[1], (1, *ends[2][1:]), ends[2]]
    gone = [*story, Tick(4 * HOUR), Edit(1, west), Tick(0)]
    assert changes_of(engine, rule, "2024-03-31T12:00:00Z", gone, 2) == [ends[1], (1, *ends[2][1:]), ends[2]]


def test_the_first_time_this_month_ends_with_the_month_and_an_earlier_one_told_late_ends_it(engine: Engine) -> None:
    rule = {"kind": "lifecycle", "stage": "first", "event": "bought", "window": {"calendar": "this_month", "zone": "person"}}
    east, west = ({"$person": {"time_zone": zone}} for zone in ("Asia/Tokyo", "America/New_York"))
    bought = [Happen(person, "bought", 0, 0, {}) for person in (1, 2, 3, 1)]
    story = [Edit(1, east), Edit(2, west), *bought, Tick(0), Happen(3, "bought", HOUR, 15 * DAY, {}), Tick(0)]
    # The third had bought in February.
    assert changes_of(engine, rule, "2024-03-10T12:00:00Z", story, 40) == [
        (1, False, "2024-03-31T15:00:00.000Z"),
        (2, False, "2024-04-01T04:00:00.000Z"),
    ]


def test_who_stopped_this_month_did_it_in_the_one_before(engine: Engine) -> None:
    rule = {
        "kind": "lifecycle",
        "stage": "stopped",
        "event": "bought",
        "window": {"calendar": "this_month", "zone": "Europe/Paris"},
    }
    expected = [(1, True, "2024-03-31T22:00:00.000Z"), (1, False, "2024-04-30T22:00:00.000Z")]
    assert changes_of(engine, rule, "2024-03-10T12:00:00Z", [Happen(1, "bought", 0, 0, {})], 60) == expected


def test_who_resumed_this_month_did_it_before_the_last_one(engine: Engine) -> None:
    rule = {"kind": "lifecycle", "stage": "resumed", "event": "bought", "window": {"calendar": "this_month", "zone": "UTC"}}
    story = [Happen(1, "bought", 0, 0, {}), Tick(25 * DAY), Happen(1, "bought", DAY, 0, {}), Tick(0)]
    assert changes_of(engine, rule, "2024-03-10T12:00:00Z", story, 60) == []
    story += [Tick(60 * DAY), Happen(1, "bought", 0, 0, {}), Tick(0)]
    assert changes_of(engine, rule, "2024-03-10T12:00:00Z", story, 60) == [(1, False, "2024-07-01T00:00:00.000Z")]


def test_a_merge_brings_the_earlier_first_event_along(engine: Engine) -> None:
    rule = {"kind": "behaviour", "event": "bought", "window": {"after_first": "1h"}}
    model = start(engine, [parse_rule(rule)])
    (segment,) = model.rules
    before: list[Any] = [Happen(1, "viewed", 0, 0, {}), Happen(2, "bought", HOUR, 0, {}), Tick(0)]
    after: list[Any] = [Merge(1, 2), Tick(0)]
    for step in before:
        model.step(step)
    assert model.live.members(APP, segment) == [2]
    for step in after:
        model.step(step)
    assert model.live.members(APP, segment) == []


def test_a_first_event_that_is_told_late_moves_the_window_that_hangs_on_it(engine: Engine) -> None:
    model = start(engine, [parse_rule({"kind": "behaviour", "event": "bought", "window": {"after_first": "1h"}})])
    (segment,) = model.rules
    for step in (Happen(1, "bought", 2 * HOUR, 0, {}), Tick(0)):
        model.step(step)
    assert model.live.members(APP, segment) == [1]
    for step in (Happen(1, "viewed", 0, HOUR, {}), Tick(0)):  # the hour from then on ends as it was bought
        model.step(step)
    assert model.live.members(APP, segment) == []


def test_a_moment_that_moves_with_now_passes_a_trait(engine: Engine) -> None:
    rule = {"kind": "trait", "name": "renews", "is": "before", "value": {"in": "7d"}}
    story = [Edit(1, {"renews": "2024-03-10"})]
    assert changes_of(engine, rule, "2024-03-01T00:00:00Z", story, 9) == [(1, True, "2024-03-03T00:00:00.001Z")]


def bare(data: dict[str, Any]) -> dict[str, Any]:
    """The condition without its tests of properties: these are the same for all kinds, and leave few events over."""
    steps: dict[str, Any] = {name: {**data[name], "where": []} for name in ("first", "then") if name in data}
    is_list_tested = data["kind"] == "trait"  # ``where`` is what the condition asks
    return {**data, **steps, **({"where": []} if "where" in data and not is_list_tested else {})}


_after_first = every_kind.lengths.map(lambda text: {"after_first": text})
FOCUS = {
    "sum": every_kind.behaviours(("sum", "average")),
    "extremes": every_kind.behaviours(("min", "max")),
    "distinct": every_kind.behaviours(("distinct", "days")),
    "moments": every_kind.behaviours(("first", "last")),
    "count": every_kind.behaviours(("count",)),
    "after_first": st.builds(lambda data, window: {**data, "window": window}, every_kind.behaviours(), _after_first),
    "sequence": every_kind.sequences(),
    "rhythm": every_kind.rhythms(),
    "lifecycle": every_kind.lifecycles(),
    "own zone lifecycle": every_kind.lifecycles_in_own_zones(),
    "unopened": every_kind.unopened(),
    "person": every_kind.facts(),
    "country": every_kind.countries(),
    "subscription": every_kind.subscriptions(),
    "consent": every_kind.consents(),
    "place": every_kind.places(),
    "entered": every_kind.entries(),
    "own zone": every_kind.in_own_zones(),
    "trait": every_kind.predicates("name").map(lambda data: {"kind": "trait", **data}),
}
_pair = st.sampled_from([1, 2, 3])
_often = every_kind.drawn_events(_pair).map(lambda reported: Happen(*reported))
_seldom = st.one_of(st.builds(Merge, _pair, _pair), st.builds(Edit, _pair, every_kind.known))
focused_step = st.sampled_from(range(30)).flatmap(lambda place: _seldom if place == 0 else passing if place < 8 else _often)


@pytest.mark.parametrize("kind", FOCUS)
def test_each_kind_by_itself(engine: Engine, kind: str) -> None:
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        chosen=st.lists(FOCUS[kind].map(bare).map(every_kind.read), min_size=3, max_size=6),
        now=every_kind.starts,
        story=st.lists(focused_step, min_size=30, max_size=45),
        reported=st.lists(every_kind.known, min_size=3, max_size=3),
    )
    def check(chosen: list[Rule], now: int, story: list[Any], reported: list[dict[str, Any]]) -> None:
        model = start(engine, chosen, now)
        met = [Edit(person, traits) for person, traits in enumerate(reported, 1)]
        for step in [*met, *story, Tick(0), *map(Tick, MONTHS)]:
            model.step(step)

    check()
