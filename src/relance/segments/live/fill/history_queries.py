"""Queries of live state on history: the events of a name, and people who came from other partitions."""

from __future__ import annotations

import sqlalchemy as sa

from relance.events.model_tables import EVENTS, MERGED
from relance.events.model_tables import named as events_named
from relance.events.service import NO_COLUMNS, PropertyColumns
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.sources.locations import is_track
from relance.segments.query.places import has_spot


def named(event: str, columns: PropertyColumns = NO_COLUMNS) -> sa.ColumnElement[bool]:
    """The events of a name; for tracks, those that have or may have a location (``has_spot``)."""
    return has_spot(columns) if is_track(event) else events_named(event)


def body_of(event: str) -> str:
    """The column that is read of events of a name."""
    return "context" if is_track(event) else "properties"


def newest_instant(app_id: int, share: PartitionShare) -> sa.Select[tuple[int | None]]:
    """The time of these people's newest event; NULL or 0 if there is none."""
    newest = sa.select(sa.func.max(EVENTS.c.occurred_at)).where(EVENTS.c.app_id == app_id)
    if share.is_all:
        return newest
    own = EVENTS.c.partition == share.partition
    return newest.where(sa.or_(own, EVENTS.c.person_id.in_(taken_over(app_id, share.partition))))


def taken_over(app_id: int, partition: int, after: int = -1, upto: int | None = None) -> sa.Select[tuple[int]]:
    """People merged into someone of a partition, by merges it settled in (after, upto]."""
    table = MERGED.c
    mine = [table.app_id == app_id, table.partition == partition, table.position > after]
    return sa.select(table.from_id).where(*mine, *([] if upto is None else [table.position <= upto]))
