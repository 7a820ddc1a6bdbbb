"""The size of segments over time, from enter and leave events and from rule activations. Pure except for the queries it
builds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from relance.analytics.model import Edited, SegmentPoint, SegmentRow
from relance.core.encoding import from_json
from relance.events.service import EVENTS
from relance.segments.model import CHANGES, RuleActivation

MOST_POINTS = 500

Change = tuple[int, str, int, int]
"""(segment, event name, start of the interval, count)."""


class _Count(NamedTuple):
    """The changes of one interval: through people and time, and through rule activations (``came``, ``went``)."""

    entered: int = 0
    left: int = 0
    merged: int = 0
    came: int = 0
    went: int = 0

    @property
    def growth(self) -> int:
        return self.entered - self.left - self.merged + self.came - self.went

    @property
    def edited(self) -> Edited:
        return Edited(self.came, self.went)

    def and_more(self, **counts: int) -> _Count:
        return self._replace(**{field: getattr(self, field) + count for field, count in counts.items()})


def changes_query(app_id: int, since: int, every: int) -> sa.Select[Any]:
    """Entered, left and merged, counted by segment and interval; earlier changes fall into intervals before ``since``.

    The body of these events is ``{"segment": id}``, so grouping by its text groups by segment. The few bodies of merged people
    also name the person, which is cut off first.
    """
    table = EVENTS.c
    has_more = table.properties.contains(",")
    body = sa.case((has_more, sa.func.regexp_replace(table.properties, ",.*", "}")), else_=table.properties).label("body")
    interval = ((table.occurred_at - since) // every).label("interval_number")
    return (
        sa.select(table.event, body, interval, sa.func.count())
        .where(table.app_id == app_id, table.event.in_(CHANGES))
        .where(table.kind == "derived")
        .group_by(table.event, body, interval)
    )


def read_changes(rows: Iterable[tuple[Any, ...]], since: int, every: int) -> list[Change]:
    """The rows of ``changes_query``."""
    return [
        (int(from_json(body)["segment"]), name, since + int(number) * every, int(count)) for name, body, number, count in rows
    ]


def courses(
    changes: Iterable[Change],
    activations: Iterable[RuleActivation],
    names: Mapping[int, str],
    sizes: Mapping[int, int],
    since: int,
    until: int,
    every: int,
) -> list[SegmentRow]:
    """The sizes of each named segment, computed backwards from its current size; before its creation it is empty."""
    net: dict[int, dict[int, _Count]] = {segment: {} for segment in names}
    for segment, name, start, count in changes:
        if segment in net:
            net[segment][start] = net[segment].get(start, _Count()).and_more(**{CHANGES[name]: count})
    for each in activations:
        if each.segment_id in net:
            own, start = net[each.segment_id], since + (each.taken_up_at - since) // every * every
            own[start] = own.get(start, _Count()).and_more(came=each.entered, went=each.left)
    starts = range(since, until, every)
    return [_course(segment, name, sizes.get(segment, 0), net[segment], starts) for segment, name in names.items()]


def _course(segment: int, name: str, size: int, net: dict[int, _Count], starts: range) -> SegmentRow:
    points = []
    reached = size - sum(count.growth for start, count in net.items() if start >= starts.stop)
    for start in reversed(starts):
        count = net.get(start, _Count())
        edited = count.edited if count.came or count.went else None
        # Events of deleted people are gone, and so are they from sizes; of a rule activation only the counts are known.
        points.append(SegmentPoint(start, count.entered, count.left, count.merged, max(reached, 0), edited))
        reached -= count.growth
    ever = _Count(*map(sum, zip(*net.values(), strict=True)))
    return SegmentRow(segment, name, size, ever.entered, ever.left, ever.merged, ever.edited, points[::-1])
