"""Stages 2 to 5 of a tick, inside its transaction: from the events read to the intents and derived events to be written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from relance.accounts.service import asks_to_confirm
from relance.core.encoding import from_json, to_json
from relance.core.time import HOUR, SECOND
from relance.events.model import Batch, Event, Flag, HistoryMerge, Kind
from relance.events.service import EventBatch
from relance.journeys.model import Advance
from relance.messaging import service as messaging
from relance.pipeline.change_events import NO_CAUSE, causes_of_changes, membership_events, session_events
from relance.pipeline.deduplication import FreshEvents, fresh_events
from relance.pipeline.handover import HANDOVER, Handover
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.rejections import Rejections
from relance.pipeline.single_partition import SinglePartition
from relance.pipeline.tick_result import TickResult
from relance.segments.membership import MembershipChanges
from relance.segments.model import CHANGES
from relance.users.model import Resolution

LATE_AFTER = HOUR  # received longer than this after it happened: updates state, starts nothing
DERIVED = Kind.DERIVED.value
ALONE = frozenset((Kind.DELETE.value, Kind.HANDOVER.value))  # an alias or a merge joins people as a claim does, among the rest
OWN_WORDS = frozenset((DERIVED, HANDOVER))
NOT_HISTORY = frozenset((Kind.MERGE.value, Kind.DELETE.value))


class ResolvedChunk(NamedTuple):
    """Events whose people are known. ``batch`` is ``resolved`` as history and segments are to have it (``with_former``);
    ``ours`` are the places of those about people whom the program itself named."""

    resolved: Batch
    batch: Batch
    ours: list[int]
    merges: list[HistoryMerge]


class TickTransaction:
    """The order of things inside the transaction. Made anew for each tick."""

    def __init__(
        self, parts: PartitionContext, connection: Connection, partition: int, position: int, now: int, result: TickResult
    ) -> None:
        self.parts = parts
        self.connection = connection
        self.partition = partition
        self.position = position
        self.now = now
        self.result = result
        self.rejections = Rejections(result)
        self.derived: list[Event | EventBatch] = []
        several = parts.settings.partitions > 1
        self.handover = Handover(parts, connection, now) if several else SinglePartition(parts)

    def reload_definitions(self) -> None:
        """Take up segments and journeys that were made, changed or archived since the last tick."""
        self.reload_segments()
        self.parts.journeys.load(self.connection, self.now)

    def reload_segments(self) -> None:
        """Take up segments: made, changed or archived, or filled from history meanwhile."""
        self.parts.live.reload(self.connection, self.parts.history, self.now)
        self.handover.forget_the_leaving(self.connection)

    def settle(self, events: Sequence[Event], unread_at: int | None = None) -> None:
        """Stages 2 to 5: everything the events change, then everything that the passing of time changed.

        ``unread_at`` is when the first event was received that is still in the log; None: there is none.
        """
        events = self.handover.in_order(events)
        self.parts.journeys.list_members(self.connection, self._members)
        self._begin_people()
        fresh = self._refuse(events)
        for start, stop in cut(fresh.events):
            if fresh.events[start].kind == HANDOVER:
                self._hand_over(fresh.events[start])
            else:
                chunk = self._resolve(fresh.events[start:stop], fresh.hashes[start:stop])
                self._append(chunk)
                self._fold(chunk)
        if fresh.events and fresh.events[-1].kind == HANDOVER:
            self._fold_handovers()
        self._let_time_pass(self._read_up_to(events, unread_at))

    def _begin_people(self) -> None:
        mark = time.perf_counter()
        self.parts.people.begin(self.connection, self.now, self.partition, self.parts.live.asked())
        self.result.spend("identity", mark)

    def _refuse(self, events: Sequence[Event]) -> FreshEvents:
        """Stage 2: what was seen before goes."""
        mark = time.perf_counter()
        returned = self.handover.returned(events)
        fresh = fresh_events(self.parts, events, returned, self.now, self.rejections, self.result)
        self.result.spend("seen", mark)
        return fresh

    def _resolve(self, events: Sequence[Event], hashes: list[int]) -> ResolvedChunk:
        """Stage 3: whose the events are, and who is one with whom, or gone, from here on."""
        mark = time.perf_counter()
        resolution = self.parts.people.resolve(events)
        mark = self.result.spend("identity", mark)
        merges = self._join_and_forget(resolution)
        resolved = self._batch(events, hashes, resolution)
        ours = [place for place, event in enumerate(resolved.events) if event.person_id]  # all that is derived is among these
        self.result.spend("history", mark)
        return ResolvedChunk(resolved, with_former(resolved, ours), ours, merges)

    def _append(self, chunk: ResolvedChunk) -> None:
        """Stage 4: history has it, on the disk, before anything is made of it."""
        mark = time.perf_counter()
        self.parts.history.append(self.partition, chunk.batch, chunk.merges)
        self.result.spend("history", mark)

    def _fold(self, chunk: ResolvedChunk) -> None:
        """Stage 5: people, live segments, engagement and journeys, each of which reads what the one before it has changed."""
        mark = time.perf_counter()
        self._fold_people(chunk.resolved)
        mark = self.result.spend("people", mark)
        live, batch = self.parts.live, chunk.batch
        self._changed(live.fold(batch, self.handover.own_traits(), self.now), batch, chunk.ours)
        mark = self.result.spend("segments", mark)
        self.derived += messaging.observe(self.connection, batch)
        mark = self.result.spend("engagement", mark)
        self._moved(self.parts.journeys.advance(self.connection, batch), caused=True)
        self.result.spend("journeys", mark)
        self.position += len(batch)
        self.result.events += len(batch)

    def _fold_people(self, resolved: Batch) -> None:
        people = self.parts.people
        self.derived += session_events(people.fold(resolved.events, resolved.persons, resolved.late))
        people.flush()  # journeys and deliveries read traits and addresses
        for app_id, persons in people.reachable().items():
            awakened = messaging.awaken(self.connection, app_id, persons, self.now)
            self.result.intents += awakened.deliveries
            self.derived += awakened.events
        for app_id, persons in people.moved().items():
            self.result.intents += messaging.decide_anew(self.connection, app_id, persons, self.now)
        self._ask_to_confirm()

    def _fold_handovers(self) -> None:
        """What live segments make of people whom the last records handed over, without an event of their own."""
        mark = time.perf_counter()
        self._changed(self.parts.live.fold(Batch([], [], [], self.position + 1), self.handover.own_traits(), self.now))
        self.result.spend("segments", mark)

    def _let_time_pass(self, read_up_to: int) -> None:
        """Windows that closed and waits that are over."""
        mark = time.perf_counter()
        self._changed(self.parts.live.expire(self.now))
        mark = self.result.spend("segments", mark)
        self._moved(self.parts.journeys.wake(self.connection, read_up_to))
        if not self.result.more:  # else some members' entry events are still to come
            self._moved(self.parts.journeys.take_in(self.connection, self.now))
        self.result.spend("journeys", mark)

    def _members(self, app_id: int, segment_id: int) -> list[int] | None:
        """Who is in a segment; None while it is being built."""
        live = self.parts.live
        building = any(each.segment == segment_id and each.is_new for each in live.building(app_id))
        return None if building else live.members(app_id, segment_id)

    def _read_up_to(self, events: Sequence[Event], unread_at: int | None) -> int:
        """Where the log was not read to its end, waits end no later than what was read: an event in time comes first."""
        if not self.result.more:
            return self.now
        read = [event.received_at for event in events if event.kind not in OWN_WORDS]
        return min(self.now, max(read) if read else self.now if unread_at is None else unread_at)

    def _hand_over(self, record: Event) -> None:
        """Apply what another partition's tick left for this one."""
        mark = time.perf_counter()
        self.position += 1
        self._changed(self.handover.apply(record, self.position))
        self._moved(self.parts.journeys.look_back(self.connection))
        self.result.spend("handover", mark)

    def _ask_to_confirm(self) -> None:
        people, most = self.parts.people, self.parts.settings.confirmations_per_hour
        for app_id, unconfirmed in people.unconfirmed().items():
            if asks_to_confirm(self.connection, app_id):
                addresses = {address: event.received_at for address, event in unconfirmed.items()}
                asked = messaging.ask_to_confirm(self.connection, app_id, addresses, most=most)
                self.result.intents += asked.addresses
                people.asked(app_id, unconfirmed, asked.refused)

    def _join_and_forget(self, resolution: Resolution) -> list[HistoryMerge]:
        """Let live state, runs and deliveries follow; returns the rows history needs, under a position of their own."""
        parts = self.parts
        joined: list[tuple[int, int, int]] = []
        for merge in resolution.merges:
            joint = (merge.app_id, merge.from_id, merge.into_id)
            is_joined, ended = self.handover.join(*joint)
            self._changed(ended)
            self.derived += parts.journeys.follow_merge(self.connection, *joint)
            if is_joined:
                joined.append(joint)
                parts.journeys.joined(merge.app_id, merge.into_id)
            self.derived += messaging.follow_merge(self.connection, *joint)
        for gone in resolution.deleted:
            for person_id in gone.persons:
                parts.live.forget(gone.app_id, person_id)
                parts.journeys.forget(self.connection, gone.app_id, person_id)
                messaging.forget(self.connection, gone.app_id, person_id)
            messaging.erase_figures(self.connection, parts.history, gone.app_id, gone.persons)
            parts.history.forget(gone.app_id, gone.person_id)
            self.handover.forget(gone.app_id, gone.persons)
        if joined:
            # Without an event of its own in this chunk a merge would share the committed position, and be rewound.
            self.position += 1
        return [HistoryMerge(*joint, self.position) for joint in joined]

    def _batch(self, events: Sequence[Event], hashes: list[int], resolution: Resolution) -> Batch:
        for index, reason in resolution.refused.items():
            self.rejections.refuse_about(events[index], reason)
        persons = list(self.handover.forward(events, resolution.persons))
        if not all(persons) or events[-1].kind in NOT_HISTORY:
            kept = [index for index, person in enumerate(persons) if person and events[index].kind not in NOT_HISTORY]
            events = [events[index] for index in kept]
            hashes = [hashes[index] for index in kept]
            persons = [persons[index] for index in kept]
        imported = Flag.IMPORTED.value
        late = [each.received_at - each.occurred_at > LATE_AFTER or bool(each.flags & imported) for each in events]
        return Batch(list(events), persons, late, self.position + 1, hashes, names={name for _, name in self.parts.seen.named})

    def _changed(self, changes: MembershipChanges, batch: Batch | None = None, ours: Sequence[int] = ()) -> None:
        """Entering and leaving are events; their ids come from the segment, the person and the instant of truth.

        ``ours`` are the places of a batch's events about people whom the program itself named.
        """
        changes = self.handover.living(changes) if changes else changes
        if changes:
            self.result.changes += len(changes)
            self.derived.append(
                membership_events(changes, NO_CAUSE if batch is None else causes_of_changes(changes, batch, ours))
            )

    def _moved(self, moved: Advance, *, caused: bool = False) -> None:
        """What journeys ask for becomes deliveries. ``caused``: by events of this tick, not by the time that passed."""
        self.derived += moved.derived
        patience = self.parts.settings.address_wait_seconds * SECOND
        wait_until = self.now + patience if patience else 0
        intended = messaging.intend(self.connection, moved.intents, wait_until)
        self.derived += intended.events
        self.result.intents += len(moved.intents)
        if caused and self.result.accepted:
            # The tick's oldest acceptance stands for all of it: never flattering.
            self.result.caused.update(dict.fromkeys(intended.ids, self.result.accepted[0][0]))

    def finish(self, tick: int) -> None:
        """Write what the next tick will read, and what the caches must find again after a crash."""
        mark = time.perf_counter()
        self.parts.seen.flush(self.connection, tick, self.now)
        self.parts.live.flush(self.connection, tick, self.now)
        self.result.spend("write", mark)


def with_former(batch: Batch, ours: Iterable[int]) -> Batch:
    """The same batch, but changes of a membership say in their body whose it was, where that is part of another person now.

    History keeps them under the person of now, so that otherwise nobody could tell whose membership began or ended. ``ours`` are
    the places of the events about people whom the program itself named.
    """
    moved = [place for place in ours if batch.events[place].person_id != batch.persons[place]]
    if not moved:
        return batch
    events = list(batch.events)
    for place in moved:
        event = events[place]
        if event.kind == DERIVED and event.name in CHANGES:
            body = to_json({**from_json(event.body), "person": event.person_id}).encode()
            events[place] = msgspec.structs.replace(event, body=body)
    return msgspec.structs.replace(batch, events=events)


def cut(events: Sequence[Event]) -> Iterator[tuple[int, int]]:
    """Pieces in log order as (start, stop); a record that forgets somebody, or hands somebody over, is a piece of its own."""
    start = 0
    commands = not ALONE.isdisjoint({event.kind for event in events})  # most ticks have none
    for index, event in enumerate(events if commands else ()):
        if event.kind in ALONE:
            if start < index:
                yield start, index
            yield index, index + 1
            start = index + 1
    if start < len(events):
        yield start, len(events)
