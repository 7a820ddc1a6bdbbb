"""Room on the way out. What goes through one provider has its own, so that one that answers nothing stalls only itself.

Within it each lane has its share (``shares``), and each destination only what it has shown to be worth. A destination that
answers may use most of the room. One that is new, or has just let a message wait until the end, gets a few places, and all such
destinations together a quarter: however many addresses never answer, others go on. One that is down gets none (``circuit``).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from relance.channels.model import SendResult, SendState
from relance.channels.transport import LaneRoom
from relance.messaging.circuit import Circuit
from relance.messaging.shares import left_for, next_lane

ONLY = ""  # the destination of all that goes to one relay
FIRST_PLACES = 4  # of a destination that has not answered yet
TRUSTED_AFTER = 20  # answers in a row
MOST_REMEMBERED = 10_000  # destinations


class ProviderKey(NamedTuple):
    """Whose room it is: a channel of the apps without a provider of their own (0), or of one app."""

    channel: str
    app_id: int


@dataclass(frozen=True)
class Choice:
    """What may be claimed: so many deliveries, to some destinations alone (None: to any), but not to others."""

    count: int
    only: frozenset[str] | None = None
    but: frozenset[str] = frozenset()


class Pace:
    """At most so many sends a second, evenly; 0 = no limit. Real time."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._gap = 1 / per_second if per_second else 0.0
        self._free_at = 0.0

    async def turn(self) -> None:
        if not self._gap:
            return
        now = time.monotonic()
        mine = max(now, self._free_at)
        self._free_at = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)


class Places:
    """So many messages are carried at once. Used on the event loop."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken: Counter[str] = Counter()  # by lane
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def enter(self, lane: str) -> None:
        """Wait for a place."""
        if not self._waiting.get(lane) and left_for(lane, self._size, self._taken) > 0:
            self._taken[lane] += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(lane, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the place came, and nobody is there to use it
                self.leave(lane)
            raise

    def leave(self, lane: str) -> None:
        self._taken[lane] -= 1
        while True:
            for each in [each for each, turns in self._waiting.items() if not turns]:
                del self._waiting[each]
            following = next_lane(self._waiting, self._size, self._taken)
            if following is None:
                return
            turn = self._waiting[following].popleft()
            if not turn.done():  # whoever waited has not given up
                self._taken[following] += 1
                turn.set_result(None)


class ProviderLane:
    """The room of one provider. All but ``places`` is used by one caller at a time."""

    def __init__(self, room: LaneRoom) -> None:
        self.room = room
        self.places = Places(room.places)
        self._held: Counter[str] = Counter()  # claimed and not yet over, by destination
        self._by_lane: Counter[str] = Counter()
        self._answers: OrderedDict[str, int] = OrderedDict()  # destination → answers since it last let a message wait
        self._paces: dict[str, Pace] = {}  # by destination
        self._versions: frozenset[tuple[int, int]] = frozenset()
        self.circuits: dict[str, Circuit] = {}  # of destinations that were down when they were last written to

    def pace(self, destination: str, per_second: int) -> Pace:
        """The pace of what goes to a destination."""
        found = self._paces.get(destination)
        if found is None or found.per_second != per_second:
            found = self._paces[destination] = Pace(per_second)
        return found

    @property
    def is_idle(self) -> bool:
        """Whether it holds nothing and has nothing to remember but how it was."""
        return not self._held and not self.circuits

    def choice(self, lane: str, now: int) -> Choice:
        """What a lane may claim now: good pieces, not one by one."""
        count = left_for(lane, self.room.size, self._by_lane)
        if count <= self.room.size // 16:
            return Choice(0)
        if not self.room.is_shared:
            return Choice(count if (most := self._most(ONLY, now)) is None else min(count, max(0, most - self._held[ONLY])))
        full = frozenset(each for each in {*self._held, *self.circuits} if self._is_full(each, now))
        if self._left_for_strangers() > 0:
            return Choice(count, None, full)
        return Choice(count, frozenset(each for each in self._answers if self._is_trusted(each) and each not in full))

    def has_room(self, lanes: Collection[str], now: int) -> bool:
        """Whether any of these lanes may claim anything now."""
        return any(self.choice(lane, now).count for lane in lanes)

    def hold(self, lane: str, destination: str, now: int) -> bool:
        """Count one that is about to be claimed; False where its destination has no room left."""
        if self._is_full(destination, now):
            return False
        if self.room.is_shared and not self._is_trusted(destination) and self._left_for_strangers() <= 0:
            return False
        self._held[destination] += 1
        self._by_lane[lane] += 1
        return True

    def is_of(self, versions: frozenset[tuple[int, int]]) -> None:
        """Tells the providers' versions: whoever has mended one that seemed down is not made to wait for its next try."""
        if versions != self._versions:
            self._versions = versions
            self.circuits.clear()

    def note(self, destination: str, result: SendResult, now: int) -> None:
        """What an attempt says of its destination."""
        if result.is_outage:
            self.circuits.setdefault(destination, Circuit()).failed(result.detail, now)
            if len(self.circuits) > MOST_REMEMBERED:
                del self.circuits[next(iter(self.circuits))]
        elif result.state not in (SendState.HELD, SendState.RETRY):
            self.circuits.pop(destination, None)

    def over(self, lane: str, destination: str, *, answered: bool | None) -> None:
        """One is not held any more. ``answered``: False where the other side let it wait, None where it was never asked."""
        self._held[destination] -= 1
        self._by_lane[lane] -= 1
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

    def _most(self, destination: str, now: int) -> int | None:
        circuit = self.circuits.get(destination)
        return None if circuit is None else circuit.most(now)

    def _is_full(self, destination: str, now: int) -> bool:
        most = self._most(destination, now)
        if most is None and self.room.is_shared:
            most = min(FIRST_PLACES + self._answers.get(destination, 0), max(1, self.room.places * 3 // 4))
        return most is not None and self._held[destination] >= most

    def _left_for_strangers(self) -> int:
        held = sum(count for destination, count in self._held.items() if not self._is_trusted(destination))
        return max(1, self.room.places // 4) - held
