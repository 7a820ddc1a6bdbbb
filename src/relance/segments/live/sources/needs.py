"""Which sources a condition on events depends on, and what decides it: the only place that distinguishes kinds of conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relance.segments.definition.needs import keeps_of
from relance.segments.definition.turns import OnEvents
from relance.segments.live.columns.person_column import PersonColumn
from relance.segments.live.columns.zones import Zones
from relance.segments.live.kernel.window_scan import WindowAggregate, count_aggregate, sequence_aggregate, value_aggregate
from relance.segments.live.sources.aggregates import AggregateNeed, is_tallied
from relance.segments.live.sources.counts import CountNeed
from relance.segments.live.sources.event_lists import EventListNeed, EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.sequences import SequenceNeed, is_stepped
from relance.segments.live.sources.source import FoldedSource, Leaf, Source, SourceKey, SourceNeed
from relance.segments.rule.conditions import Behaviour, Sequence

EventLeaf = Leaf | JudgedLeaf


def needs_of(condition: OnEvents) -> tuple[SourceNeed, ...]:
    """What a condition needs: one source, or several event lists."""
    if isinstance(condition, Behaviour) and condition.is_plain:
        return (CountNeed.of(condition),)
    if isinstance(condition, Behaviour) and is_tallied(condition):
        return (AggregateNeed.of(condition),)
    if isinstance(condition, Sequence) and is_stepped(condition):
        return (SequenceNeed.of(condition),)
    return tuple(EventListNeed(step, (keep,)) for step, keep in keeps_of(condition))


def joined_needs(conditions: Iterable[OnEvents]) -> dict[SourceKey, SourceNeed]:
    """The joint needs of several conditions."""
    found: dict[SourceKey, SourceNeed] = {}
    for condition in conditions:
        for need in needs_of(condition):
            present = found.get(need.key)
            found[need.key] = need if present is None else present.joined(need)
    return found


def leaf_of(
    number: int,
    condition: OnEvents,
    sources: Mapping[SourceKey, Source],
    firsts: PersonColumn,
    zones: Zones | None,
) -> EventLeaf:
    """A condition on sources that cover its needs, not decided for anybody yet."""
    found = sources_of(condition, sources)
    aggregate = window_aggregate_of(condition)
    if aggregate is not None and isinstance(found[0], FoldedSource):
        return Leaf(number, aggregate, found[0])
    return JudgedLeaf(number, condition, [each for each in found if isinstance(each, EventListSource)], firsts, zones)


def hang_on(leaf: EventLeaf, condition: OnEvents, sources: Mapping[SourceKey, Source], firsts: PersonColumn) -> None:
    """Attach a decided leaf to these sources."""
    found = sources_of(condition, sources)
    if isinstance(leaf, JudgedLeaf):
        leaf.event_lists, leaf.firsts = [each for each in found if isinstance(each, EventListSource)], firsts
    elif isinstance(found[0], FoldedSource):
        leaf.source = found[0]


def sources_of(condition: OnEvents, sources: Mapping[SourceKey, Source]) -> list[Source]:
    """The sources of a condition."""
    return [sources[need.key] for need in needs_of(condition)]


def window_aggregate_of(condition: OnEvents) -> WindowAggregate | None:
    """How compiled code decides a condition; None if its definition does, in Python."""
    if isinstance(condition, Behaviour) and condition.is_plain:
        return count_aggregate(condition)
    if isinstance(condition, Behaviour) and is_tallied(condition):
        return value_aggregate(condition)
    return sequence_aggregate(condition) if isinstance(condition, Sequence) and is_stepped(condition) else None
