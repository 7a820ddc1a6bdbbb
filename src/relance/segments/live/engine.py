"""Live membership of all apps of a partition: the tick writes, anybody reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from sqlalchemy.engine import Connection

from relance.events.model import Batch
from relance.segments import store
from relance.segments.live.building import Past, Profiles, Wanted, build, know_everybody
from relance.segments.live.intake import Columns, Listeners, take_in
from relance.segments.live.ledger import Committed, Ledger
from relance.segments.live.paged import Ids
from relance.segments.live.rings import NEVER
from relance.segments.live.shard import Shard
from relance.segments.live.watched import Changes, in_order_of_time
from relance.segments.live.work import nothing
from relance.segments.model import Change
from relance.segments.query.compile import newest_instant

Traits = Mapping[tuple[int, int], Mapping[str, Any]]


class ReadProfiles(Protocol):
    """How live state reads the traits of an app's people, from inside a transaction."""

    def __call__(self, connection: Connection, app_id: int, /) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """(person id, traits) of everybody in the app, each once."""
        ...


class Live:
    """Who is in which segment now.

    One thread (the tick's) calls ``load``, ``reload``, ``fold``, ``expire``, ``merge``, ``forget``, ``flush`` and ``drop``. Reads
    may come from any thread; they see the state that is being settled, at most one tick ahead of what is committed.
    """

    def __init__(self, partition: int, read_profiles: ReadProfiles) -> None:
        self.partition = partition
        self._read_profiles = read_profiles
        self._shards: dict[int, Shard] = {}
        self._listeners: dict[int, Listeners] = {}
        self._ledger = Ledger(partition)
        self._carried: list[Change] = []  # found at start: not yet handed out
        self._loaded = False

    # -- building ------------------------------------------------------------------------------------------------------

    def load(self, connection: Connection, history: Past, now: int) -> None:
        """Build everything from definitions, history and committed membership.

        The state is that of the last committed instant; what time has changed since comes out of the next ``expire``.
        Reads go on answering from the old state until the new one is complete.
        """
        committed = self._ledger.read(connection)
        shards: dict[int, Shard] = {}
        carried: list[Change] = []
        for app_id, wanted in _by_app(store.active_definitions(connection)).items():
            found = history.run(newest_instant(app_id))[0][0]
            shard = shards[app_id] = Shard(app_id, max(committed.settled_at, found or 0) or now)
            know_everybody(shard, history, self._profiles(connection, app_id))
            self._build(shard, wanted, connection, history)
            carried += self._compare(shard, committed, now)
        for app_id, segment_id in committed.digests:
            if app_id not in shards or segment_id not in shards[app_id].segments:
                self._ledger.archive(app_id, segment_id)
        self._shards, self._carried, self._loaded = shards, carried, True

    def reload(self, connection: Connection, history: Past, now: int) -> None:
        """Take up new, edited and archived segments. Nobody gets an event for it; the new members are committed with the tick.

        Called between ticks: history holds exactly what was folded. What time alone has changed in the other segments since
        the last tick comes out of the next ``fold`` or ``expire``.
        """
        self._check_loaded()
        definitions = _by_app(store.active_definitions(connection))
        shards = dict(self._shards)
        for app_id in definitions.keys() | shards.keys():
            shard = shards.get(app_id)
            if shard is None:
                shard = shards[app_id] = Shard(app_id, now)
                know_everybody(shard, history, self._profiles(connection, app_id))
            self._carried += in_order_of_time([(app_id, each) for each in shard.advance(nothing(), {}, now)])
            before = set(shard.segments)
            fresh = self._build(shard, definitions.get(app_id, []), connection, history)
            for segment_id in before - shard.segments.keys():
                shard.touched.pop(segment_id, None)
                self._ledger.archive(app_id, segment_id)
            for segment_id in fresh:
                people, _ = shard.settle_segment(shard.segments[segment_id])
                shard.touched.setdefault(segment_id, []).append(people)
        self._shards = shards

    def drop(self) -> None:
        """A tick failed: ``load`` must come before anything else. Reads keep the old state until then."""
        self._loaded = False

    def _build(self, shard: Shard, wanted: Sequence[Wanted], connection: Connection, history: Past) -> list[int]:
        fresh = build(shard, wanted, history, self._profiles(connection, shard.app_id))
        self._listeners[shard.app_id] = Listeners(shard.sources())
        return fresh

    def _profiles(self, connection: Connection, app_id: int) -> Profiles:
        return partial(self._read_profiles, connection, app_id)

    def _compare(self, shard: Shard, committed: Committed, now: int) -> list[Change]:
        """Start from what was committed; what differs from the truth is a change.

        A segment whose rule was another, or that is new, starts from the truth of ``now``: nobody gets an event for that.
        """
        changes: list[Change] = []
        fresh: set[int] = set()
        for segment in shard.segments.values():
            key = (shard.app_id, segment.id)
            members = np.array(sorted(committed.members.get(key, ())), np.int64)
            segment.put(members, np.ones(members.size, np.bool_))
            people, inside = shard.settle_segment(segment)
            same_rule = committed.digests.get(key) == segment.digest
            if people.size or not same_rule:
                shard.touched[segment.id] = [people]
            if not same_rule:
                fresh.add(segment.id)
                continue
            for person, entered in zip(people.tolist(), inside.tolist(), strict=True):
                changes.append(Change(shard.app_id, segment.id, person, entered, shard.last))
        if fresh:
            passed = shard.advance(nothing(), {}, now)
            changes += in_order_of_time([(shard.app_id, each) for each in passed if each.segment_id not in fresh])
        return changes

    # -- the tick ------------------------------------------------------------------------------------------------------

    def fold(self, batch: Batch, changed_traits: Traits, now: int) -> list[Change]:
        """Fold a tick's events and the traits they changed; settled up to the newest event. ``expire`` goes on to ``now``."""
        self._check_loaded()
        traits: dict[int, dict[int, Mapping[str, Any]]] = {}
        for (app_id, person), found in changed_traits.items():
            traits.setdefault(app_id, {})[person] = found
        found_changes: list[tuple[int, Changes]] = []
        for app_id, columns in self._by_app(batch, traits.keys()):
            shard = self._shards[app_id]
            changed = _living(shard, traits.get(app_id, {}))
            upto = max(columns.occurred_at.max(initial=shard.last).item(), now if shard.waiting else 0)
            work, happened = take_in(shard, self._listeners[app_id], columns, changed, max(upto, now))
            upto = max(upto, work.instant.max(initial=0).item())
            found_changes += [(app_id, each) for each in shard.advance(work, changed, upto, happened)]
        return self._handed_out(found_changes)

    def expire(self, now: int) -> list[Change]:
        """Live through every instant up to ``now``; the changes come in order of time."""
        self._check_loaded()
        found: list[tuple[int, Changes]] = []
        for app_id, shard in self._shards.items():
            found += [(app_id, each) for each in shard.advance(nothing(), {}, now)]
        return self._handed_out(found)

    def merge(self, app_id: int, from_id: int, into_id: int) -> list[Change]:
        """``from_id`` is part of ``into_id`` from now on; returns the memberships that ended with it.

        What it changes for ``into_id`` comes out of the next ``fold`` or ``expire``.
        """
        shard = self._shards.get(app_id)
        if shard is None:
            return []
        ended = self.memberships(app_id, from_id)
        shard.merge(from_id, into_id)
        return [Change(app_id, segment, from_id, False, shard.last, merged=True) for segment in ended]

    def forget(self, app_id: int, person_id: int) -> None:
        """Nothing of this person stays, and nothing is said of it."""
        shard = self._shards.get(app_id)
        if shard is not None:
            shard.forget(person_id)

    def next_due(self) -> int | None:
        """The earliest instant at which something may change by itself, or None."""
        if self._carried or any(shard.waiting for shard in self._shards.values()):
            return 0
        due = min((shard.timers.next_due for shard in self._shards.values()), default=NEVER)
        return None if due == NEVER else due

    def flush(self, connection: Connection, tick: int, now: int) -> None:
        """Write the membership changes of this tick, in its transaction: one row, if anything changed."""
        self._check_loaded()
        self._ledger.flush(connection, tick, now, self._shards)

    def _by_app(self, batch: Batch, with_traits: Iterable[int]) -> list[tuple[int, Columns]]:
        """The batch cut by app, for the apps that have segments."""
        events = batch.events
        everything = Columns(
            events,
            np.array(batch.persons, np.int64),
            np.array([event.occurred_at for event in events], np.int64),
            np.array(batch.late, np.bool_),
            np.arange(batch.first_position, batch.first_position + len(events)),
        )
        apps = {event.app_id for event in events}
        if len(apps) == 1 and apps.issuperset(with_traits):
            (app_id,) = apps
            return [(app_id, everything)] if app_id in self._shards else []
        ids = np.array([event.app_id for event in events], np.int64)
        wanted = sorted((apps | set(with_traits)) & self._shards.keys())
        return [(app_id, everything.pick(np.flatnonzero(ids == app_id))) for app_id in wanted]

    def _handed_out(self, found: Sequence[tuple[int, Changes]]) -> list[Change]:
        carried, self._carried = self._carried, []
        return carried + in_order_of_time(found)

    def _check_loaded(self) -> None:
        if not self._loaded:
            raise RuntimeError("Live state was dropped and not loaded again.")

    # -- reading (any thread) ------------------------------------------------------------------------------------------

    def contains(self, app_id: int, segment_id: int, person_id: int) -> bool:
        """Whether the person is in; False for a segment that is not live."""
        shard = self._shards.get(app_id)
        segment = shard.segments.get(segment_id) if shard else None
        return segment is not None and bool(segment.member.one(person_id))

    def members(self, app_id: int, segment_id: int, after: int = 0, limit: int | None = None) -> list[int]:
        """Ids of members above ``after``, ascending, at most ``limit``."""
        shard = self._shards.get(app_id)
        segment = shard.segments.get(segment_id) if shard else None
        return segment.member.where_true(after, limit) if segment else []

    def size(self, app_id: int, segment_id: int) -> int:
        """How many are in."""
        shard = self._shards.get(app_id)
        segment = shard.segments.get(segment_id) if shard else None
        return segment.size if segment else 0

    def sizes(self, app_id: int) -> dict[int, int]:
        """How many are in each segment of an app."""
        shard = self._shards.get(app_id)
        return {} if shard is None else {number: segment.size for number, segment in sorted(shard.segments.copy().items())}

    def memberships(self, app_id: int, person_id: int) -> list[int]:
        """The segments the person is in, ascending."""
        shard = self._shards.get(app_id)
        if shard is None:
            return []
        return sorted(number for number, segment in shard.segments.copy().items() if segment.member.one(person_id))

    def settled_until(self, app_id: int) -> int | None:
        """The instant up to which the app's segments are true; None where none is live."""
        shard = self._shards.get(app_id)
        return None if shard is None else shard.last

    @property
    def nbytes(self) -> int:
        """Memory of the columns, in bytes."""
        return sum(shard.nbytes for shard in self._shards.values())


def _by_app(definitions: Iterable[store.Definition]) -> dict[int, list[Wanted]]:
    found: dict[int, list[Wanted]] = {}
    for each in definitions:
        found.setdefault(each.app_id, []).append(Wanted(each.segment_id, each.rule, each.digest))
    return found


def _living(shard: Shard, traits: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Traits of people who were not merged away or forgotten in the meantime, where any segment asks for people or traits."""
    if not traits:
        return {}
    people: Ids = np.array(sorted(traits), np.int64)
    living = people[shard.root_of(people) == people]
    if not (shard.trait_leaves or any(each.holds_for_strangers for each in shard.segments.values())):
        shard.known.set(living, True)  # a segment that is made or edited later may ask for them
        return {}
    return {person: traits[person] for person in living.tolist()}
