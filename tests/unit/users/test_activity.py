"""Activity in columns against activity of one person after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relance.core.time import MINUTE
from relance.users.activity import NUMBERS, Activity, apply_activity
from relance.users.profile import Profile, new_profile
from relance.users.sessions import SILENCE, observe
from tests.unit.users.streams import START

PEOPLE = 3
steps = st.integers(0, 12).map(lambda step: step * 10 * MINUTE) | st.sampled_from([SILENCE - 1, SILENCE, SILENCE + 1])
instants = steps.map(lambda step: START + step)
before = st.tuples(instants, steps, st.sampled_from(["", "sdk"]), st.booleans())
happened = st.lists(st.tuples(st.integers(0, PEOPLE - 1), instants, st.booleans(), st.booleans()), max_size=25)


def profile_of(number: int, first: int, length: int, key: str, met: bool) -> Profile:
    made = new_profile(number, None, first, first)
    made.last_seen = first + length
    if met:
        made.session_at, made.active_at, made.session_key, made.session_count, made.session_ms = first, first + length, key, 2, 5
    return made


@settings(deadline=None, max_examples=300)
@given(people=st.lists(before, min_size=PEOPLE, max_size=PEOPLE), events=happened)
@example(
    people=[(START, 0, "", False)] * PEOPLE,
    events=[(0, START, True, True), (0, START + SILENCE - 1, True, True), (0, START + 2 * SILENCE - 1, True, True)],
)
def test_it_is_as_if_each_event_were_observed(
    people: list[tuple[int, int, str, bool]], events: list[tuple[int, int, bool, bool]]
) -> None:
    profiles = [profile_of(number, *each) for number, each in enumerate(people)]
    numbers = [np.array([getattr(each, name) for each in profiles], dtype=np.int64) for name in ("id", *NUMBERS)]
    kept = Activity._make((*numbers, np.array([each.session_key for each in profiles], dtype=object)))
    columns = np.array(events, dtype=np.int64).reshape(-1, 4).T
    visits, counted = columns[2].astype(np.bool_), columns[3].astype(np.bool_)
    started = apply_activity(kept, columns[0], columns[1], visits, counted & visits)
    expected = []
    for index, (person, instant, visits_then, counts) in enumerate(events):
        profile = profiles[person]
        profile.first_seen = min(profile.first_seen, instant)
        if visits_then:
            profile.last_seen = max(profile.last_seen, instant)
        if visits_then and counts and observe(1, profile, instant, "") is not None:
            expected.append(index)
    assert started.tolist() == expected
    for name, column in zip(Activity._fields[1:], kept[1:], strict=True):
        assert column.tolist() == [getattr(each, name) for each in profiles], name
