"""What a start asks of history."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from relance.core.time import HOUR
from relance.events.service import NO_COLUMNS
from relance.segments.definition.needs import Keep
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.fill.building import WantedSegment
from relance.segments.live.fill.start import NOTHING_HELD, HeldHistory, fill_shard
from relance.segments.live.shard import Shard
from relance.segments.live.sources.event_lists import EventListNeed
from relance.segments.rule.conditions import Happens
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


RHYTHM = {"kind": "rhythm", "times": 3}


class Happened:
    """History in which person 5 had sessions an hour apart, at positions from 1 on."""

    columns = NO_COLUMNS

    def __init__(self, sessions: int) -> None:
        self.sessions = sessions

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return [(None,)] if "merged" in str(select) else [(self.sessions,)]

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        positions = np.arange(1, self.sessions + 1)
        if "min(" in str(select):  # everybody
            return [np.array([5]), np.array([HOUR]), np.array([self.sessions * HOUR])]
        return [np.full(self.sessions, 5), positions * HOUR, positions]


def test_what_was_written_keeps_from_now_on_what_is_asked_for_now() -> None:
    """A snapshot is of before an edit that asks for more: what comes from history is not thrown away by what it kept then."""
    shard = Shard(7, 9 * HOUR)
    before = EventListNeed(Happens("session_started"), (Keep(lambda now: now - HOUR, 1, frozenset()),))
    source = shard.sources[before.key] = before.make(1, shard.identities)
    held = HeldHistory({before.key: 0}, people=0)
    fill_shard(shard, [WantedSegment(1, parse_rule(RHYTHM), "x")], PartitionShare(0), Happened(4), held)
    assert shard.sources[before.key] is source
    assert len(source.of(5)) == 4
