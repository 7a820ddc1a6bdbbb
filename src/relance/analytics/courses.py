"""How segments grew and shrank, from the events of entering and leaving. Pure but for the queries it builds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from relance.analytics.model import SegmentPoint, SegmentRow
from relance.core.encoding import from_json
from relance.events.model import Name
from relance.events.service import EVENTS

MOST_POINTS = 500

Change = tuple[int, bool, int, int]
"""(segment, entered, start of the interval, count)."""


def changes_query(app_id: int, since: int, every: int) -> sa.Select[Any]:
    """Entered and left, counted by segment and interval; what happened before ``since`` falls in intervals before it.

    The body of these events is ``{"segment": id}`` and nothing else, so grouping by its text is grouping by segment.
    """
    table = EVENTS.c
    interval = ((table.occurred_at - since) // every).label("interval_number")
    return (
        sa.select(table.event, table.properties, interval, sa.func.count())
        .where(table.app_id == app_id, table.event.in_([Name.SEGMENT_ENTERED.value, Name.SEGMENT_LEFT.value]))
        .where(table.kind == "derived")
        .group_by(table.event, table.properties, interval)
    )


def read_changes(rows: Iterable[tuple[Any, ...]], since: int, every: int) -> list[Change]:
    """The rows of ``changes_query``."""
    return [
        (int(from_json(body)["segment"]), name == Name.SEGMENT_ENTERED.value, since + int(number) * every, int(count))
        for name, body, number, count in rows
    ]


def courses(
    changes: Iterable[Change], names: Mapping[int, str], sizes: Mapping[int, int], since: int, until: int, every: int
) -> list[SegmentRow]:
    """The course of each named segment, worked back from its size now."""
    net: dict[int, dict[int, tuple[int, int]]] = {segment: {} for segment in names}
    for segment, entered, start, count in changes:
        if segment in net:
            before = net[segment].get(start, (0, 0))
            net[segment][start] = (before[0] + count, before[1]) if entered else (before[0], before[1] + count)
    starts = range(since, until, every)
    return [_course(segment, name, sizes.get(segment, 0), net[segment], starts) for segment, name in names.items()]


def _course(segment: int, name: str, size: int, net: dict[int, tuple[int, int]], starts: range) -> SegmentRow:
    points = []
    later = sum(entered - left for start, (entered, left) in net.items() if start >= starts.stop)
    reached = size - later
    for start in reversed(starts):
        entered, left = net.get(start, (0, 0))
        points.append(SegmentPoint(start, entered, left, reached))
        reached -= entered - left
    entered_ever = sum(entered for entered, _ in net.values())
    left_ever = sum(left for _, left in net.values())
    return SegmentRow(segment, name, size, entered_ever, left_ever, points[::-1])
