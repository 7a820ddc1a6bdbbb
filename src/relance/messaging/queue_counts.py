"""What waits in an app's queues, counted: by channel and lane, and by what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.messaging.audiences.service import not_entered_of
from relance.messaging.model import ChannelQueue, QueueGroup
from relance.messaging.queue import service as queue
from relance.messaging.queue.service import AppQueue
from relance.messaging.store import DELIVERIES

MOST_COUNTED = 10_000  # that wait on a channel
MOST_QUEUES = 200  # of an app that are looked into on a channel


class _Waits(NamedTuple):
    """What deliveries wait for, all else aside."""

    lane: str
    reason: str
    held_by: str
    is_due: bool


class _Count(NamedTuple):
    """How many, and when the first and the last of them are due."""

    number: int
    first: int
    last: int

    def with_(self, other: _Count) -> _Count:
        return _Count(self.number + other.number, min(self.first, other.first), max(self.last, other.last))


def count_queues(connection: Connection, app_id: int, channels: Iterable[str], now: int) -> list[ChannelQueue]:
    """What waits on each of these channels at an instant."""
    queues = queue.queues_of(connection, app_id)
    sending, entering = queue.in_hands(connection, app_id, MOST_COUNTED), not_entered_of(connection, app_id)
    found: list[ChannelQueue] = []
    for channel in channels:
        waiting, is_more, groups = _on_channel(connection, [each for each in queues if each.channel == channel], now)
        found.append(ChannelQueue(channel, waiting, is_more, sending.get(channel, 0), entering.get(channel, 0), groups))
    return found


def _on_channel(connection: Connection, queues: Sequence[AppQueue], now: int) -> tuple[int, bool, list[QueueGroup]]:
    """How many wait, whether there are more than were counted, and what they wait for."""
    found: dict[_Waits, _Count] = {}
    waiting = 0
    for one in queues[:MOST_QUEUES]:
        for waits, count in _in_queue(connection, one, now, MOST_COUNTED + 1 - waiting):
            found[waits] = found[waits].with_(count) if waits in found else count
            waiting += count.number
        if waiting > MOST_COUNTED:
            break
    groups = [QueueGroup(*waits, *count) for waits, count in sorted(found.items())]
    return min(waiting, MOST_COUNTED), waiting > MOST_COUNTED or len(queues) > MOST_QUEUES, groups


def _in_queue(connection: Connection, one: AppQueue, now: int, most: int) -> list[tuple[_Waits, _Count]]:
    """What the first ``most`` of a queue wait for."""
    first, record = queue.first_of(one.id, most), DELIVERIES.c
    # Asked row by row: a join may be planned as a scan of the whole record.
    why = sa.select(record.reason + "|" + record.held_by).where(record.id == first.c.delivery_id).scalar_subquery()
    is_due = sa.case((first.c.due_at <= now, 1), else_=0)
    each = sa.select(why.label("why"), is_due.label("is_due"), first.c.due_at).subquery()
    kinds = (each.c.why, each.c.is_due)
    query = sa.select(*kinds, sa.func.count(), sa.func.min(each.c.due_at), sa.func.max(each.c.due_at)).group_by(*kinds)
    found: list[tuple[_Waits, _Count]] = []
    for text, is_now, *count in connection.execute(query):
        reason, _, rule = (text or "").partition("|")  # people whose deliveries are not made yet wait for their turn
        found.append((_Waits(one.lane, reason, rule, bool(is_now)), _Count(*count)))
    return found
