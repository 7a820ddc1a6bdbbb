"""A tally's answer, the instant at which time changes it, and what more events may do to it are the definition's."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.segments.definition.evaluate import Happening, holds
from relance.segments.live.bodies import Bodies
from relance.segments.live.identities import Identities
from relance.segments.live.rings import NEVER
from relance.segments.live.tallies import Tally, TallyLeaf
from relance.segments.live.work import Added
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.window import Rolling

HOUR = 3_600_000
NOW, LENGTH = 60 * HOUR, 48 * HOUR
ONE = np.array([5])
IDENTITIES = Identities(bytes(16))

told = st.tuples(st.integers(1, 60).map(lambda hours: hours * HOUR), st.sampled_from([1, 2, 3, "2", -1, None]))
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


def happenings(events: list[tuple[int, Any]]) -> list[Happening]:
    return sorted(
        (Happening("e", at, place, {"v": value}) for place, (at, value) in enumerate(events)), key=lambda each: each[1:3]
    )


def fold(tally: Tally, events: list[tuple[int, Any]]) -> Added:
    counted, values = tally.read(Bodies([to_json({"v": value}) for _, value in events], tally.names))
    instants = np.array([events[place][0] for place in counted.tolist()], np.int64)
    tally.add(np.full(counted.size, ONE[0]), instants, values, NOW)
    least = np.array([values.min(initial=0)])
    return Added(np.array([counted.size]), np.array([values.sum()]), least, np.array([NOW]), np.array([NOW]))


@settings(max_examples=400, deadline=None)
@given(condition=conditions, events=st.lists(told, max_size=25), more=st.lists(told, min_size=1, max_size=3))
def test_a_tally_knows_its_answer_and_what_may_change_it(condition: Behaviour, events: list[Any], more: list[Any]) -> None:
    tally = Tally(1, condition, LENGTH, IDENTITIES)
    leaf = TallyLeaf(2, condition, tally)
    fold(tally, events)
    _, instants, _ = leaf.update(ONE, np.array([NOW]))
    past = happenings(events)
    answer = holds(condition, past, NOW)
    assert leaf.answers.truth.one(5) is answer
    turns = [at + LENGTH for at, _ in events if at + LENGTH > NOW and holds(condition, past, at + LENGTH) is not answer]
    due = int(instants[0]) if instants.size else NEVER
    assert NOW < due <= min(turns, default=NEVER)
    added = fold(Tally(3, condition, LENGTH, IDENTITIES), more)
    if not leaf.may_flip(ONE, added, NOW)[0]:
        for count in range(len(more) + 1):
            so_far = [*events, *((NOW, value) for _, value in more[:count])]
            assert holds(condition, happenings(so_far), NOW) is answer
