"""The door for many people at once: ``enqueue`` keeps who they are, ``enter`` lets them into the queue while it has room."""

from __future__ import annotations

from itertools import islice

import msgspec
from pyroaring import BitMap64
from sqlalchemy.engine import Connection, Engine

from relance.infra.database import reading, writing
from relance.messaging.audiences import store
from relance.messaging.audiences.faults import Rendered, with_outcomes, without_faults
from relance.messaging.audiences.model import Audience
from relance.messaging.audiences.stopping import Audiences, note_rendered, queue_of
from relance.messaging.audiences.store import cancelled, not_entered, not_entered_of, stopped_anywhere
from relance.messaging.model import Message, MessageClass
from relance.messaging.queue import service as queue
from relance.restraint.model import Lane

__all__ = [
    "Audiences",
    "Rendered",
    "cancelled",
    "enqueue",
    "enter",
    "not_entered",
    "not_entered_of",
    "note_rendered",
    "stopped_anywhere",
    "with_outcomes",
    "without_faults",
]

PIECE = 5_000  # people who enter at once, in a transaction of their own
ROOM = 20_000  # people of one audience who wait at once


def enqueue(connection: Connection, message: Message, people: BitMap64, now: int) -> int:
    """Let a message go to these people (by their ids, of the message's app), once each; returns the audience's id.

    It costs the same for any number of people: they enter the queue as it has room. Each one's deliveries are made when it is
    their turn, to the addresses that they have by then; whoever was deleted meanwhile is left out, and two who turned out to be
    one get one. A transactional message goes in its own lane.
    """
    urgent = message.message_class is MessageClass.TRANSACTIONAL
    lane = Lane.TRANSACTIONAL if urgent else Lane.CAMPAIGN
    new = Audience(0, message.app_id, message.id, message.channel.value, lane.value, -message.priority, now, len(people))
    return store.insert(connection, new, people.serialize())


def enter(engine: Engine, *, room: int = ROOM) -> bool:
    """Let a piece of each audience into its queue, where fewer than ``room`` wait in it; returns whether anybody entered."""
    with reading(engine) as connection:
        entering = store.entering(connection)
    entered = [_enter(engine, each.id, room) for each in entering]  # a piece of each, not all of the first
    return any(entered)


def _enter(engine: Engine, audience_id: int, room: int) -> bool:
    with writing(engine) as connection:
        taken = store.take(connection, audience_id)
        if taken is None:
            return False
        audience, people = taken
        key = queue_of(audience)
        queue_id = queue.queue_ids(connection, [key])[key]
        if queue.waiting_in(connection, queue_id, room) >= room:
            return False
        persons = list(islice(BitMap64.deserialize(people).iter_equal_or_larger(audience.entered_upto + 1), PIECE))
        queue.put_people(connection, queue_id, audience.created_at, persons)
        # When the bitmap has nobody left, all have entered.
        entered = audience.entered + len(persons) if persons else audience.size
        upto = persons[-1] if persons else audience.entered_upto
        store.write_entered(connection, msgspec.structs.replace(audience, entered=entered, entered_upto=upto))
        return bool(persons)
