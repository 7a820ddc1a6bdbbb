"""What a start asks of history."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from relance.events.service import NO_COLUMNS
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.fill.building import WantedSegment
from relance.segments.live.fill.start import NOTHING_HELD, fill_shard
from relance.segments.live.shard import Shard
from relance.segments.rule.tree import parse_rule

NEWEST = 5_500_000  # positions, over all apps
BOUGHT = {"kind": "behaviour", "event": "bought", "window": {"last": "1d"}}


class Asked:
    """History of an app with so many events, of which none are given; what is asked is counted."""

    columns = NO_COLUMNS

    def __init__(self, events: int) -> None:
        self.events = events
        self.reads = 0

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        asked = str(select)
        if "count(*)" in asked:
            return [(self.events,)]
        return [(None,)] if "merged" in asked else [(NEWEST,)]

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        self.reads += 1
        return [np.empty(0, np.int64) for _ in select.selected_columns]


@pytest.mark.parametrize(("events", "reads"), [(1_000, 2), (1_000_000, 2), (5_000_000, 12)])
def test_a_small_app_among_large_ones_is_read_at_once(events: int, reads: int) -> None:
    """Its people, and the events of its one source: a slice each, or as many as keep a slice within bounds."""
    past = Asked(events)
    fill_shard(Shard(7, 0), [WantedSegment(1, parse_rule(BOUGHT), "x")], PartitionShare(0), past, NOTHING_HELD)
    assert past.reads == reads
