"""What an app's live state lacks for some definitions: determined, allocated for filling, and merged into place."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Row

from relance.segments.definition.needs import leaf_key
from relance.segments.definition.turns import OnEvents
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.fill.building import WantedSegment, asks_first
from relance.segments.live.fill.fillers import Filler, FillPeople, filler_of
from relance.segments.live.shard import Shard
from relance.segments.live.sources.needs import joined_needs, leaf_of, needs_of, window_aggregate_of
from relance.segments.live.sources.source import SourceNeed
from relance.segments.live.sources.trait_leaves import BucketLeaf, TraitLeaf
from relance.segments.rule.conditions import Bucket, OnTraits
from relance.segments.rule.own_zone import asks_own_zone
from relance.segments.rule.tree import Rule, conditions


class BackfillPlan:
    """What is missing for some definitions. Created on the tick's thread; does not touch the live shard afterwards.

    Sources are built so that they also serve what depends on the existing ones, which they replace.
    """

    def __init__(self, shard: Shard | None, wanted: Row[WantedSegment], present: Row[WantedSegment]) -> None:
        """``wanted`` are new or edited, ``present`` all that remain; no ``shard``: nothing of this app is live yet."""
        self.wanted = tuple(wanted)
        self.is_first = shard is None
        found = shard or Shard(0, 0)
        leaves = {leaf_key(leaf): leaf for each in wanted for leaf in conditions(each.rule)}
        missing = {key: leaf for key, leaf in leaves.items() if not is_at_hand(found, key, leaf)}
        self.on_events = {key: leaf for key, leaf in missing.items() if isinstance(leaf, OnEvents)}
        self.traits = {key: leaf for key, leaf in missing.items() if isinstance(leaf, OnTraits)}
        self.buckets = {key: leaf for key, leaf in missing.items() if isinstance(leaf, Bucket)}
        staying = (leaf for each in present for leaf in conditions(each.rule) if isinstance(leaf, OnEvents))
        every = joined_needs([*self.on_events.values(), *staying])
        self.needs = {need.key: every[need.key] for leaf in self.on_events.values() for need in needs_of(leaf)}
        self.firsts = any(map(asks_first, self.on_events.values()))

    @property
    def reads_events(self) -> bool:
        return bool(self.is_first or self.needs)

    @property
    def reads_people(self) -> bool:
        """Whether everybody must be read: their traits, or their ids."""
        return bool(self.is_first or self.traits or self.buckets)


def is_at_hand(shard: Shard, key: str, leaf: Rule) -> bool:
    """Whether a condition is live already, or can be derived from existing state without visiting people one by one.

    Conditions in each person's own zone are decided between two ticks, with everybody's zone, once their events are there.
    """
    if key in shard.leaves or not isinstance(leaf, OnEvents):
        return key in shard.leaves
    if window_aggregate_of(leaf) is None and not asks_own_zone(leaf):
        return False
    return (shard.knows_firsts or not asks_first(leaf)) and all(is_covered(shard, need) for need in needs_of(leaf))


def is_covered(shard: Shard, need: SourceNeed) -> bool:
    """Whether existing state can serve it."""
    source = shard.sources.get(need.key)
    return source is not None and source.covers(need, shard.last)


def at_once(shard: Shard, wanted: Iterable[WantedSegment]) -> list[WantedSegment]:
    """What can be live without a backfill; an edited segment that cannot keeps its old rule."""
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
    """Merge into a live shard what was filled for it, both settled up to the same instant. Existing state is kept where it
    suffices.
    """
    for key, need in plan.needs.items():
        if not is_covered(shard, need):
            shard.sources[key] = filled.sources[key]
    if plan.firsts and not shard.knows_firsts:
        shard.firsts, shard.knows_firsts = filled.firsts, True
    for leaf_of_key, leaf in filled.leaves.items():
        shard.leaves.setdefault(leaf_of_key, leaf)
    shard.timers.push(*filled.timers.pop(NEVER - 1))


def lay_out(plan: BackfillPlan, shard: Shard, everybody: FillPeople) -> list[Filler]:
    """Allocate what is to be filled, in an empty shard; returns its fillers."""
    fillers: list[Filler] = []
    for key, need in plan.needs.items():
        source = shard.sources[key] = need.make(shard.next_number(), shard.identities)
        fillers.append(filler_of(source, need))
    if plan.is_first or plan.firsts:
        fillers.append(everybody)
    shard.knows_firsts = plan.firsts
    for leaf_key_, condition in plan.on_events.items():
        if not asks_own_zone(condition):
            shard.leaves[leaf_key_] = leaf_of(shard.next_number(), condition, shard.sources, shard.firsts, None)
    shard.leaves |= {key: TraitLeaf(shard.next_number(), trait) for key, trait in plan.traits.items()}
    shard.leaves |= {key: BucketLeaf(bucket) for key, bucket in plan.buckets.items()}
    shard.index()
    return fillers
