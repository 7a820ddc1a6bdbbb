"""Which outbox rows a tick settles: apps get equal shares, and each keeps its order. Pure.

A function of the stored rows and the tick's number, as replays require.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple


class Row(NamedTuple):
    """An outbox row, all of one app. ``app_id`` is 0 if an older version wrote it, for several apps."""

    id: int
    app_id: int
    events: int


def in_turns(rows: Iterable[Row], most: int, tick: int) -> list[int]:
    """The ids to take, ascending: whole rows up to ``most`` events, but at least one row.

    The app that was given least is next; among equals, each tick starts with a different one. Rows of an older version come
    first.
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
            continue  # a smaller row of another app may still fit
        waiting[app].popleft()
        found.append(row.id)
        total += row.events
        if waiting[app]:
            heapq.heappush(heap, (given + row.events, place, app))
    return sorted(found)
