"""What partitions hand to each other: events that reached the wrong one, and people who were merged or deleted.

Identity is shared by all partitions: the tick that reads an identify, an alias, a merge or a deletion applies it to the state
store at once, wherever the person lives. What other partitions hold in memory follows through records in their outboxes, written
in the same transaction and applied exactly once:

- ``release``: the person no longer exists on your side (the loser of a merge, or someone who was deleted);
- ``adopt``: the loser's past now belongs to this winner of yours. It is read from history, where it is complete: since the merge,
  whatever arrives for the loser is resolved to the winner.

Until a record is applied, its partition's live segments are as before the merge, and so is history: the row that joins the
loser's events to the winner is written by the winner's partition, with the adoption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.core.ids import stable_id
from relance.core.partitions import of_person
from relance.events.model import SENT_ON_BITS, Batch, Event, HistoryMerge, Kind
from relance.events.past import History
from relance.events.service import EVENTS, MERGED, read_outbox, roots
from relance.pipeline.partition_context import PartitionContext
from relance.segments.membership import MembershipChanges
from relance.segments.model import Change

HANDOVER = Kind.HANDOVER.value
RELEASE, ADOPT = "release", "adopt"


class Handover:
    """The handover of one tick, inside its transaction. ``outgoing`` holds what goes into other partitions' outboxes."""

    def __init__(self, parts: PartitionContext, connection: Connection, now: int) -> None:
        self.parts = parts
        self.connection = connection
        self.partition = parts.partition
        self.now = now
        self.outgoing: dict[int, list[Event]] = {}

    def home(self, person: int) -> int:
        """The partition a person lives in."""
        return of_person(person, self.parts.settings.partitions)

    def in_order(self, events: Sequence[Event]) -> Sequence[Event]:
        """Releases first: time must not pass any more for people who leave."""
        return sorted(events, key=lambda event: event.kind != HANDOVER or event.name != RELEASE)

    def forward(self, events: Sequence[Event], persons: Sequence[int]) -> list[int]:
        """Forward events of people who live elsewhere; returns the persons, 0 for those."""
        kept = list(persons)
        for index, person in enumerate(persons):
            home = self.home(person) if person else self.partition
            if home != self.partition:
                self.outgoing.setdefault(home, []).append(sent_on(events[index], self.partition))
                kept[index] = 0
        return kept

    def returned(self, events: Sequence[Event]) -> list[int]:
        """The places of events that this partition forwarded itself and nobody settled.

        Their person has since been merged into one who lives here: their ids are known here, and still they are not duplicates.
        """
        mine = 1 << (SENT_ON_BITS + self.partition)
        return [index for index, event in enumerate(events) if event.flags & mine]

    def forget_the_leaving(self, connection: Connection) -> None:
        """See the function of this name."""
        forget_the_leaving(self.parts, connection)

    # -- a merge or a deletion, in the tick that carries it out ---------------------------------------------------------

    def join(self, app_id: int, loser: int, winner: int) -> tuple[bool, MembershipChanges]:
        """Whether the winner lives here and now has the loser's past (otherwise its partition is notified); and the resulting
        changes.
        """
        old, new = self.home(loser), self.home(winner)
        if old == new == self.partition:
            return True, self.parts.live.merge(app_id, loser, winner)
        if new == self.partition:
            take_over(self.parts, app_id, loser, winner)
            self._send_record(RELEASE, app_id, loser, winner, old)
            return True, MembershipChanges.of(())
        self._send_record(ADOPT, app_id, loser, winner, new)
        if old == self.partition:
            return False, self._let_go(app_id, loser)
        if old != new:
            self._send_record(RELEASE, app_id, loser, winner, old)
        return False, MembershipChanges.of(())

    def _let_go(self, app_id: int, person: int) -> MembershipChanges:
        """Forget a person who was merged into another; returns the memberships that ended with it."""
        live = self.parts.live
        ended, instant = live.memberships(app_id, person), live.settled_until(app_id) or self.now
        live.forget(app_id, person, is_deleted=False)
        return MembershipChanges.of([Change(app_id, segment, person, False, instant, merged=True) for segment in ended])

    def forget(self, app_id: int, persons: Sequence[int]) -> None:
        """The ids of a deleted person: the partitions they lived in forget them, and history forgets those it had not joined
        yet.
        """
        for person in persons:
            self.parts.history.forget(app_id, person)
            if self.home(person) != self.partition:
                self._send_record(RELEASE, app_id, person, 0, self.home(person))

    def _send_record(self, what: str, app_id: int, person: int, into: int, partition: int, *, passed_on: bool = False) -> None:
        body = to_json({"person": person, "into": into, **({"passed_on": True} if passed_on else {})}).encode()
        cause = stable_id(HANDOVER, what, app_id, person, into)
        record = Event(app_id, HANDOVER, what, cause, "", "", self.now, self.now, body, b"{}", 0, into or person)
        self.outgoing.setdefault(partition, []).append(record)

    # -- a record of another partition ----------------------------------------------------------------------------------

    def apply(self, record: Event, position: int) -> MembershipChanges:
        """Apply a record under a position of its own; returns the loser's memberships that ended with it.

        The winner's changes come out of the next ``fold`` with ``own_traits``: together with the event that caused the merge, if
        that was forwarded.
        """
        body, app_id = from_json(record.body), record.app_id
        person = body["person"]
        ended = self._let_go(app_id, person)
        winner = body["into"] and self.parts.people.root(app_id, body["into"])
        if not winner:
            self.parts.live.forget(app_id, person)
            return MembershipChanges.of(())  # deleted
        if record.name == RELEASE or is_taken(self.parts.history, app_id, person):
            return ended
        if self.home(winner) != self.partition:
            self._send_record(ADOPT, app_id, person, winner, self.home(winner), passed_on=True)
            return ended
        take_over(self.parts, app_id, person, winner)
        self.parts.history.append(
            self.partition, Batch([], [], [], position + 1), [HistoryMerge(app_id, person, winner, position)]
        )
        self.parts.people.mark_changed(app_id, winner)
        self.parts.journeys.joined(app_id, winner)
        return ended

    def own_traits(self) -> dict[tuple[int, int], dict[str, Any]]:
        """The changed traits of people who live here."""
        changed = self.parts.people.changed_traits()
        return {key: traits for key, traits in changed.items() if self.home(key[1]) == self.partition}

    def living(self, changes: MembershipChanges) -> MembershipChanges:
        """The changes without people whom another partition has merged or deleted before its record arrived here.

        A membership that ends after the merge ended with it.
        """
        is_alive = np.zeros(len(changes), np.bool_)
        for app_id in np.unique(changes.apps).tolist():
            theirs = (changes.apps == app_id).nonzero()[0]
            people = changes.people[theirs]
            alive = self.parts.people.living(app_id, set(people.tolist()))
            is_alive[theirs] = np.isin(people, np.fromiter(alive, np.int64, len(alive)))
        return replace(changes, merged=changes.merged | ~is_alive).pick(is_alive | ~changes.entered)


def sent_on(event: Event, partition: int) -> Event:
    """The same event, marked with the partition that forwarded it."""
    return msgspec.structs.replace(event, flags=event.flags | 1 << (SENT_ON_BITS + partition))


def forget_the_leaving(parts: PartitionContext, connection: Connection) -> None:
    """After live state was built or filled from history: remove those who were released and whom nobody has adopted yet.

    People whose release is still pending stay until then.
    """
    partition, partitions = parts.partition, parts.settings.partitions
    records = [event for event in read_outbox(connection) if event.kind == HANDOVER]
    bodies = [from_json(record.body) for record in records]
    released = {(record.app_id, body["person"]) for record, body in zip(records, bodies, strict=True) if record.name == RELEASE}
    for record, body in zip(records, bodies, strict=True):
        person, into = body["person"], body["into"]
        has_left = of_person(person, partitions) == partition and (
            body.get("passed_on", False) or of_person(into, partitions) != partition
        )
        if record.name == ADOPT and has_left and (record.app_id, person) not in released:
            parts.live.forget(record.app_id, person, is_deleted=False)


def take_over(parts: PartitionContext, app_id: int, loser: int, winner: int) -> None:
    """Give the loser's past, rebuilt from history, to the winner; the loser's memberships end at their instants.

    Journeys learn how far that past reaches: events arriving for the winner may have happened before it.
    """
    past = past_of(parts.history, app_id, loser)
    parts.live.bring_back(app_id, past)
    parts.live.merge(app_id, loser, winner)
    if past.events:
        parts.journeys.learn(app_id, winner, max(event.occurred_at for event in past.events))


def past_of(history: History, app_id: int, person: int) -> Batch:
    """All events of a person and of those merged into it, under that person's id, by time."""
    root = roots()
    folded = sa.select(root.c.from_id).where(root.c.app_id == app_id, root.c.root_id == person)
    names = ("event", "kind", "message_id", "occurred_at", "received_at", "position", "properties", "context")
    theirs = sa.or_(EVENTS.c.person_id == person, EVENTS.c.person_id.in_(folded))
    query = sa.select(*(EVENTS.c[name] for name in names)).where(EVENTS.c.app_id == app_id, theirs)
    rows = history.run(query.order_by(EVENTS.c.occurred_at, EVENTS.c.position))
    events = [
        Event(app_id, kind, event, message_id, "", "", occurred_at, received_at, properties.encode(), context.encode(), 0, person)
        for event, kind, message_id, occurred_at, received_at, _, properties, context in rows
    ]
    return Batch(events, [person] * len(rows), [True] * len(rows), 0, [], [row[5] for row in rows])


def is_taken(history: History, app_id: int, person: int) -> bool:
    """Whether history knows the person as merged into another."""
    return bool(history.run(sa.select(MERGED.c.from_id).where(MERGED.c.app_id == app_id, MERGED.c.from_id == person).limit(1)))
