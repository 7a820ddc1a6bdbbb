"""What waits in an app's queues, counted: bounded looks into the index of each. Private to this package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.messaging.audiences.store import AUDIENCES, IS_ENTERING
from relance.messaging.model import ChannelQueue, QueueGroup
from relance.messaging.queue.store import IS_FREE, IS_LEASED, QUEUED, QUEUES
from relance.messaging.store import DELIVERIES

MOST_COUNTED = 10_000  # that wait on a channel
MOST_QUEUES = 200  # of an app that are looked into on a channel


class _Waits(NamedTuple):
    """What deliveries wait for, all else aside."""

    lane: str
    reason: str
    held_by: str
    is_due: bool


def count_queues(connection: Connection, app_id: int, channels: Iterable[str], now: int) -> list[ChannelQueue]:
    """What waits on each of these channels at an instant."""
    queues: dict[str, list[tuple[int, str]]] = defaultdict(list)
    table = QUEUES.c
    query = sa.select(table.channel, table.id, table.lane).where(table.app_id == app_id)
    for channel, number, lane in connection.execute(query.order_by(table.channel, table.audience_id, table.id)):
        queues[channel].append((number, lane))
    sending, entering = _sending(connection, app_id), _entering(connection, app_id)
    return [
        _channel(connection, channel, queues[channel], now, sending.get(channel, 0), entering.get(channel, 0))
        for channel in channels
    ]


def _channel(
    connection: Connection, channel: str, queues: list[tuple[int, str]], now: int, sending: int, entering: int
) -> ChannelQueue:
    found: dict[_Waits, tuple[int, int, int]] = {}
    waiting = 0
    for number, lane in queues[:MOST_QUEUES]:
        for waits, count, first, last in _of_queue(connection, number, lane, now, MOST_COUNTED + 1 - waiting):
            before = found.get(waits, (0, first, last))
            found[waits] = (before[0] + count, min(before[1], first), max(before[2], last))
            waiting += count
        if waiting > MOST_COUNTED:
            break
    groups = [QueueGroup(*waits, *figures) for waits, figures in sorted(found.items())]
    is_more = waiting > MOST_COUNTED or len(queues) > MOST_QUEUES
    return ChannelQueue(channel, min(waiting, MOST_COUNTED), is_more, sending, entering, groups)


def _of_queue(connection: Connection, number: int, lane: str, now: int, most: int) -> list[tuple[_Waits, int, int, int]]:
    """The first ``most`` of a queue: what they wait for, how many, and when the first and the last are due."""
    table = QUEUED.c
    first = (
        sa.select(table.delivery_id, table.due_at)
        .where(IS_FREE, table.queue_id == number)
        .order_by(table.due_at, table.id)
        .limit(most)
        .subquery()
    )
    # Asked row by row: a join may be planned as a scan of the whole record.
    record = DELIVERIES.c
    why = sa.select(record.reason + "|" + record.held_by).where(record.id == first.c.delivery_id).scalar_subquery()
    is_due = sa.case((first.c.due_at <= now, 1), else_=0)
    each = sa.select(why.label("why"), is_due.label("is_due"), first.c.due_at).subquery()
    kinds = (each.c.why, each.c.is_due)
    query = sa.select(*kinds, sa.func.count(), sa.func.min(each.c.due_at), sa.func.max(each.c.due_at)).group_by(*kinds)
    found: list[tuple[_Waits, int, int, int]] = []
    for text, is_now, count, earliest, latest in connection.execute(query):
        reason, _, rule = (text or "").partition("|")  # people whose deliveries are not made yet wait for their turn
        found.append((_Waits(lane, reason, rule, bool(is_now)), count, earliest, latest))
    return found


def _sending(connection: Connection, app_id: int) -> dict[str, int]:
    """Channel → how many are in a dispatcher's hands: few of all apps are, and those have an index of their own."""
    taken = sa.select(QUEUED.c.queue_id).where(IS_LEASED, QUEUED.c.lease_until >= 0).limit(MOST_COUNTED).subquery()
    query = (
        sa.select(QUEUES.c.channel, sa.func.count())
        .select_from(taken.join(QUEUES, QUEUES.c.id == taken.c.queue_id))
        .where(QUEUES.c.app_id == app_id)
        .group_by(QUEUES.c.channel)
    )
    return {channel: int(count) for channel, count in connection.execute(query)}


def _entering(connection: Connection, app_id: int) -> dict[str, int]:
    """Channel → how many people of audiences have not entered their queues."""
    table = AUDIENCES.c
    query = sa.select(table.channel, sa.func.sum(table.size - table.entered)).where(IS_ENTERING, table.app_id == app_id)
    return {channel: int(count) for channel, count in connection.execute(query.group_by(table.channel))}
