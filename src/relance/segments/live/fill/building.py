"""Brings an app's live state in line with its definitions: new parts are decided, unchanged ones stay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Sequence as Row
from typing import Any, NamedTuple, Protocol

import numpy as np
from sqlalchemy.engine import Connection

from relance.segments.definition.needs import facts_asked, leaf_key
from relance.segments.definition.turns import OnEvents
from relance.segments.live.changes.live_segment import LiveSegment
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import PersonColumn
from relance.segments.live.columns.zones import Zones
from relance.segments.live.shard import Shard
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.needs import hang_on, joined_needs, leaf_of
from relance.segments.live.sources.source import Leaf
from relance.segments.live.sources.trait_leaves import BucketLeaf, TraitLeaf
from relance.segments.rule.conditions import Bucket, OnTraits
from relance.segments.rule.own_zone import asks_own_zone
from relance.segments.rule.tree import Rule, conditions
from relance.segments.rule.window import needs_first

#: The app's people: (person id, traits), each once; the argument names the facts wanted besides those always included.
Profiles = Callable[[frozenset[str]], Iterable[tuple[int, Mapping[str, Any]]]]


class ReadProfiles(Protocol):
    """How live state reads the traits of an app's people, from inside a transaction."""

    def __call__(
        self, connection: Connection, app_id: int, asked: frozenset[str] = frozenset(), /
    ) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """(person id, traits) of everyone in the app, each once; ``asked`` names the facts wanted besides those always
        included.
        """
        ...


class WantedSegment(NamedTuple):
    """A segment as currently defined."""

    segment_id: int
    rule: Rule
    digest: str


def asks_first(condition: OnEvents) -> bool:
    """Whether a condition depends on each person's first event of any name."""
    return needs_first(getattr(condition, "window", None))


def build(shard: Shard, wanted: Row[WantedSegment], profiles: Profiles) -> list[int]:
    """Make the shard hold exactly these segments, for whose conditions on events all sources exist and are filled.

    Returns those that are new or have a new rule, not settled yet. State shared with other segments is reused.
    """
    leaves = {leaf_key(leaf): leaf for each in wanted for leaf in conditions(each.rule)}
    for gone in shard.leaves.keys() - leaves.keys():
        del shard.leaves[gone]
    on_events = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, OnEvents)}
    _keep_sources(shard, on_events.values())
    _build_zones(shard, on_events.values(), profiles)
    for key, condition in on_events.items():
        _build_leaf(shard, key, condition)
    _build_traits(shard, {key: leaf for key, leaf in leaves.items() if isinstance(leaf, OnTraits)}, profiles)
    for key, leaf in leaves.items():
        if isinstance(leaf, Bucket) and key not in shard.leaves:
            shard.leaves[key] = BucketLeaf(leaf)
    fresh: list[int] = []
    for each in wanted:
        before = shard.segments.get(each.segment_id)
        if before is None or before.digest != each.digest:
            after = LiveSegment(each.segment_id, each.rule, each.digest, shard)
            if before is not None:
                after.member, after.size = before.member, before.size
            shard.segments[each.segment_id] = after
            fresh.append(each.segment_id)
    for archived in shard.segments.keys() - {each.segment_id for each in wanted}:
        del shard.segments[archived]
    shard.index()
    return fresh


def _keep_sources(shard: Shard, on_events: Collection[OnEvents]) -> None:
    """Drop sources that nobody needs any more."""
    needs = joined_needs(on_events)
    for gone in shard.sources.keys() - needs.keys():
        del shard.sources[gone]
    for key, need in needs.items():
        shard.sources[key].keep(need)
    if shard.knows_firsts and not any(map(asks_first, on_events)):
        shard.firsts, shard.knows_firsts = PersonColumn(np.int64, NEVER), False


def _build_leaf(shard: Shard, key: str, condition: OnEvents) -> None:
    present = shard.leaves.get(key)
    if isinstance(present, Leaf | JudgedLeaf):
        hang_on(present, condition, shard.sources, shard.firsts)
        return
    leaf = shard.leaves[key] = leaf_of(shard.next_number(), condition, shard.sources, shard.firsts, shard.zones)
    if isinstance(leaf, JudgedLeaf):  # any other is decided when it gets its seat
        shard.start_leaf(leaf)


def _build_zones(shard: Shard, on_events: Collection[OnEvents], profiles: Profiles) -> None:
    if not any(map(asks_own_zone, on_events)):
        shard.zones = None
    elif shard.zones is None:
        shard.zones = Zones()
        found = list(profiles(frozenset()))
        shard.zones.put(np.array([person for person, _ in found], np.int64), [each for _, each in found])


def _build_traits(shard: Shard, traits: Mapping[str, OnTraits], profiles: Profiles) -> None:
    fresh = {key: condition for key, condition in traits.items() if key not in shard.leaves}
    if not fresh:
        return
    found = list(profiles(facts_asked(fresh.values())))
    people = np.array([person for person, _ in found], np.int64)
    for key, condition in fresh.items():
        leaf = shard.leaves[key] = TraitLeaf(shard.next_number(), condition)
        shard.start_trait_leaf(leaf, people, [each for _, each in found])
