"""What the partitions give to each other: events that reached the wrong one, and people who were merged or deleted.

Identity is one for all partitions: the tick that reads an identify, an alias, a merge or a deletion carries it out in the
state store at once, whoever it is about. What other partitions keep in memory follows by records in their outboxes, written
in the same transaction, each applied once:

- ``release``: the person is nobody of yours any more (the loser of a merge, or one who was deleted);
- ``adopt``: the loser's past belongs to this winner of yours from now on. Read from history, where nobody adds to it any
  more: since the merge, whatever is the loser's is found to be the winner's.

Until a record is applied its partition's live segments are what they were before the merge, and so is history: the row that
joins the loser's events to the winner is written by the winner's partition, with the adoption.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json, to_json
from relance.core.ids import stable_id
from relance.core.partitions import of_person
from relance.events.model import Batch, Event, Kind, Merge
from relance.events.past import History
from relance.events.service import EVENTS, MERGED, read_outbox, roots
from relance.pipeline.parts import Parts
from relance.segments.membership import Live
from relance.segments.model import Change

HANDOVER = Kind.HANDOVER.value
RELEASE, ADOPT = "release", "adopt"


class Handover:
    """One tick's part in it, inside its transaction. ``outgoing`` is what the tick puts into the outboxes of others."""

    def __init__(self, parts: Parts, connection: Connection, now: int) -> None:
        self.parts = parts
        self.connection = connection
        self.partition = parts.partition
        self.now = now
        self.outgoing: dict[int, list[Event]] = {}

    def home(self, person: int) -> int:
        """The partition a person lives in."""
        return of_person(person, self.parts.settings.partitions)

    def forward(self, events: Sequence[Event], persons: Sequence[int]) -> list[int]:
        """Send on what is somebody's who lives elsewhere; returns the persons, 0 for those."""
        kept = list(persons)
        for index, person in enumerate(persons):
            home = self.home(person) if person else self.partition
            if home != self.partition:
                self.outgoing.setdefault(home, []).append(events[index])
                kept[index] = 0
        return kept

    # -- a merge or a deletion, in the tick that carries it out ---------------------------------------------------------

    def join(self, app_id: int, loser: int, winner: int) -> bool:
        """Whether the winner lives here and has the loser's past now; else its partition is told."""
        if self.home(winner) != self.partition:
            self._tell(ADOPT, app_id, loser, winner, self.home(winner))
            self.release(app_id, [loser], but=self.home(winner))
            return False
        is_here = self.home(loser) == self.partition
        take_over(self.parts.live, self.parts.history, app_id, loser, winner, is_here=is_here)
        self.release(app_id, [loser], but=self.partition)
        return True

    def release(self, app_id: int, persons: Iterable[int], but: int | None = None) -> None:
        """Let the partitions in which these people lived forget them, except one."""
        for person in persons:
            home = self.home(person)
            if home == but:
                continue
            if home == self.partition:
                self.parts.live.forget(app_id, person)
            else:
                self._tell(RELEASE, app_id, person, 0, home)

    def forget(self, app_id: int, persons: Sequence[int]) -> None:
        """A deleted person's ids: the partitions they lived in forget them, and history those it had not joined yet."""
        self.release(app_id, persons, but=self.partition)
        for person in persons:
            self.parts.history.forget(app_id, person)

    def _tell(self, what: str, app_id: int, person: int, into: int, partition: int) -> None:
        body = to_json({"person": person, "into": into}).encode()
        cause = stable_id(HANDOVER, what, app_id, person, into)
        record = Event(app_id, HANDOVER, what, cause, "", "", self.now, self.now, body, b"{}", 0, into or person)
        self.outgoing.setdefault(partition, []).append(record)

    # -- a record of another partition ----------------------------------------------------------------------------------

    def apply(self, record: Event, position: int) -> None:
        """Do what a record asks for, under a position of its own.

        What that changes comes out of the next ``fold`` with ``own_traits``: with the event that caused it, if that was sent on.
        """
        body, app_id = from_json(record.body), record.app_id
        person = body["person"]
        if record.name == RELEASE:
            self.parts.live.forget(app_id, person)
            return
        winner = self.parts.people.root(app_id, body["into"])
        if not winner or is_taken(self.parts.history, app_id, person):
            return  # deleted meanwhile, or taken along already
        if self.home(winner) != self.partition:
            self._tell(ADOPT, app_id, person, winner, self.home(winner))
            self.release(app_id, [person], but=self.home(winner))
            return
        take_over(self.parts.live, self.parts.history, app_id, person, winner, is_here=False)
        self.parts.history.append(self.partition, Batch([], [], [], position + 1), [Merge(app_id, person, winner, position)])
        self.parts.people.retell(app_id, winner)

    def own_traits(self) -> dict[tuple[int, int], dict[str, Any]]:
        """What changed about the people who live here."""
        changed = self.parts.people.changed_traits()
        return {key: traits for key, traits in changed.items() if self.home(key[1]) == self.partition}

    def living(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Without what live state says of people who were merged or deleted by another partition, which it is not told of yet."""
        alive: dict[int, set[int]] = {}
        for app_id in {each.app_id for each in changes}:
            alive[app_id] = self.parts.people.living(app_id, {each.person_id for each in changes if each.app_id == app_id})
        return [each for each in changes if each.person_id in alive[each.app_id]]


def forget_the_leaving(parts: Parts, connection: Connection) -> None:
    """After live state was built from history: take out those of whom a record still waits, here or elsewhere."""
    for event in read_outbox(connection):
        if event.kind == HANDOVER:
            person = from_json(event.body)["person"]
            if of_person(person, parts.settings.partitions) == parts.partition:
                parts.live.forget(event.app_id, person)


def take_over(live: Live, history: History, app_id: int, loser: int, winner: int, *, is_here: bool) -> None:
    """Let the winner have what live state keeps of the loser; whoever is not (or may not be) here is made up from history."""
    if not is_here:
        live.bring_back(app_id, past_of(history, app_id, loser))
    live.merge(app_id, loser, winner)


def past_of(history: History, app_id: int, person: int) -> Batch:
    """All events of a person and of those whom history has folded into it, under that person, by time."""
    root = roots()
    folded = sa.select(root.c.from_id).where(root.c.app_id == app_id, root.c.root_id == person)
    names = ("event", "kind", "message_id", "occurred_at", "received_at", "position", "properties")
    theirs = sa.or_(EVENTS.c.person_id == person, EVENTS.c.person_id.in_(folded))
    query = sa.select(*(EVENTS.c[name] for name in names)).where(EVENTS.c.app_id == app_id, theirs)
    rows = history.run(query.order_by(EVENTS.c.occurred_at, EVENTS.c.position))
    events = [
        Event(app_id, kind, event, message_id, "", "", occurred_at, received_at, properties.encode(), b"{}", 0, person)
        for event, kind, message_id, occurred_at, received_at, _, properties in rows
    ]
    return Batch(events, [person] * len(rows), [True] * len(rows), 0, [], [row[5] for row in rows])


def is_taken(history: History, app_id: int, person: int) -> bool:
    """Whether history knows the person as part of another."""
    return bool(history.run(sa.select(MERGED.c.from_id).where(MERGED.c.app_id == app_id, MERGED.c.from_id == person).limit(1)))
