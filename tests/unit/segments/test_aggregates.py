"""A tally's answer and the instant at which time changes it are the definition's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.segments.definition.evaluate import RuleEvent, holds
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.property_columns import Bodies
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.kernel.window_scan import value_aggregate
from relance.segments.live.sources.aggregates import AggregateSource
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.window import Rolling
from tests.unit.segments.asking import PERSON, answer_and_due, leaf_of

HOUR = 3_600_000
NOW, LENGTH = 60 * HOUR, 48 * HOUR
IDENTITIES = Identities(bytes(16))

# Many lie where the window begins, and beside it.
hours = st.one_of(st.integers(1, 60), st.sampled_from([11, 12, 12, 12, 13]))
drawn_values = st.tuples(hours.map(lambda hours: hours * HOUR), st.sampled_from([1, 2, 3, "2", -1, None]))
conditions = st.builds(
    lambda aggregate, compare, value: Behaviour(
        "e",
        aggregate=aggregate,
        compare=compare,
        value=(value, value + 1) if compare == "between" else max(1, value),
        property_=None if aggregate == "days" else "v",
        zone="Asia/Kathmandu" if aggregate == "days" else None,
        window=Rolling("2d"),
    ),
    st.sampled_from(["sum", "average", "min", "max", "distinct", "days"]),
    st.sampled_from([">=", ">", "=", "<=", "<", "between"]),
    st.integers(0, 4),
)


def happenings(events: list[tuple[int, Any]]) -> list[RuleEvent]:
    return sorted(
        (RuleEvent("e", at, place, {"v": value}) for place, (at, value) in enumerate(events)), key=lambda each: each[1:3]
    )


def fold(tally: AggregateSource, events: list[tuple[int, Any]]) -> None:
    instants = np.array([at for at, _ in events], np.int64)
    bodies = Bodies([to_json({"v": value}) for _, value in events], tally.names("e"))
    counted, values, marks = tally.pick("e", bodies, instants, np.arange(instants.size))
    tally.add(np.full(counted.size, PERSON), instants[counted], values, marks, NOW)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(condition=conditions, ticks=st.lists(st.lists(drawn_values, max_size=40), max_size=3))
def test_a_tally_knows_its_answer_and_when_time_changes_it(condition: Behaviour, ticks: list[list[tuple[int, Any]]]) -> None:
    tally = AggregateSource(1, condition, LENGTH, IDENTITIES)
    leaf = leaf_of(value_aggregate(condition), tally)
    for events in ticks:
        fold(tally, events)
    drawn_values = [event for events in ticks for event in events]
    past = happenings(drawn_values)
    answer, due = answer_and_due(leaf, NOW)
    assert answer is holds(condition, past, NOW)
    turns = [at + LENGTH for at, _ in drawn_values if at + LENGTH > NOW and holds(condition, past, at + LENGTH) is not answer]
    assert NOW < due <= min(turns, default=NEVER)


def test_a_window_begins_after_its_first_instant() -> None:
    condition = Behaviour("e", aggregate="sum", value=3, property_="v", window=Rolling("2d"))
    tally = AggregateSource(1, condition, LENGTH, IDENTITIES)
    leaf = leaf_of(value_aggregate(condition), tally)
    fold(tally, [(NOW - LENGTH + 1, 2), (NOW, 1)])
    assert answer_and_due(leaf, NOW) == (True, NOW + 1)
    assert answer_and_due(leaf, NOW + 1)[0] is False
