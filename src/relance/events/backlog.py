"""Accepted events that have not settled, counted and bounded by app: how much of one app may lie ahead of another's events.

Counts are kept per log row, never per event, and released as cursors advance. Pure: instants are seconds of any steady clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from relance.events.flows import Flow

IMPORTS = 2 / 3  # share of the bound for imports; the rest is for the app's live events
STILL = 10.0  # seconds without settling or a running tick, after which the bound is lifted
PRECISE = 1_000  # rows of a partition kept individually; beyond that, neighbours share an entry …
TOGETHER = 1_000  # … of this many events

Counts = Mapping[int, int]  # events by app


class _Entry:
    """One log row or several consecutive ones: settled once the cursor is at the last offset."""

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
    """A bound of ``most`` events per app, 0 = none. One thread changes it; any thread may read single numbers."""

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._waiting: dict[int, int] = {}  # by app: events being written to the log, and events in it that have not settled
        self._rows: dict[int, deque[_Entry]] = {}
        self._reached: dict[int, int] = {}  # by partition: the settled offset
        self._moved_at: float | None = None  # when something last settled or a tick made progress; None: nothing waits

    def waiting(self, app: int) -> int:
        """An app's events that are accepted or being written, and not settled."""
        return self._waiting.get(app, 0)

    def every(self) -> dict[int, int]:
        """The same for all apps that have any."""
        return dict(self._waiting)

    def has_room(self, app: int, flow: Flow, now: float) -> bool:
        """Whether more of an app may be written now. Clicks and opens always may."""
        if not self.most or flow is Flow.LINK:
            return True
        most = self.most * IMPORTS if flow is Flow.IMPORT else self.most
        return self._waiting.get(app, 0) < most or self.stands_still(now)

    def stands_still(self, now: float) -> bool:
        """Whether nothing settles at all: then no app is at fault, and incoming events are safest in the log."""
        return self._moved_at is not None and now - self._moved_at > STILL

    def take(self, app: int, count: int, now: float) -> None:
        """An app's events are about to be written."""
        if not self._waiting:
            self._moved_at = now
        if count:
            self._waiting[app] = self._waiting.get(app, 0) + count

    def give_back(self, app: int, count: int) -> None:
        """The write failed."""
        left = self._waiting.get(app, 0) - count
        if left > 0:
            self._waiting[app] = left
        else:
            self._waiting.pop(app, None)
        if not self._waiting:
            self._moved_at = None

    def written(self, partition: int, offset: int, counts: Counts) -> None:
        """The events are a row of the log. Rows of a partition arrive in order of offset."""
        rows = self._rows.setdefault(partition, deque())
        if len(rows) >= PRECISE and rows[-1].total < TOGETHER:
            rows[-1].join(offset, counts)
        else:
            rows.append(_Entry(offset, counts))

    def restore(self, partition: int, rows: Iterable[tuple[int, Counts]], now: float) -> None:
        """Rows that an earlier process left in the log, in order."""
        for offset, counts in rows:
            for app, count in counts.items():
                self.take(app, count, now)
            self.written(partition, offset, counts)

    def settle(self, offsets: Sequence[int], now: float) -> None:
        """The partitions, by number, have settled up to these offsets."""
        for partition, offset in enumerate(offsets):
            if offset > self._reached.get(partition, 0):
                self._reached[partition] = offset
                self._moved_at = now if self._waiting else None
            rows = self._rows.get(partition)
            while rows and rows[0].offset <= offset:
                for app, count in rows.popleft().counts.items():
                    self.give_back(app, count)

    def goes_on(self, now: float) -> None:
        """A tick is running and makes progress, though nothing has settled yet."""
        if self._waiting:
            self._moved_at = now
