"""Merges since a snapshot's part was taken."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from relance.events.model_tables import MERGED
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.fill.fillers import ColumnHistory
from relance.segments.live.fill.history_queries import taken_over


class LaterMerge(NamedTuple):
    """One person was merged into another."""

    source: int
    into: int
    position: int


def merges_since(past: ColumnHistory, app_id: int, share: PartitionShare, after: int) -> list[LaterMerge]:
    """In order. With several partitions only the last one of each person, whose whole past is read."""
    if share.is_all:
        return [LaterMerge(*row) for row in past.run(_merged_since(app_id, share.partition, after))]
    last = {row[0]: row for row in past.run(_newest_merges(app_id, share.partition, after))}
    return [LaterMerge(*row[:3]) for row in last.values() if row[3] == share.partition]


def _merged_since(app_id: int, partition: int, after: int) -> sa.Select[tuple[int, int, int]]:
    """(person, whom it was merged into, position) of merges after a position, in order."""
    table = MERGED.c
    mine = (table.app_id == app_id, table.partition == partition, table.position > after)
    return sa.select(table.from_id, table.into_id, table.position).where(*mine).order_by(table.position)


def _newest_merges(app_id: int, partition: int, after: int) -> sa.Select[tuple[int, int, int, int]]:
    """(person, whom it was merged into, position, partition) of all merges, in order, of people merged into someone of a
    partition since.
    """
    table = MERGED.c
    taken = taken_over(app_id, partition, after)
    merges = sa.select(table.from_id, table.into_id, table.position, table.partition)
    return merges.where(table.app_id == app_id, table.from_id.in_(taken)).order_by(table.position)
