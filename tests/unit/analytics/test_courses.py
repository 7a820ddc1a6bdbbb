"""Segments over time, worked back from their size now."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relance.analytics.courses import Change, courses, read_changes
from relance.analytics.model import Edited
from relance.segments.model import CHANGES, RuleActivation

ENTERED, LEFT, MERGED = CHANGES
SINCE, EVERY, INTERVALS = 1_000, 10, 5
UNTIL = SINCE + INTERVALS * EVERY


def test_sizes_are_worked_back_from_now() -> None:
    changes: list[Change] = [(7, ENTERED, 1_000, 5), (7, LEFT, 1_020, 2), (7, ENTERED, 1_060, 4), (7, ENTERED, 990, 1)]
    [row] = courses(changes, [], {7: "Buyers"}, {7: 8}, SINCE, UNTIL, EVERY)
    assert [(point.since, point.entered, point.left, point.size) for point in row.points] == [
        (1_000, 5, 0, 6),
        (1_010, 0, 0, 6),
        (1_020, 0, 2, 4),
        (1_030, 0, 0, 4),
        (1_040, 0, 0, 4),
    ]
    assert (row.size, row.entered, row.left) == (8, 10, 2)


def test_changes_of_unknown_segments_are_left_out_and_quiet_segments_are_shown() -> None:
    [row] = courses([(9, ENTERED, 1_000, 5)], [], {7: "Buyers"}, {}, SINCE, UNTIL, EVERY)
    assert (row.segment_id, row.size, row.entered) == (7, 0, 0)
    assert len(row.points) == INTERVALS


def test_rows_of_history_are_read_by_their_body() -> None:
    rows = [(ENTERED, '{"segment":7}', 2, 3), (LEFT, '{"segment":7}', -1, 1)]
    assert read_changes(rows, SINCE, EVERY) == [(7, ENTERED, 1_020, 3), (7, LEFT, 990, 1)]


def test_a_segment_made_in_between_had_nobody_before() -> None:
    activations = [
        RuleActivation(7, 1_015, 30, 0),
        RuleActivation(7, 1_016, 20, 0),
        RuleActivation(7, 1_030, 5, 12),
        RuleActivation(9, 1_000, 5, 0),
    ]
    [row] = courses([(7, ENTERED, 1_020, 2)], activations, {7: "Buyers"}, {7: 45}, SINCE, UNTIL, EVERY)
    assert [point.size for point in row.points] == [0, 50, 52, 45, 45]
    assert [point.edited for point in row.points] == [None, Edited(50, 0), None, Edited(5, 12), None]
    assert ([point.entered for point in row.points], row.entered, row.left) == ([0, 0, 2, 0, 0], 2, 0)
    assert row.edited == Edited(55, 12)


def test_members_who_were_deleted_leave_no_size_below_nobody() -> None:
    [row] = courses([], [RuleActivation(7, 1_015, 50, 0)], {7: "Buyers"}, {7: 49}, SINCE, UNTIL, EVERY)
    assert [point.size for point in row.points] == [0, 49, 49, 49, 49]


HAPPENS = st.sampled_from([*CHANGES, "came", "went"])


@given(st.lists(st.tuples(HAPPENS, st.integers(-30, 90)), max_size=40))
def test_the_course_is_that_of_a_replay(happened: list[tuple[str, int]]) -> None:
    grows = [(1 if name in (ENTERED, "came") else -1, offset) for name, offset in happened]
    counted = Counter((name, SINCE + offset // EVERY * EVERY) for name, offset in happened if name in CHANGES)
    changes = [(7, name, start, count) for (name, start), count in counted.items()]
    activations = [
        RuleActivation(7, SINCE + at, int(name == "came"), int(name == "went")) for name, at in happened if name not in CHANGES
    ]
    size = sum(growth for growth, _ in grows)
    [row] = courses(changes, activations, {7: "Any"}, {7: size}, SINCE, UNTIL, EVERY)
    assert row.entered - row.left - row.merged + row.edited.entered - row.edited.left == size
    assert row.merged == sum(name == MERGED for name, _ in happened)
    for number, point in enumerate(row.points):
        end = (number + 1) * EVERY
        within = Counter(name for name, offset in happened if end - EVERY <= offset < end)
        assert point.size == max(0, sum(growth for growth, offset in grows if offset < end))
        assert (point.entered, point.left, point.merged) == (within[ENTERED], within[LEFT], within[MERGED])
        moved = Edited(within["came"], within["went"])
        assert point.edited == (moved if moved != Edited(0, 0) else None)
