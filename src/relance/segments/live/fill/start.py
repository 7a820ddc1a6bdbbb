"""What an app's definitions need of history at start-up: restored parts continue from their positions, all others start empty."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Row
from typing import NamedTuple

from relance.segments.definition.turns import OnEvents
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.fill.building import WantedSegment, asks_first
from relance.segments.live.fill.fillers import (
    NOTHING_YET,
    ColumnHistory,
    Filler,
    FillPeople,
    Slice,
    event_count,
    filler_of,
    newest_merge,
    newest_position,
    put_merged,
    width_for,
)
from relance.segments.live.shard import Shard
from relance.segments.live.sources.needs import joined_needs
from relance.segments.live.sources.source import SourceKey
from relance.segments.rule.tree import conditions


class HeldHistory(NamedTuple):
    """The positions up to which an app's shard holds history: of each source, of the known people, and of first events."""

    sources: Mapping[SourceKey, int]
    people: int = NOTHING_YET
    firsts: int = NOTHING_YET


NOTHING_HELD = HeldHistory({})


def fill_shard(shard: Shard, wanted: Row[WantedSegment], share: PartitionShare, past: ColumnHistory, held: HeldHistory) -> None:
    """Create the sources that these segments need, unless they exist, and fold into all of them what history has.

    Afterwards the shard knows all merges, until ``drop_roots``.
    """
    merged_upto = past.run(newest_merge(shard.app_id))[0][0]
    upto = past.run(newest_position(share.partition))[0][0]
    merged_upto, upto = (NOTHING_YET if each is None else each for each in (merged_upto, upto))
    takes = put_merged(shard, past, merged_upto, share)
    fillers = _fillers(shard, wanted, held)
    oldest = min(each.after for each in fillers)
    behind = past.run(event_count(Slice(shard.app_id, share.partition, oldest, upto)))[0][0] if oldest < upto else 0
    for filler in fillers:
        # Positions count all apps: a small app among large ones would have few events per slice.
        width = width_for([filler]) if behind > width_for([filler]) else max(1, upto + 1)
        merges = None if share.is_all else (filler.after, merged_upto)
        for begin in range(filler.after, upto, width):
            filler.fill(shard, Slice(shard.app_id, share.partition, begin, min(begin + width, upto), merges), past)
        for begin in range(NOTHING_YET, merged_upto, width) if takes else ():
            end = min(begin + width, merged_upto)
            filler.fill(shard, Slice(shard.app_id, share.partition, begin, end, merges, of_taken=True), past)
        for _ in filler.finish(shard.last):
            pass


def _fillers(shard: Shard, wanted: Row[WantedSegment], held: HeldHistory) -> list[Filler]:
    on_events = [leaf for each in wanted for leaf in conditions(each.rule) if isinstance(leaf, OnEvents)]
    knew_firsts, shard.knows_firsts = shard.knows_firsts, any(map(asks_first, on_events))
    seen_upto = held.people
    if shard.knows_firsts:
        seen_upto = min(held.people, held.firsts) if knew_firsts else NOTHING_YET
    fillers: list[Filler] = [FillPeople(seen_upto)]
    for key, need in joined_needs(on_events).items():
        source, after = shard.sources.get(key), held.sources.get(key, NOTHING_YET)
        if source is None or not source.covers(need, shard.last):
            source, after = need.make(shard.next_number(), shard.identities), NOTHING_YET
            shard.sources[key] = source
        else:  # what was written may have kept less than this asks for, as long as it had thrown nothing away
            source.keep(need)
        fillers.append(filler_of(source, need, after))
    return fillers
