"""Silence relative to a person's own rhythm, as a query: the median gap between the last sessions."""

from __future__ import annotations

import sqlalchemy as sa

from relance.events.model_tables import EVENTS, resolved_events
from relance.segments.definition.evaluate import FEWEST_GAPS, GAPS
from relance.segments.query.constructs import quotient
from relance.segments.rule.conditions import SESSION, Rhythm
from relance.segments.rule.tree import hundredths


def rhythm(condition: Rhythm, app_id: int, now: int) -> sa.Select[tuple[int]]:
    """The ids of those it holds for."""
    gaps = _gaps(app_id, now)
    place = sa.func.row_number().over(partition_by=gaps.c.person_id, order_by=gaps.c.gap)
    count = sa.func.count().over(partition_by=gaps.c.person_id)
    placed = sa.select(gaps.c.person_id, gaps.c.occurred_at, gaps.c.gap, place.label("place"), count.label("gaps")).subquery(
        "placed"
    )
    lower = sa.case((placed.c.place == quotient(placed.c.gaps - 1, 2) + 1, placed.c.gap), else_=0)
    upper = sa.case((placed.c.place == quotient(placed.c.gaps, 2) + 1, placed.c.gap), else_=0)
    both_middles = sa.func.sum(lower) + sa.func.sum(upper)
    silence = quotient(both_middles * hundredths(condition.times), 200)
    return (
        sa.select(placed.c.person_id)
        .group_by(placed.c.person_id)
        .having(sa.func.count() >= FEWEST_GAPS, sa.func.max(placed.c.occurred_at) + silence + 1 <= now)
    )


def _gaps(app_id: int, now: int) -> sa.Subquery:
    """(person_id, occurred_at, gap before it) of the last sessions."""
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        EVENTS.c.event == SESSION,
        EVENTS.c.occurred_at <= now,
        columns=("person_id", "occurred_at", "partition", "position"),
    )
    newest_first = [events.c[name].desc() for name in ("occurred_at", "partition", "position")]
    rank = sa.func.row_number().over(partition_by=events.c.person_id, order_by=newest_first)
    count = sa.func.count().over(partition_by=events.c.person_id)
    before = sa.func.min(events.c.occurred_at).over(partition_by=events.c.person_id, order_by=newest_first, rows=(1, 1))
    ranked = sa.select(
        events.c.person_id, events.c.occurred_at, rank.label("rank"), count.label("sessions"), before.label("before_at")
    ).subquery("sessions")
    return (
        sa.select(ranked.c.person_id, ranked.c.occurred_at, (ranked.c.occurred_at - ranked.c.before_at).label("gap"))
        .where(ranked.c.rank <= GAPS, ranked.c.rank < ranked.c.sessions)
        .subquery("gaps")
    )
