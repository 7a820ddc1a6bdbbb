"""Deficit round robin: heavy senders take no turns from light ones (Shreedhar & Varghese, 1995). Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class _Queued(NamedTuple, Generic[Item]):
    item: Item
    cost: int
    since: float


class RoundRobin(Generic[Key, Item]):
    """Several queues, each first in, first out. At its turn a queue may yield items worth ``quantum``; what it could not use,
    because its next item is larger, carries over to its next turn.
    """

    def __init__(self, quantum: int) -> None:
        self._quantum = quantum
        self._queues: dict[Key, deque[_Queued[Item]]] = {}
        self._turns: deque[Key] = deque()  # the non-empty queues, next turn first
        self._credit: dict[Key, int] = {}

    def __bool__(self) -> bool:
        return bool(self._queues)

    def put(self, key: Key, item: Item, cost: int, since: float = 0.0) -> None:
        """Append to a queue. ``since``: when it started waiting."""
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = deque()
            self._turns.append(key)
            self._credit[key] = 0
        queue.append(_Queued(item, max(1, cost), since))

    def take(self, most: int, may_go: Callable[[Key], bool], gone: Callable[[Item], None]) -> list[Item]:
        """Take turns until items worth ``most`` are found or nothing left may go. The last turn is taken whole.

        ``may_go`` is asked before each item; ``gone`` is called after it, and may change the next answer.
        """
        found: list[Item] = []
        worth = held = 0
        while held < len(self._turns) and worth < most:
            key = self._turns.popleft()
            if may_go(key):
                worth += self._turn(key, may_go, gone, found)
                held = 0
            else:
                self._credit[key] = 0
                held += 1
            if key in self._queues:
                self._turns.append(key)
        return found

    def _turn(self, key: Key, may_go: Callable[[Key], bool], gone: Callable[[Item], None], found: list[Item]) -> int:
        """One turn of a queue, added to the result; returns its worth. An emptied queue is removed."""
        queue, credit, worth = self._queues[key], self._credit[key] + self._quantum, 0
        while queue and queue[0].cost <= credit - worth and may_go(key):
            worth += queue[0].cost
            item = queue.popleft().item
            found.append(item)
            gone(item)
        if queue:
            self._credit[key] = credit - worth
        else:
            del self._queues[key], self._credit[key]
        return worth

    def drop(self, before: float, may_go: Callable[[Key], bool]) -> list[Item]:
        """Remove what has waited since before an instant and still may not go."""
        found: list[Item] = []
        for key in [key for key, queue in self._queues.items() if queue[0].since <= before and not may_go(key)]:
            queue = self._queues[key]
            while queue and queue[0].since <= before:
                found.append(queue.popleft().item)
            if not queue:
                self._turns.remove(key)
                del self._queues[key], self._credit[key]
        return found

    def oldest(self) -> float | None:
        """When the longest waiting item started to wait; None if nothing waits."""
        return min((queue[0].since for queue in self._queues.values()), default=None)
