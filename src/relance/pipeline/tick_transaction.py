"""One tick's work inside its transaction: from the events read to the intents and derived events written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy.engine import Connection

from relance.accounts.service import asks_to_confirm
from relance.core.encoding import from_json, to_json
from relance.core.pulse import PULSE
from relance.core.time import DAY, HOUR, SECOND
from relance.events.model import Batch, Event, Flag, HistoryMerge, Kind, Note, Reason, Rejection
from relance.events.names import MOST_NAMES
from relance.events.service import EventBatch
from relance.journeys.model import Advance
from relance.messaging import service as messaging
from relance.pipeline.handover import HANDOVER, Handover
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.single_partition import SinglePartition
from relance.pipeline.telling import NO_CAUSE, causes_of_changes, told, told_of_sessions
from relance.segments.membership import MembershipChanges
from relance.segments.model import CHANGES
from relance.users.model import Refusal, Resolution

LATE_AFTER = HOUR  # received longer than this after it happened: updates state, starts nothing
SEEN_FOR = 7 * DAY  # ids are kept this long; older events are checked against history instead
DERIVED = Kind.DERIVED.value
ALONE = frozenset((Kind.DELETE.value, Kind.HANDOVER.value))  # an alias or a merge joins people as a claim does, among the rest
OWN_WORDS = frozenset((DERIVED, HANDOVER))
NOT_HISTORY = frozenset((Kind.MERGE.value, Kind.DELETE.value))

UNSETTLEABLE = "cannot_be_settled"
PAYLOAD = 4_096  # bytes kept of what was set aside
FRESH, DUPLICATE, CONFLICT = 0, 1, 2
TOO_MANY = f"The app has {MOST_NAMES:,} names of events already, and this is another: what varies belongs into properties."
REUSED = "An event with this messageId and other ids or another name came before. This is another one, and was taken."
REFUSALS = {
    Refusal.DELETED_PERSON.value: "The event is about a person who was deleted after it happened.",
    Refusal.UNKNOWN_PERSON.value: "The event names a person this app does not have.",
    Refusal.NO_ID.value: "The event carries no id of a person.",
}
_IDS_ALONE = frozenset((Note.REUSED_ID.value, Refusal.DELETED_PERSON.value))
_BODIES = {Kind.IDENTIFY.value: "traits", Kind.GROUP.value: "traits", Kind.ALIAS.value: "body", Kind.EDIT.value: "body"}
log = structlog.get_logger()


class TickResult(msgspec.Struct):
    """What one tick did, for the worker and for the figures."""

    events: int = 0
    duplicates: int = 0
    refused: int = 0
    changes: int = 0
    intents: int = 0
    sent_to: set[int] = msgspec.field(default_factory=set)  # the partitions that were given something
    postponed: bool = False  # a deletion waits for what other partitions have still to settle
    set_aside: int = 0  # events that no tick could settle
    more: bool = False  # the tick was full: there is more to read at once
    accepted: list[tuple[int, int]] = msgspec.field(default_factory=list)  # (real instant of acceptance, events)
    caused: dict[str, int] = msgspec.field(default_factory=dict)  # delivery → when the event that asked for it was accepted
    stages: dict[str, float] = msgspec.field(default_factory=dict)  # seconds in each stage

    def add(self, other: TickResult) -> None:
        """Count what another tick did as well."""
        self.events += other.events
        self.duplicates += other.duplicates
        self.refused += other.refused
        self.set_aside += other.set_aside
        self.changes += other.changes
        self.intents += other.intents
        self.more |= other.more
        self.accepted += other.accepted
        self.caused |= other.caused
        for stage, seconds in other.stages.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds

    def spend(self, stage: str, since: float) -> float:
        """Book the time since ``since`` on a stage; returns the present mark."""
        mark = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + mark - since
        PULSE.beat(stage)
        return mark


class TickTransaction:
    """The order of things inside the transaction. Made anew for each tick."""

    def __init__(
        self, parts: PartitionContext, connection: Connection, partition: int, position: int, now: int, settled: TickResult
    ) -> None:
        self.parts = parts
        self.connection = connection
        self.partition = partition
        self.position = position
        self.now = now
        self.settled = settled
        self.rejections: list[Rejection] = []
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
        """Everything the events change, then everything that the passing of time changed.

        ``unread_at`` is when the first event was received that is still in the log; None: there is none.
        """
        events = self.handover.in_order(events)
        self.parts.journeys.list_members(self.connection, self._members)
        mark = time.perf_counter()
        self.parts.people.begin(self.connection, self.now, self.partition, self.parts.live.asked())
        self.settled.spend("identity", mark)
        fresh, hashes = self._fresh(events)
        for start, stop in cut(fresh):
            if fresh[start].kind == HANDOVER:
                self._hand_over(fresh[start])
            else:
                self._chunk(fresh[start:stop], hashes[start:stop])
        mark = time.perf_counter()
        if fresh and fresh[-1].kind == HANDOVER:
            self._changed(self.parts.live.fold(Batch([], [], [], self.position + 1), self.handover.own_traits(), self.now))
        self._changed(self.parts.live.expire(self.now))
        mark = self.settled.spend("segments", mark)
        self._moved(self.parts.journeys.wake(self.connection, self._read_up_to(events, unread_at)))
        if not self.settled.more:  # else some of those who are in a segment are still to be told of as having entered it
            self._moved(self.parts.journeys.take_in(self.connection, self.now))
        self.settled.spend("journeys", mark)

    def _members(self, app_id: int, segment_id: int) -> list[int] | None:
        """Who is in a segment; None while it is being built."""
        live = self.parts.live
        building = any(each.segment == segment_id and each.is_new for each in live.building(app_id))
        return None if building else live.members(app_id, segment_id)

    def _read_up_to(self, events: Sequence[Event], unread_at: int | None) -> int:
        """Where the log was not read to its end, waits end no later than what was read: an event in time comes first."""
        if not self.settled.more:
            return self.now
        read = [event.received_at for event in events if event.kind not in OWN_WORDS]
        return min(self.now, max(read) if read else self.now if unread_at is None else unread_at)

    def _fresh(self, events: Sequence[Event]) -> tuple[list[Event], list[int]]:
        """The events not seen before, with their hashes; one that repeats an id with other content is set aside."""
        mark = time.perf_counter()
        seen = self.parts.seen
        verdicts = seen.admit(events, self.now)
        for index in self.handover.returned(events):
            verdicts[index] = FRESH
        hashes: list[int] = seen.hashes.tolist()
        for index in sorted(self._drop_known(events, hashes, verdicts)):
            if verdicts[index] == FRESH:
                self.rejections.append(aside(events[index], Note.REUSED_ID, REUSED))
        names = self.parts.names
        refused = set() if names.has_all(seen.apps, seen.told) else names.refused(events)
        fresh: list[Event] = []
        kept: list[int] = []
        if not any(verdicts) and not refused:
            self.settled.spend("seen", mark)
            return list(events), hashes
        for event, value, verdict in zip(events, hashes, verdicts, strict=True):
            if verdict == FRESH and refused and (event.app_id, event.name) in refused:
                self._set_aside(event, Reason.TOO_MANY_NAMES, TOO_MANY)
            elif verdict == FRESH:
                fresh.append(event)
                kept.append(value)
            elif verdict == CONFLICT:
                self._set_aside(event, "duplicate_id", "An event with this messageId and other content was accepted before.")
            else:
                self.settled.duplicates += 1
        self.settled.spend("seen", mark)
        return fresh, kept

    def _drop_known(self, events: Sequence[Event], hashes: list[int], verdicts: list[int]) -> set[int]:
        """Of events too old for the table of seen ids, of imported ones and of those under an id that was used before: mark those
        that history has already. Returns those whose message id other events had."""
        oldest, imported, reused = self.now - SEEN_FOR, Flag.IMPORTED.value, self.parts.seen.reused
        asked: dict[int, dict[int, list[int]]] = {}
        found: set[int] = set()
        for index in {*reused, *(at for at, each in enumerate(events) if each.occurred_at < oldest or each.flags & imported)}:
            if verdicts[index] == FRESH:
                asked.setdefault(events[index].app_id, {}).setdefault(hashes[index], []).append(index)
        for app_id, wanted in asked.items():
            for value, *one in self.parts.history.known(app_id, wanted):
                for index in wanted[value]:
                    event = events[index]
                    if [event.name, event.user_id, event.anonymous_id] == one:
                        verdicts[index] = DUPLICATE
                    else:
                        found.add(index)
        return found | later_of_same_id(events, reused)

    def _hand_over(self, record: Event) -> None:
        """Apply what another partition's tick left for this one."""
        mark = time.perf_counter()
        self.position += 1
        self._changed(self.handover.apply(record, self.position))
        self._moved(self.parts.journeys.look_back(self.connection))
        self.settled.spend("handover", mark)

    def _chunk(self, events: list[Event], hashes: list[int]) -> None:
        parts, mark = self.parts, time.perf_counter()
        resolution = parts.people.resolve(events)
        mark = self.settled.spend("identity", mark)
        merges = self._join_and_forget(resolution)
        resolved = self._batch(events, hashes, resolution)
        ours = [place for place, event in enumerate(resolved.events) if event.person_id]  # all that is derived is among these
        batch = with_former(resolved, ours)
        parts.history.append(self.partition, batch, merges)
        mark = self.settled.spend("history", mark)
        self.derived += told_of_sessions(parts.people.fold(resolved.events, resolved.persons, resolved.late))
        parts.people.flush()  # journeys and deliveries read traits and addresses
        for app_id, persons in parts.people.reachable().items():
            self.settled.intents += messaging.awaken(self.connection, app_id, persons, self.now)
        self._ask_to_confirm()
        mark = self.settled.spend("people", mark)
        self._changed(parts.live.fold(batch, self.handover.own_traits(), self.now), batch, ours)
        mark = self.settled.spend("segments", mark)
        self.derived += messaging.observe(self.connection, batch)
        mark = self.settled.spend("engagement", mark)
        self._moved(parts.journeys.advance(self.connection, batch), caused=True)
        self.settled.spend("journeys", mark)
        self.position += len(batch)
        self.settled.events += len(batch)

    def _ask_to_confirm(self) -> None:
        people, most = self.parts.people, self.parts.settings.confirmations_per_hour
        for app_id, unconfirmed in people.unconfirmed().items():
            if asks_to_confirm(self.connection, app_id):
                addresses = {address: event.received_at for address, event in unconfirmed.items()}
                asked = messaging.ask_to_confirm(self.connection, app_id, addresses, most=most)
                self.settled.intents += asked.addresses
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
            parts.history.forget(gone.app_id, gone.person_id)
            self.handover.forget(gone.app_id, gone.persons)
        if joined:
            # Without an event of its own in this chunk a merge would share the committed position, and be rewound.
            self.position += 1
        return [HistoryMerge(*joint, self.position) for joint in joined]

    def _batch(self, events: list[Event], hashes: list[int], resolution: Resolution) -> Batch:
        for index, reason in resolution.refused.items():
            if events[index].kind == Kind.DERIVED:  # our own word about somebody deleted meanwhile: no sender to tell
                self.settled.refused += 1
            else:
                self._set_aside(events[index], reason, REFUSALS.get(reason, "The event is about nobody."))
        persons = list(self.handover.forward(events, resolution.persons))
        if not all(persons) or events[-1].kind in NOT_HISTORY:
            kept = [index for index, person in enumerate(persons) if person and events[index].kind not in NOT_HISTORY]
            events = [events[index] for index in kept]
            hashes = [hashes[index] for index in kept]
            persons = [persons[index] for index in kept]
        imported = Flag.IMPORTED.value
        late = [each.received_at - each.occurred_at > LATE_AFTER or bool(each.flags & imported) for each in events]
        return Batch(events, persons, late, self.position + 1, hashes, names={name for _, name in self.parts.seen.told})

    def set_aside(self, event: Event, why: str) -> None:
        """Let an event go that no tick can settle: kept whole beside the log, for whoever looks into it."""
        self.settled.refused += 1
        self.settled.set_aside += 1
        self.rejections.append(aside(event, UNSETTLEABLE, why))
        log.error("event_set_aside", app=event.app_id, message_id=event.message_id, kind=event.kind, reason=why)

    def _set_aside(self, event: Event, reason: str, detail: str) -> None:
        self.settled.refused += 1
        self.rejections.append(aside(event, reason, detail))

    def _changed(self, changes: MembershipChanges, batch: Batch | None = None, ours: Sequence[int] = ()) -> None:
        """Entering and leaving are events; their ids come from the segment, the person and the instant of truth.

        ``ours`` are the places of a batch's events about people whom the program itself named.
        """
        changes = self.handover.living(changes) if changes else changes
        if changes:
            self.settled.changes += len(changes)
            self.derived.append(told(changes, NO_CAUSE if batch is None else causes_of_changes(changes, batch, ours)))

    def _moved(self, moved: Advance, *, caused: bool = False) -> None:
        """What journeys ask for becomes deliveries. ``caused``: by events of this tick, not by the time that passed."""
        self.derived += moved.derived
        patience = self.parts.settings.address_wait_seconds * SECOND
        wait_until = self.now + patience if patience else 0
        intended = messaging.intend(self.connection, moved.intents, wait_until)
        self.derived += intended.events
        self.settled.intents += len(moved.intents)
        if caused and self.settled.accepted:
            # The tick's oldest acceptance stands for all of it: never flattering.
            self.settled.caused.update(dict.fromkeys(intended.ids, self.settled.accepted[0][0]))

    def finish(self, tick: int) -> None:
        """Write what the next tick will read, and what the caches must find again after a crash."""
        mark = time.perf_counter()
        self.parts.seen.flush(self.connection, tick, self.now)
        self.parts.live.flush(self.connection, tick, self.now)
        self.settled.spend("write", mark)


def aside(event: Event, reason: str, detail: str) -> Rejection:
    """What is kept for the sender of an event: the event as it was sent, but its ids alone where it was taken, or is about
    somebody who was deleted, of whom nothing is kept.
    """
    told: dict[str, Any] = {"type": event.kind, "event": event.name, "userId": event.user_id, "anonymousId": event.anonymous_id}
    if reason not in _IDS_ALONE:
        told["messageId"] = event.message_id
        told[_BODIES.get(event.kind, "properties")] = msgspec.Raw(event.body)
        told["context"] = msgspec.Raw(event.context)
    payload = msgspec.json.encode(told)[:PAYLOAD]
    return Rejection(event.app_id, event.received_at, reason, "", detail, payload, event.message_id)


def later_of_same_id(events: Sequence[Event], indexes: Sequence[int]) -> set[int]:
    """Of the events at some indexes, ascending, those that another of them precedes under the same message id."""
    first: set[tuple[int, str]] = set()
    found: set[int] = set()
    for index in indexes:
        key = events[index].app_id, events[index].message_id
        if key in first:
            found.add(index)
        first.add(key)
    return found


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
