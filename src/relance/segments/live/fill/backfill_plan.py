"""What is missing of an app's live state for some definitions: found, laid out to be filled, and put where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Row
from typing import Any

from relance.segments.definition.needs import (
    Keep,
    StreamNeeds,
    events_key,
    joined_keeps,
    leaf_key,
    listens_to,
    need_of,
    stream_key,
)
from relance.segments.definition.turns import OnEvents
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.fill.building import WantedSegment
from relance.segments.live.fill.filling import FillAggregates, FillCounts, Filler, FillEventList, FillPeople, FillSequences
from relance.segments.live.kernel.window_scan import count_look, step_look, tally_look
from relance.segments.live.shard import Shard
from relance.segments.live.sources.aggregates import AggregateSource, is_tallied, tally_key
from relance.segments.live.sources.counts import CountSource
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.sequences import SequenceSource, is_stepped, length_of_window, steps_key
from relance.segments.live.sources.source import Leaf
from relance.segments.live.sources.trait_leaves import BucketLeaf, TraitLeaf
from relance.segments.rule.conditions import Behaviour, Bucket, Happens, OnTraits, Sequence
from relance.segments.rule.own_zone import asks_own_zone
from relance.segments.rule.tree import conditions
from relance.segments.rule.window import needs_first


class BackfillPlan:
    """What is missing for some definitions. Made on the tick's thread; the live shard is not looked at afterwards.

    Streams, tallies and books are built so that they serve what depends on the present ones as well, whose place they take.
    """

    def __init__(self, shard: Shard | None, wanted: Row[WantedSegment], present: Row[WantedSegment]) -> None:
        """``wanted`` are new or edited, ``present`` all that stays; no ``shard``: nothing of this app is live yet."""
        self.wanted = tuple(wanted)
        self.is_first = shard is None
        found = shard or Shard(0, 0)
        leaves = {leaf_key(leaf): leaf for each in wanted for leaf in conditions(each.rule)}
        missing = {key: leaf for key, leaf in leaves.items() if not is_at_hand(found, key, leaf)}
        everything = [*missing.values(), *(leaf for each in present for leaf in conditions(each.rule))]
        plain = {key: leaf for key, leaf in missing.items() if isinstance(leaf, Behaviour) and leaf.is_plain}
        tallied = {key: leaf for key, leaf in missing.items() if isinstance(leaf, Behaviour) and is_tallied(leaf)}
        stepped = {key: leaf for key, leaf in missing.items() if isinstance(leaf, Sequence) and is_stepped(leaf)}
        counted = plain.keys() | tallied.keys() | stepped.keys()
        self.plain, self.tallied, self.stepped = plain, tallied, stepped
        self.judged = {key: leaf for key, leaf in missing.items() if isinstance(leaf, OnEvents) and key not in counted}
        self.traits = {key: leaf for key, leaf in missing.items() if isinstance(leaf, OnTraits)}
        self.buckets = {key: leaf for key, leaf in missing.items() if isinstance(leaf, Bucket)}
        self.streams = _joined_needs(plain.values(), everything)
        self.tallies = _longest(tallied.values(), everything)
        self.steps = _longest_steps(stepped.values(), everything)
        self.event_lists = _joined_keeps(self.judged.values(), everything)
        self.firsts = any(needs_first(getattr(leaf, "window", None)) for leaf in self.judged.values())

    @property
    def reads_events(self) -> bool:
        return bool(self.is_first or self.streams or self.tallies or self.steps or self.event_lists)

    @property
    def reads_people(self) -> bool:
        """Whether everybody is looked at: their traits, or their ids."""
        return bool(self.is_first or self.traits or self.buckets)


def is_at_hand(shard: Shard, key: str, leaf: Any) -> bool:
    """Whether a condition is live already, or can be from what is kept without looking at people one by one.

    Conditions in each person's own zone are always built between two ticks, with everybody's zone.
    """
    if isinstance(leaf, OnTraits):
        return key in shard.trait_leaves
    if isinstance(leaf, Bucket):
        return key in shard.bucket_leaves
    if key in shard.leaves or asks_own_zone(leaf):
        return True
    if isinstance(leaf, Behaviour) and leaf.is_plain:
        stream = shard.streams.get(stream_key(leaf))
        return stream is not None and stream.need.covers(need_of(leaf))
    if is_tallied(leaf):
        tally = shard.tallies.get(tally_key(leaf))
        return tally is not None and tally.span >= (leaf.length or 0)
    if is_stepped(leaf):
        steps = shard.steps.get(steps_key(leaf))
        return steps is not None and steps.span >= length_of_window(leaf)
    return False


def at_once(shard: Shard, wanted: Iterable[WantedSegment]) -> list[WantedSegment]:
    """What of it can be live without a backfill; an edited segment that cannot stays as it was."""
    found: list[WantedSegment] = []
    for each in wanted:
        present = shard.segments.get(each.segment_id)
        if (present is not None and present.digest == each.digest) or all(
            is_at_hand(shard, leaf_key(leaf), leaf) for leaf in conditions(each.rule)
        ):
            found.append(each)
        elif present is not None:
            found.append(WantedSegment(present.id, present.rule, present.digest))
    return found


def transplant(shard: Shard, filled: Shard, plan: BackfillPlan) -> None:
    """Give a live shard what was filled for it, both settled up to the same instant. What it has is kept where it serves."""
    _transplant_sources(shard, filled, plan)
    if plan.firsts and not shard.knows_firsts:
        shard.firsts, shard.knows_firsts = filled.firsts, True
    for key, leaf in filled.leaves.items():
        shard.leaves.setdefault(key, leaf)
    for key, trait_leaf in filled.trait_leaves.items():
        shard.trait_leaves.setdefault(key, trait_leaf)
    for key, bucket_leaf in filled.bucket_leaves.items():
        shard.bucket_leaves.setdefault(key, bucket_leaf)
    shard.timers.push(*filled.timers.pop(NEVER - 1))


def _transplant_sources(shard: Shard, filled: Shard, plan: BackfillPlan) -> None:
    for key, stream in filled.streams.items():
        present = shard.streams.get(key)
        if present is None or not present.need.covers(plan.streams[key][1]):
            shard.streams[key] = stream
    for key, tally in filled.tallies.items():
        held = shard.tallies.get(key)
        if held is None or held.span < tally.span:
            shard.tallies[key] = tally
    for key, steps in filled.steps.items():
        kept = shard.steps.get(key)
        if kept is None or kept.span < steps.span:
            shard.steps[key] = steps
    for key, event_list in filled.event_lists.items():
        known = shard.event_lists.get(key)
        if known is None or not known.covers(plan.event_lists[key][1], shard.last):
            shard.event_lists[key] = event_list


def lay_out(plan: BackfillPlan, shard: Shard, everybody: FillPeople) -> list[Filler]:
    """Make what is to be filled, in an empty shard; returns what fills it."""
    fillers: list[Filler] = []
    for key, (condition, need) in plan.streams.items():
        shard.streams[key] = CountSource(shard.next_number(), condition, need)
        fillers.append(FillCounts(shard.streams[key], condition))
    for key, (condition, span) in plan.tallies.items():
        shard.tallies[key] = AggregateSource(shard.next_number(), condition, span, shard.identities)
        fillers.append(FillAggregates(shard.tallies[key], condition))
    for key, (sequence, span) in plan.steps.items():
        shard.steps[key] = SequenceSource(shard.next_number(), sequence, span, shard.identities)
        fillers.append(FillSequences(shard.steps[key], sequence))
    for key, (step, keeps) in plan.event_lists.items():
        shard.event_lists[key] = EventListSource(shard.next_number(), step, keeps)
        fillers.append(FillEventList(shard.event_lists[key], step))
    if plan.is_first or plan.firsts:
        fillers.append(everybody)
    shard.knows_firsts = plan.firsts
    for key, leaf in plan.plain.items():
        shard.leaves[key] = Leaf(shard.next_number(), count_look(leaf), shard.streams[stream_key(leaf)])
    for key, leaf in plan.tallied.items():
        shard.leaves[key] = Leaf(shard.next_number(), tally_look(leaf), shard.tallies[tally_key(leaf)])
    for key, sequence in plan.stepped.items():
        shard.leaves[key] = Leaf(shard.next_number(), step_look(sequence), shard.steps[steps_key(sequence)])
    for key, on_events in plan.judged.items():
        event_lists = [shard.event_lists[events_key(step)] for step in listens_to(on_events)]
        shard.leaves[key] = JudgedLeaf(shard.next_number(), on_events, event_lists, shard.firsts, None)
    shard.trait_leaves = {key: TraitLeaf(shard.next_number(), trait) for key, trait in plan.traits.items()}
    shard.bucket_leaves = {key: BucketLeaf(bucket) for key, bucket in plan.buckets.items()}
    shard.index()
    return fillers


def _joined_needs(missing: Iterable[Behaviour], everything: Iterable[Any]) -> dict[str, tuple[Behaviour, StreamNeeds]]:
    found = {stream_key(leaf): (leaf, need_of(leaf)) for leaf in missing}
    for leaf in everything:
        if isinstance(leaf, Behaviour) and leaf.is_plain and stream_key(leaf) in found:
            sample, need = found[stream_key(leaf)]
            found[stream_key(leaf)] = sample, need.joined(need_of(leaf))
    return found


def _longest(missing: Iterable[Behaviour], everything: Iterable[Any]) -> dict[str, tuple[Behaviour, int]]:
    found = {tally_key(leaf): (leaf, leaf.length or 0) for leaf in missing}
    for leaf in everything:
        if is_tallied(leaf) and tally_key(leaf) in found:
            sample, span = found[tally_key(leaf)]
            found[tally_key(leaf)] = sample, max(span, leaf.length or 0)
    return found


def _longest_steps(missing: Iterable[Sequence], everything: Iterable[Any]) -> dict[str, tuple[Sequence, int]]:
    found = {steps_key(leaf): (leaf, length_of_window(leaf)) for leaf in missing}
    for leaf in everything:
        if is_stepped(leaf) and steps_key(leaf) in found:
            sample, span = found[steps_key(leaf)]
            found[steps_key(leaf)] = sample, max(span, length_of_window(leaf))
    return found


def _joined_keeps(missing: Iterable[OnEvents], everything: Iterable[Any]) -> dict[str, tuple[Happens, list[Keep]]]:
    found = joined_keeps(_judged(everything))
    keys = dict.fromkeys(events_key(step) for leaf in missing for step in listens_to(leaf))
    return {key: found[key] for key in keys}


def _judged(leaves: Iterable[Any]) -> Iterator[OnEvents]:
    """Those that are decided by their definition."""
    for leaf in leaves:
        is_counted = isinstance(leaf, Behaviour) and (leaf.is_plain or is_tallied(leaf))
        if isinstance(leaf, OnEvents) and not is_counted and not is_stepped(leaf):
            yield leaf
