"""Bring an app's live state in line with its definitions: what is new is filled from history, what is the same stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Row
from typing import Any, NamedTuple, Protocol

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from relance.segments.definition.needs import (
    StreamNeeds,
    events_key,
    facts_asked,
    joined_keeps,
    leaf_key,
    listens_to,
    need_of,
    stream_key,
)
from relance.segments.definition.turns import OnEvents
from relance.segments.live.changes.live_segment import LiveSegment
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Ids, PersonColumn
from relance.segments.live.columns.property_columns import Bodies, read_body
from relance.segments.live.columns.zones import Zones
from relance.segments.live.fill.history_queries import firsts, told
from relance.segments.live.kernel.window_scan import WindowAggregate, count_look, step_look, tally_look
from relance.segments.live.shard import Shard
from relance.segments.live.sources.aggregates import AggregateSource, is_tallied, tally_key
from relance.segments.live.sources.counts import CountSource
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.live.sources.sequences import SequenceSource, is_stepped, length_of_window, mark, steps_key
from relance.segments.live.sources.source import FoldedSource, Leaf
from relance.segments.live.sources.trait_leaves import BucketLeaf, TraitLeaf
from relance.segments.query.compile import everybody, newest, totals
from relance.segments.rule.conditions import Behaviour, Bucket, OnTraits, Sequence
from relance.segments.rule.own_zone import asks_own_zone
from relance.segments.rule.tree import Rule, conditions
from relance.segments.rule.window import needs_first


class BuildHistory(Protocol):
    """History, as far as live state needs it."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...

    def arrays(self, select: sa.Select[Any], /) -> list[NDArray[Any]]:
        """The columns of a query of whose values none is NULL."""
        ...


#: The app's people: (person id, traits), each once; the argument is what facts are wanted beside those always told.
Profiles = Callable[[frozenset[str]], Iterable[tuple[int, Mapping[str, Any]]]]


class ReadProfiles(Protocol):
    """How live state reads the traits of an app's people, from inside a transaction."""

    def __call__(
        self, connection: Connection, app_id: int, asked: frozenset[str] = frozenset(), /
    ) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """(person id, traits) of everybody in the app, each once; ``asked`` are the facts wanted beside those always told."""
        ...


class WantedSegment(NamedTuple):
    """A segment as it is defined now."""

    segment_id: int
    rule: Rule
    digest: str


def build(shard: Shard, wanted: Row[WantedSegment], past: BuildHistory, profiles: Profiles) -> list[int]:
    """Make the shard hold exactly these segments. Returns those that are new or have another rule, not yet settled.

    Whatever another segment had already is taken over as it is.
    """
    leaves = {leaf_key(leaf): leaf for each in wanted for leaf in conditions(each.rule)}
    plain = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, Behaviour) and leaf.is_plain}
    tallied = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, Behaviour) and is_tallied(leaf)}
    stepped = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, Sequence) and is_stepped(leaf)}
    simple = plain.keys() | tallied.keys() | stepped.keys()
    judged = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, OnEvents) and key not in simple}
    for gone in shard.leaves.keys() - simple - judged.keys():
        del shard.leaves[gone]
    _build_streams(shard, plain, past)
    _build_leaves(shard, plain)
    _build_tallies(shard, tallied, past)
    _build_steps(shard, stepped, past)
    _build_firsts(shard, judged.values(), past)
    _build_books(shard, judged.values(), past)
    _build_zones(shard, judged.values(), profiles)
    _build_judged(shard, judged)
    _build_traits(shard, {key: leaf for key, leaf in leaves.items() if isinstance(leaf, OnTraits)}, profiles)
    buckets = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, Bucket)}
    shard.bucket_leaves = {key: shard.bucket_leaves.get(key) or BucketLeaf(leaf) for key, leaf in buckets.items()}
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


def know_everybody(shard: Shard, past: BuildHistory, profiles: Profiles) -> None:
    """Find the app's people: all who have an event or a profile."""
    people = [row[0] for row in past.run(everybody(shard.app_id, shard.last))]
    people += [person for person, _ in profiles(frozenset())]
    shard.known.set(np.array(people, np.int64), True)


def _build_streams(shard: Shard, behaviours: Mapping[str, Behaviour], past: BuildHistory) -> None:
    needs: dict[str, StreamNeeds] = {}
    samples: dict[str, Behaviour] = {}
    for condition in behaviours.values():
        key = stream_key(condition)
        needs[key] = needs.get(key, StreamNeeds()).joined(need_of(condition))
        samples[key] = condition
    for gone in shard.streams.keys() - needs.keys():
        del shard.streams[gone]
    for key, need in needs.items():
        present = shard.streams.get(key)
        if present is None or not present.need.covers(need):
            need = need if present is None else need.joined(present.need)
            shard.streams[key] = _fill(CountSource(shard.next_number(), samples[key], need), samples[key], shard, past)


def _fill(stream: CountSource, condition: Behaviour, shard: Shard, past: BuildHistory) -> CountSource:
    if stream.need.depth:
        people, instants = _columns(past.run(newest(condition, stream.need, shard.app_id, shard.last)))
        stream.add_events(people, instants[None, :], shard.last)
    if stream.totals is not None:
        stream.add_totals(*_columns(past.run(totals(condition, shard.app_id, shard.last))))
    return stream


def _columns(rows: Row[tuple[Any, ...]]) -> tuple[Ids, Ids]:
    table = np.array(rows, np.int64).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def _build_leaves(shard: Shard, behaviours: Mapping[str, Behaviour]) -> None:
    for key, condition in behaviours.items():
        _build_leaf(shard, key, count_look(condition), shard.streams[stream_key(condition)])


def _build_leaf(shard: Shard, key: str, look: WindowAggregate, source: FoldedSource) -> None:
    present = shard.leaves.get(key)
    if isinstance(present, Leaf):
        present.source = source
        return
    shard.leaves[key] = Leaf(shard.next_number(), look, source)  # decided when it is given its seat


def _build_tallies(shard: Shard, tallied: Mapping[str, Behaviour], past: BuildHistory) -> None:
    spans: dict[str, int] = {}
    samples: dict[str, Behaviour] = {}
    for condition in tallied.values():
        key = tally_key(condition)
        spans[key] = max(spans.get(key, 0), condition.length or 0)
        samples[key] = condition
    for gone in shard.tallies.keys() - spans.keys():
        del shard.tallies[gone]
    for key, span in spans.items():
        present = shard.tallies.get(key)
        if present is None or present.span < span:
            shard.tallies[key] = _fill_tally(
                AggregateSource(shard.next_number(), samples[key], span, shard.identities), shard, past
            )
    for key, condition in tallied.items():
        _build_leaf(shard, key, tally_look(condition), shard.tallies[tally_key(condition)])


def _fill_tally(tally: AggregateSource, shard: Shard, past: BuildHistory) -> AggregateSource:
    rows = past.run(told(tally.event, shard.app_id, shard.last - tally.span, shard.last))
    counted, values = tally.read(Bodies([row[3] for row in rows], tally.names))
    chosen = [rows[place] for place in counted.tolist()]
    people, instants = np.array([row[0] for row in chosen], np.int64), np.array([row[1] for row in chosen], np.int64)
    order = np.lexsort((instants, people))
    tally.add(people[order], instants[order], values[order], shard.last)
    return tally


def _build_steps(shard: Shard, stepped: Mapping[str, Sequence], past: BuildHistory) -> None:
    spans: dict[str, int] = {}
    samples: dict[str, Sequence] = {}
    for condition in stepped.values():
        key = steps_key(condition)
        spans[key] = max(spans.get(key, 0), length_of_window(condition))
        samples[key] = condition
    for gone in shard.steps.keys() - spans.keys():
        del shard.steps[gone]
    for key, span in spans.items():
        present = shard.steps.get(key)
        if present is None or present.span < span:
            shard.steps[key] = _fill_steps(SequenceSource(shard.next_number(), samples[key], span, shard.identities), shard, past)
    for key, condition in stepped.items():
        _build_leaf(shard, key, step_look(condition), shard.steps[steps_key(condition)])


def _fill_steps(steps: SequenceSource, shard: Shard, past: BuildHistory) -> SequenceSource:
    for event in steps.events:
        rows = past.run(told(event, shard.app_id, shard.last - steps.span, shard.last))
        places, keys, roles = steps.read(event, Bodies([row[3] for row in rows], steps.names(event)))
        table = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3)[places]
        order = np.lexsort((table[:, 2], table[:, 1], table[:, 0]))
        people, instants, positions = table[order].T
        steps.add(people, instants, keys[order], mark(positions, roles[order]), shard.last)
    return steps


def _build_firsts(shard: Shard, judged: Iterable[OnEvents], past: BuildHistory) -> None:
    needed = any(needs_first(getattr(condition, "window", None)) for condition in judged)
    if needed and not shard.knows_firsts:
        people, instants = _columns(past.run(firsts(shard.app_id, shard.last)))
        shard.firsts.set(people, instants)
    if shard.knows_firsts and not needed:
        shard.firsts = PersonColumn(np.int64, NEVER)
    shard.knows_firsts = needed


def _build_books(shard: Shard, judged: Iterable[OnEvents], past: BuildHistory) -> None:
    wanted = joined_keeps(judged)
    for gone in shard.event_lists.keys() - wanted.keys():
        del shard.event_lists[gone]
    empty: dict[str, list[EventListSource]] = {}
    for key, (step, keeps) in wanted.items():
        present = shard.event_lists.get(key)
        if present is not None and present.covers(keeps, shard.last):
            present.keep(keeps)
        else:
            shard.event_lists[key] = EventListSource(shard.next_number(), step, keeps)
            empty.setdefault(step.event, []).append(shard.event_lists[key])
    for event, event_lists in empty.items():
        _fill_books(event, event_lists, shard, past)


def _fill_books(event: str, event_lists: Row[EventListSource], shard: Shard, past: BuildHistory) -> None:
    """One reading of the events of a name, for all books of it."""
    since = min(event_list.since(shard.last) for event_list in event_lists)
    rows = past.run(told(event, shard.app_id, since, shard.last))
    bodies = Bodies([row[3] for row in rows], frozenset().union(*(event_list.where.names for event_list in event_lists)))
    passing = [event_list.where.passing(bodies) for event_list in event_lists]
    for event_list in event_lists:
        event_list.begin(shard.last)
    for place, (person, occurred_at, position, text) in enumerate(rows):
        properties = read_body(text)
        for event_list, passes in zip(event_lists, passing, strict=True):
            if passes[place]:
                event_list.add((person,), (event_list.told(occurred_at, position, properties),), shard.last)


def _build_zones(shard: Shard, judged: Iterable[OnEvents], profiles: Profiles) -> None:
    if not any(map(asks_own_zone, judged)):
        shard.zones = None
    elif shard.zones is None:
        shard.zones = Zones()
        found = list(profiles(frozenset()))
        shard.zones.put(np.array([person for person, _ in found], np.int64), [each for _, each in found])


def _build_judged(shard: Shard, judged: Mapping[str, OnEvents]) -> None:
    for key, condition in judged.items():
        event_lists = [shard.event_lists[events_key(step)] for step in listens_to(condition)]
        present = shard.leaves.get(key)
        if isinstance(present, JudgedLeaf):
            present.event_lists, present.firsts = event_lists, shard.firsts
            continue
        leaf = shard.leaves[key] = JudgedLeaf(shard.next_number(), condition, event_lists, shard.firsts, shard.zones)
        shard.start_leaf(leaf)


def _build_traits(shard: Shard, traits: Mapping[str, OnTraits], profiles: Profiles) -> None:
    for gone in shard.trait_leaves.keys() - traits.keys():
        del shard.trait_leaves[gone]
    fresh = {key: condition for key, condition in traits.items() if key not in shard.trait_leaves}
    if not fresh:
        return
    found = list(profiles(facts_asked(fresh.values())))
    people = np.array([person for person, _ in found], np.int64)
    for key, condition in fresh.items():
        leaf = shard.trait_leaves[key] = TraitLeaf(shard.next_number(), condition)
        shard.start_trait_leaf(leaf, people, [each for _, each in found])
