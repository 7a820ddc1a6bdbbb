"""What was accepted and has not settled, by app: an app may have so much of it, that others' events wait behind it for that only.

Counts are kept by row of the log, never by event, and let go as cursors move. Pure: instants are seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from relance.events.flows import Flow

IMPORTS = 2 / 3  # of the bound: what an import leaves is for the same app's live events
STILL = 10.0  # seconds in which nothing settles and no tick goes on, after which the bound holds no more
PRECISE = 1_000  # rows of a partition that are kept one by one; beyond that neighbours share an entry …
TOGETHER = 1_000  # … of so many events

Counts = Mapping[int, int]  # events by app


class _Entry:
    """A row of the log, or some that follow each other: settled when the cursor is at its last offset."""

    __slots__ = ("counts", "offset", "total")

    def __init__(self, offset: int, counts: Counts) -> None:
        self.offset = offset
        self.counts = dict(counts)
        self.total = sum(counts.values())

    def join(self, offset: int, counts: Counts) -> None:
        self.offset = offset
        for app, count in counts.items():
            self.counts[app] = self.counts.get(app, 0) + count
            self.total += count


class Backlog:
    """A bound of ``most`` events for each app, 0 = none. One thread changes it; any may read what single numbers it tells."""

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._waiting: dict[int, int] = {}  # by app: what is being written to the log, and what is there and has not settled
        self._rows: dict[int, deque[_Entry]] = {}
        self._reached: dict[int, int] = {}  # by partition: the offset that has settled
        self._moved_at: float | None = None  # when something last settled, or a tick went on; None: nothing waits

    def waiting(self, app: int) -> int:
        """How many events of an app are accepted, or being written, and have not settled."""
        return self._waiting.get(app, 0)

    def every(self) -> dict[int, int]:
        """The same of all apps that have any."""
        return dict(self._waiting)

    def has_room(self, app: int, flow: Flow, now: float) -> bool:
        """Whether more of an app may be written now. What follows a link in a message always is."""
        if not self.most or flow is Flow.LINK:
            return True
        most = self.most * IMPORTS if flow is Flow.IMPORT else self.most
        return self._waiting.get(app, 0) < most or self.stands_still(now)

    def stands_still(self, now: float) -> bool:
        """Whether nothing settles: then nobody waits because of an app, and what comes is safest in the log."""
        return self._moved_at is not None and now - self._moved_at > STILL

    def take(self, app: int, count: int, now: float) -> None:
        """Events of an app are about to be written."""
        if not self._waiting:
            self._moved_at = now
        if count:
            self._waiting[app] = self._waiting.get(app, 0) + count

    def give_back(self, app: int, count: int) -> None:
        """They could not be written."""
        left = self._waiting.get(app, 0) - count
        if left > 0:
            self._waiting[app] = left
        else:
            self._waiting.pop(app, None)
        if not self._waiting:
            self._moved_at = None

    def written(self, partition: int, offset: int, counts: Counts) -> None:
        """They are a row of the log now. Rows of a partition come in the order of their offsets."""
        rows = self._rows.setdefault(partition, deque())
        if len(rows) >= PRECISE and rows[-1].total < TOGETHER:
            rows[-1].join(offset, counts)
        else:
            rows.append(_Entry(offset, counts))

    def restore(self, partition: int, rows: Iterable[tuple[int, Counts]], now: float) -> None:
        """Rows that are in the log already, in order: of a process before this one."""
        for offset, counts in rows:
            for app, count in counts.items():
                self.take(app, count, now)
            self.written(partition, offset, counts)

    def settle(self, offsets: Sequence[int], now: float) -> None:
        """Each partition, by its number, has settled up to an offset."""
        for partition, offset in enumerate(offsets):
            if offset > self._reached.get(partition, 0):
                self._reached[partition] = offset
                self._moved_at = now if self._waiting else None
            rows = self._rows.get(partition)
            while rows and rows[0].offset <= offset:
                for app, count in rows.popleft().counts.items():
                    self.give_back(app, count)

    def goes_on(self, now: float) -> None:
        """A tick is at work and makes progress, though nothing has settled yet."""
        if self._waiting:
            self._moved_at = now
