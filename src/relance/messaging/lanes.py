"""Room on the way out: each channel has its own, and within it each destination only what it has shown to be worth.

A destination that answers may use most of its channel's room. One that is new, or has just let a message wait until the end,
gets a few places, and all such destinations together a quarter: however many addresses never answer, others go on.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from dataclasses import dataclass

from relance.channels.transport import LaneRoom

FIRST_PLACES = 4  # of a destination that has not answered yet
TRUSTED_AFTER = 20  # answers in a row
MOST_REMEMBERED = 10_000  # destinations


@dataclass(frozen=True)
class Choice:
    """What may be claimed: so many deliveries, to some destinations alone (None: to any), but not to others."""

    count: int
    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()


class ChannelLane:
    """One channel's room. All but ``enter`` and ``leave`` is called by one caller at a time."""

    def __init__(self, room: LaneRoom) -> None:
        self.room = room
        self._places = asyncio.Semaphore(room.places)
        self._held: Counter[str] = Counter()  # claimed and not yet over, by destination
        self._answers: OrderedDict[str, int] = OrderedDict()  # destination → answers since it last let a message wait

    async def enter(self) -> None:
        """Wait for a place."""
        await self._places.acquire()

    def leave(self) -> None:
        self._places.release()

    def destination(self, address: str) -> str:
        """What deliveries to this address share room with: those that begin like it, up to the end of a URL's host."""
        if not self.room.is_shared:
            return ""
        scheme_end = address.find("//") + 2
        return address[: address.find("/", scheme_end) + 1] or address

    def choice(self) -> Choice:
        """What may be claimed now."""
        count = self.room.size - self._held.total()
        if not self.room.is_shared:
            return Choice(count)
        left = self._left_for_strangers()
        if left > 0:
            return Choice(count, None, frozenset(each for each in self._held if self._is_full(each)))
        return Choice(count, frozenset(each for each in self._answers if self._is_trusted(each) and not self._is_full(each)))

    def hold(self, address: str) -> bool:
        """Count one that is about to be claimed; False where its destination has no room left."""
        destination = self.destination(address)
        if self.room.is_shared and (
            self._is_full(destination) or (not self._is_trusted(destination) and self._left_for_strangers() <= 0)
        ):
            return False
        self._held[destination] += 1
        return True

    def over(self, address: str, *, answered: bool | None) -> None:
        """One is not held any more. ``answered``: False where the other side let it wait, None where it was never asked."""
        destination = self.destination(address)
        self._held[destination] -= 1
        if not self._held[destination]:
            del self._held[destination]
        if answered is None or not self.room.is_shared:
            return
        self._answers[destination] = min(self._answers.get(destination, 0) + 1, self.room.places) if answered else 0
        self._answers.move_to_end(destination)
        if len(self._answers) > MOST_REMEMBERED:
            self._answers.popitem(last=False)

    def _is_trusted(self, destination: str) -> bool:
        return self._answers.get(destination, 0) >= TRUSTED_AFTER

    def _is_full(self, destination: str) -> bool:
        most = min(FIRST_PLACES + self._answers.get(destination, 0), max(1, self.room.places * 3 // 4))
        return self._held[destination] >= most

    def _left_for_strangers(self) -> int:
        held = sum(count for destination, count in self._held.items() if not self._is_trusted(destination))
        return max(1, self.room.places // 4) - held
