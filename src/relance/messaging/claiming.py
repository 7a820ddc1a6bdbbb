"""What a dispatcher takes next: whose turn it is, and how much of what is due there is room for.

All that is due with a higher priority is decided first, whatever its channel; one app's priorities are no other's. Of those that
come together each lane has its share of a provider's room (``shares``), in it each app its turn, and of an app each audience.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection, Engine

from relance.channels.model import SendResult
from relance.channels.registry import KINDS, Channel
from relance.channels.transport import LaneRoom, Transport
from relance.events.model import Event
from relance.events.service import parted, put_outbox
from relance.infra.database import reading, writing
from relance.messaging import claim_store
from relance.messaging.audiences import expanding
from relance.messaging.lanes import Pace, ProviderKey, ProviderLane
from relance.messaging.preparing import Decided, Preparation
from relance.messaging.queue import service as queue
from relance.messaging.queue.model import LANES, Queued, QueueHead, QueuePortion, destination_of
from relance.messaging.queue.turns import after, in_turns
from relance.users.reach import PersonReach

PLACES = 64  # of an app's own provider
NOWHERE = LaneRoom(256)  # of a channel that is not set up: what is for it is skipped
NO_PACE = Pace(0)
MOST_HELD = 4_096  # claimed and not yet over, of all providers


class Taken(NamedTuple):
    """What was claimed, and whether anything was done at all: people whose turn it was may have nowhere to be written to."""

    decided: Sequence[Decided] = ()
    has_worked: bool = False


class Claiming:
    """One per dispatcher. Its methods are called by one caller at a time."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[Channel, Transport],
        preparation: Preparation,
        owner: str,
        lease: int,
        partitions: int,
    ) -> None:
        self._engine = engine
        self._channels = channels
        self._preparation = preparation
        self._owner = owner
        self._lease = lease
        self._partitions = partitions
        self._lanes: dict[ProviderKey, ProviderLane] = {}
        self._last_app: dict[tuple[ProviderKey, str], int] = {}
        self._last_queue: dict[int, int] = {}  # app → the queue whose turn was last

    def heads(self, now: int, lane: str = "") -> list[QueueHead]:
        """The queues in which something is due, of all lanes or of one."""
        with reading(self._engine) as connection:
            self._preparation.look(connection)
            return queue.heads(connection, now, lane)

    def by_provider(self, heads: Sequence[QueueHead], upto: Mapping[int, int]) -> dict[ProviderKey, list[QueueHead]]:
        """The queues whose turn it is, of ranks up to ``upto`` of their app, by whose room they need."""
        found: dict[ProviderKey, list[QueueHead]] = {}
        for head in heads:
            app_id, channel = head.key.app_id, head.key.channel
            if head.key.rank <= upto.get(app_id, head.key.rank):
                own = app_id if self._preparation.has_own_provider(app_id, channel) else 0
                found.setdefault(ProviderKey(channel, own), []).append(head)
        return found

    def lane(self, key: ProviderKey) -> ProviderLane:
        """The room of a provider."""
        found = self._lanes.get(key)
        if found is None:
            found = self._lanes[key] = ProviderLane(self._room(key))
        return found

    def _emptied(self, key: ProviderKey) -> ProviderLane:
        """The same, as big as the provider says by now, if nothing is in it."""
        found = self.lane(key)
        if found.is_idle and found.room != (room := self._room(key)):
            found = self._lanes[key] = ProviderLane(room)
        return found

    def _room(self, key: ProviderKey) -> LaneRoom:
        if key.app_id:
            kind = KINDS.get(key.channel)
            # No more is claimed than may leave in a second or two: it must not wait longer than it is held.
            places = min(PLACES, self._preparation.least_pace(key.app_id, key.channel) or PLACES)
            return LaneRoom(places, waiting=places, is_shared=kind is not None and kind.service_of is not None)
        try:
            return self._channels[Channel(key.channel)].room
        except (KeyError, ValueError):
            return NOWHERE

    def pace(self, row: Mapping[str, Any]) -> Pace:
        """At what pace one leaves that was claimed."""
        key: ProviderKey = row["provider_key"]
        if not key.app_id:
            return NO_PACE
        per_second = self._preparation.pace(key.app_id, key.channel, row["address"])
        return self.lane(key).pace(row["destination"], per_second)

    def take(self, now: int, key: ProviderKey, heads: Sequence[QueueHead], most: int) -> Taken:
        """Claim what there is room for, up to ``most``, and decide it: all in one transaction."""
        lane = self._emptied(key)
        batch = _Batch(key, lane, most, now)
        try:
            with writing(self._engine) as connection:
                for name in LANES:
                    self._of_lane(connection, now, batch, name, [head for head in heads if head.key.lane == name])
                rows = sorted(batch.rows, key=lambda row: (row["rank"], row["due_at"], row["id"]))
                decided = self._preparation.decide(connection, rows, now, batch.reach) if rows else []
                claim_store.claim(connection, rows, self._owner, time.time_ns() // 1_000_000 + self._lease)
                for partition, some in parted(batch.events, self._partitions):
                    put_outbox(connection, partition, some, max(event.occurred_at for event in some))
        except BaseException:
            self.let_go(batch.rows)
            raise
        return Taken(decided, batch.has_worked or bool(rows))

    def has_room(self, now: int, key: ProviderKey, heads: Sequence[QueueHead]) -> bool:
        """Whether anything of these queues may be claimed now, however much is due."""
        lane = self._emptied(key)
        if key.app_id:
            lane.is_of(self._preparation.provider_versions(key.app_id, key.channel))
        return lane.has_room({head.key.lane for head in heads}, now)

    def next_try(self) -> int | None:
        """When the next destination that is down is tried again."""
        circuits = [each for lane in self._lanes.values() for each in lane.circuits.values()]
        return min((each.next_try for each in circuits if each.opened_at is not None), default=None)

    def down(self) -> list[dict[str, Any]]:
        """The destinations that are down, as ``Transport.paused`` has it."""
        return [
            {
                "service": _shown(key, destination),
                "since": each.opened_at,
                "next_try": each.next_try,
                "detail": each.said,
            }
            for key, lane in list(self._lanes.items())
            for destination, each in list(lane.circuits.items())
            if each.opened_at is not None
        ]

    def let_go(self, rows: Sequence[dict[str, Any]]) -> None:
        """These are not held any more, and nobody was asked."""
        for row in rows:
            self.over(row, answered=None)

    def over(self, row: Mapping[str, Any], *, answered: bool | None, result: SendResult | None = None, now: int = 0) -> None:
        """One is not held any more; ``answered`` as ``ProviderLane.over`` takes it, ``result`` what came of an attempt."""
        key: ProviderKey = row["provider_key"]
        lane = self.lane(key)
        if result is not None:
            lane.note(row["destination"], result, now)
        lane.over(row["queue_lane"], row["destination"], answered=answered)
        if key.app_id and lane.is_idle and not lane.room.is_shared:  # it remembers nothing
            del self._lanes[key]

    def _of_lane(self, connection: Connection, now: int, batch: _Batch, name: str, heads: Sequence[QueueHead]) -> None:
        """What is due in a lane: the same for each app, and of an app for each of its queues; what one leaves is the others'."""
        turns = list(in_turns(heads, self._last_app.get((batch.key, name), 0)))
        while turns:
            more = []
            for turn, (app_id, queues) in enumerate(turns):
                share = _share(batch.left(name), len(turns) - turn)
                taken = self._of_app(connection, now, batch, queues, share) if share else 0
                if taken:
                    self._last_app[batch.key, name] = app_id
                if share and taken >= share:
                    more.append((app_id, queues))
            turns = more

    def _of_app(self, connection: Connection, now: int, batch: _Batch, queues: Sequence[QueueHead], share: int) -> int:
        """Up to so many of an app's in a lane; read for all of its queues together, however many there are."""
        taken = 0
        while picked := self._picked(connection, now, batch, queues, share - taken):
            placed = self._placed(connection, batch, picked)
            taken += placed
            if not placed or taken >= share:
                break
        return taken

    def _picked(
        self, connection: Connection, now: int, batch: _Batch, queues: Sequence[QueueHead], most: int
    ) -> list[QueuePortion]:
        """Of the queues of the highest priority first; of these the same of each."""
        found: list[QueuePortion] = []
        left, app_id = most, queues[0].key.app_id
        for _, same in groupby(queues, key=lambda head: head.key.rank):
            of_rank = after(list(same), self._last_queue.get(app_id, 0))
            for turn, head in enumerate(of_rank):
                limit = _share(left, len(of_rank) - turn)
                some = self._next(connection, now, batch, head, limit) if limit else []
                if some:
                    self._last_queue[app_id] = head.id
                    found.append(QueuePortion(head, some))
                left -= len(some)
        return found

    @staticmethod
    def _next(connection: Connection, now: int, batch: _Batch, head: QueueHead, limit: int) -> list[Queued]:
        """What is due in a queue, from where this batch last looked."""
        choice = batch.lane.choice(head.key.lane, now)
        found = queue.due(connection, head.id, now, limit, choice.only, choice.but, batch.seen.get(head.id))
        if found:
            batch.seen[head.id] = found[-1]
        return found

    def _placed(self, connection: Connection, batch: _Batch, picked: Sequence[QueuePortion]) -> int:
        """Those of an app's that there is room for are the batch's; returns how many. People are made deliveries."""
        ids = [each.delivery_id for _, some in picked for each in some if each.delivery_id is not None]
        records = claim_store.records(connection, ids) if ids else {}
        if len(records) < len(ids):  # one that is over waits no more; one that somebody is changing waits for the next time
            queue.remove(connection, claim_store.are_over(connection, [each for each in ids if each not in records]))
            batch.has_worked = True
        people = [
            QueuePortion(head, those) for head, some in picked if (those := [each for each in some if each.delivery_id is None])
        ]
        made = expanding.expand(connection, people) if people else expanding.NOBODY
        if people:
            batch.events += made.events
            batch.reach.setdefault(people[0].head.key.app_id, {}).update(made.reach)
            batch.has_worked = True
        taken = 0
        for head, some in picked:
            known = (records.get(each.delivery_id) for each in some if each.delivery_id is not None)
            taken += self._hold(connection, batch, head, [*filter(None, known), *made.rows.get(head.id, ())])
        return taken

    def _hold(self, connection: Connection, batch: _Batch, head: QueueHead, rows: Sequence[dict[str, Any]]) -> int:
        """Add to the batch those for whose destinations there is room; returns how many."""
        taken, unplaced = 0, []
        for row in rows:
            row |= {"queue_lane": head.key.lane, "provider_key": batch.key, "queue_id": head.id, "rank": head.key.rank}
            row["destination"] = destination_of(row["channel"], row["address"])
            if batch.lane.hold(head.key.lane, row["destination"], batch.now):
                batch.rows.append(row)
                taken += 1
            elif row.get("is_new"):
                unplaced.append(row)
        expanding.put_back(connection, unplaced)
        return taken


class _Batch:
    """What one transaction takes, up to ``most``."""

    def __init__(self, key: ProviderKey, lane: ProviderLane, most: int, now: int) -> None:
        self.key = key
        self.now = now
        self.lane = lane
        self.rows: list[dict[str, Any]] = []
        self.events: list[Event] = []
        self.reach: dict[int, dict[int, PersonReach]] = {}  # app → person, as far as they were read
        self.seen: dict[int, Queued] = {}  # queue → the last that was looked at
        self.has_worked = False
        self._most = most

    def left(self, lane: str) -> int:
        """How many more of a lane there is room for."""
        return max(0, min(self.lane.choice(lane, self.now).count, self._most - len(self.rows)))


def _shown(key: ProviderKey, destination: str) -> str:
    kind = KINDS.get(key.channel)
    name = destination or (kind.labels["en"] if kind is not None else key.channel)
    return f"{name} (app {key.app_id})" if key.app_id else name


def _share(left: int, among: int) -> int:
    """The part of the next of so many, rounded up."""
    return max(0, -(-left // among))
