"""Which rows of the outbox a tick settles: each app gets as much as any other, and keeps its order. Pure.

A function of what is stored, as a replay needs it: of the rows, and of the number of the tick.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple


class Row(NamedTuple):
    """A row of the outbox, all of one app. ``app_id`` is 0 where an older version wrote it, for several apps."""

    id: int
    app_id: int
    events: int


def in_turns(rows: Iterable[Row], most: int, tick: int) -> list[int]:
    """The ids to take, ascending: whole rows up to ``most`` events, but at least one row.

    Whichever app has been given least is next; of those that were given the same, another is first in each tick. Rows of an older
    version come before all others.
    """
    waiting: dict[int, deque[Row]] = {}
    for row in rows:
        waiting.setdefault(row.app_id, deque()).append(row)
    if 0 in waiting:
        waiting = {0: waiting[0]}
    apps = sorted(waiting)
    heap = [(0, (place - tick) % len(apps), app) for place, app in enumerate(apps)]
    heapq.heapify(heap)
    found: list[int] = []
    total = 0
    while heap:
        given, place, app = heapq.heappop(heap)
        row = waiting[app][0]
        if found and total + row.events > most:
            continue  # another app's may be small enough
        waiting[app].popleft()
        found.append(row.id)
        total += row.events
        if waiting[app]:
            heapq.heappush(heap, (given + row.events, place, app))
    return sorted(found)
