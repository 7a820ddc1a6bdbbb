"""Segments over time, worked back from their size now."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relance.analytics.courses import Change, courses, read_changes
from relance.segments.model import CHANGES

ENTERED, LEFT, MERGED = CHANGES
SINCE, EVERY, INTERVALS = 1_000, 10, 5
UNTIL = SINCE + INTERVALS * EVERY


def test_sizes_are_worked_back_from_now() -> None:
    changes: list[Change] = [(7, ENTERED, 1_000, 5), (7, LEFT, 1_020, 2), (7, ENTERED, 1_060, 4), (7, ENTERED, 990, 1)]
    [row] = courses(changes, {7: "Buyers"}, {7: 8}, SINCE, UNTIL, EVERY)
    assert [(point.since, point.entered, point.left, point.size) for point in row.points] == [
        (1_000, 5, 0, 6),
        (1_010, 0, 0, 6),
        (1_020, 0, 2, 4),
        (1_030, 0, 0, 4),
        (1_040, 0, 0, 4),
    ]
    assert (row.size, row.entered, row.left) == (8, 10, 2)


def test_changes_of_unknown_segments_are_left_out_and_quiet_segments_are_shown() -> None:
    [row] = courses([(9, ENTERED, 1_000, 5)], {7: "Buyers"}, {}, SINCE, UNTIL, EVERY)
    assert (row.segment_id, row.size, row.entered) == (7, 0, 0)
    assert len(row.points) == INTERVALS


def test_rows_of_history_are_read_by_their_body() -> None:
    rows = [(ENTERED, '{"segment":7}', 2, 3), (LEFT, '{"segment":7}', -1, 1)]
    assert read_changes(rows, SINCE, EVERY) == [(7, ENTERED, 1_020, 3), (7, LEFT, 990, 1)]


@given(st.lists(st.tuples(st.sampled_from(list(CHANGES)), st.integers(-30, 90)), max_size=40))
def test_the_course_is_that_of_a_replay(happened: list[tuple[str, int]]) -> None:
    counted = Counter((name, SINCE + offset // EVERY * EVERY) for name, offset in happened)
    changes = [(7, name, start, count) for (name, start), count in counted.items()]
    size = sum(1 if name == ENTERED else -1 for name, _ in happened)
    [row] = courses(changes, {7: "Any"}, {7: size}, SINCE, UNTIL, EVERY)
    assert row.entered - row.left - row.merged == size
    assert row.merged == sum(name == MERGED for name, _ in happened)
    for number, point in enumerate(row.points):
        end = (number + 1) * EVERY
        assert point.size == sum(1 if name == ENTERED else -1 for name, offset in happened if offset < end)
        assert point.merged == sum(name == MERGED and end - EVERY <= offset < end for name, offset in happened)
