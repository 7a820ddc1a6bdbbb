"""Bring an app's live state in line with its definitions: what is new is filled from history, what is the same stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import sqlalchemy as sa

from relance.segments.compile import everybody, newest, totals
from relance.segments.conditions import Behaviour, Trait
from relance.segments.live.leaves import Leaf, Stream, TraitLeaf
from relance.segments.live.paged import Ids
from relance.segments.live.shard import Shard, Watched
from relance.segments.needs import Need, leaf_key, need_of, stream_key
from relance.segments.rule import Rule, conditions


class Past(Protocol):
    """History, as far as live state needs it."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...


#: The app's people: (person id, traits), each once.
Profiles = Callable[[], Iterable[tuple[int, Mapping[str, Any]]]]


class Wanted(NamedTuple):
    """A segment as it is defined now."""

    segment_id: int
    rule: Rule
    digest: str


def build(shard: Shard, wanted: Sequence[Wanted], past: Past, profiles: Profiles) -> list[int]:
    """Make the shard hold exactly these segments. Returns those that are new or have another rule, not yet settled.

    Streams and leaves that another segment had already are taken over as they are.
    """
    leaves = [leaf for each in wanted for leaf in conditions(each.rule)]
    behaviours = {leaf_key(leaf): leaf for leaf in leaves if isinstance(leaf, Behaviour)}
    traits = {leaf_key(leaf): leaf for leaf in leaves if isinstance(leaf, Trait)}
    _build_streams(shard, behaviours, past)
    _build_leaves(shard, behaviours)
    _build_traits(shard, traits, profiles)
    fresh: list[int] = []
    for each in wanted:
        before = shard.segments.get(each.segment_id)
        if before is None or before.digest != each.digest:
            after = Watched(each.segment_id, each.rule, each.digest, shard)
            if before is not None:
                after.member, after.size = before.member, before.size
            shard.segments[each.segment_id] = after
            fresh.append(each.segment_id)
    for gone in shard.segments.keys() - {each.segment_id for each in wanted}:
        del shard.segments[gone]
    shard.index()
    return fresh


def know_everybody(shard: Shard, past: Past, profiles: Profiles) -> None:
    """Find the app's people: all who have an event or a profile."""
    people = [row[0] for row in past.run(everybody(shard.app_id, shard.last))]
    people += [person for person, _ in profiles()]
    shard.known.set(np.array(people, np.int64), True)


def _build_streams(shard: Shard, behaviours: Mapping[str, Behaviour], past: Past) -> None:
    needs: dict[str, Need] = {}
    samples: dict[str, Behaviour] = {}
    for condition in behaviours.values():
        key = stream_key(condition)
        needs[key] = needs.get(key, Need()).joined(need_of(condition))
        samples[key] = condition
    for gone in shard.streams.keys() - needs.keys():
        del shard.streams[gone]
    for key, need in needs.items():
        present = shard.streams.get(key)
        if present is None or not present.need.covers(need):
            need = need if present is None else need.joined(present.need)
            shard.streams[key] = _fill(Stream(shard.next_number(), samples[key], need), samples[key], shard, past)


def _fill(stream: Stream, condition: Behaviour, shard: Shard, past: Past) -> Stream:
    if stream.rings is not None:
        rows = past.run(newest(condition, stream.need, shard.app_id, shard.last))
        people, instants = _columns(rows)
        stream.rings.add(people, instants, shard.last - stream.need.span)
    if stream.totals is not None:
        stream.add_totals(*_columns(past.run(totals(condition, shard.app_id, shard.last))))
    return stream


def _columns(rows: Sequence[tuple[Any, ...]]) -> tuple[Ids, Ids]:
    table = np.array(rows, np.int64).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def _build_leaves(shard: Shard, behaviours: Mapping[str, Behaviour]) -> None:
    for gone in shard.leaves.keys() - behaviours.keys():
        del shard.leaves[gone]
    for key, condition in behaviours.items():
        stream = shard.stream(condition)
        present = shard.leaves.get(key)
        if present is not None:
            present.stream = stream
            continue
        leaf = shard.leaves[key] = Leaf(shard.next_number(), condition, stream)
        shard.start_leaf(leaf, stream.people())


def _build_traits(shard: Shard, traits: Mapping[str, Trait], profiles: Profiles) -> None:
    for gone in shard.trait_leaves.keys() - traits.keys():
        del shard.trait_leaves[gone]
    fresh = [TraitLeaf(condition) for key, condition in traits.items() if key not in shard.trait_leaves]
    if fresh:
        found = list(profiles())
        people = np.array([person for person, _ in found], np.int64)
        for leaf in fresh:
            leaf.update(people, (each for _, each in found))
    new_keys = [key for key in traits if key not in shard.trait_leaves]
    shard.trait_leaves.update(zip(new_keys, fresh, strict=True))
