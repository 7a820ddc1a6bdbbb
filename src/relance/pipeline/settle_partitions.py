"""Settles all partitions of a process, one after another on one thread: each embedded store has a single writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from relance.events.service import log_end
from relance.infra.database import reading
from relance.infra.memory import give_back
from relance.pipeline.errors import FencedError
from relance.pipeline.tick import Tick
from relance.pipeline.tick_result import TickResult

HOPS = 4  # ticks that an event or a handover needs, at most, within one round


class PartitionRound:
    """The ticks of all partitions as one. One thread calls ``run``; attributes may be read from any thread.

    A round settles every partition, then again those that received something from another or waited for one, so that whatever
    came with one request has settled everywhere. If one tick fails, the other partitions still settle; then the round fails and
    is retried.
    """

    def __init__(self, ticks: Sequence[Tick], on_tick: Callable[[], None] = lambda: None) -> None:
        """``on_tick`` is called after each partition's commit, before the next partition's tick."""
        self.ticks = ticks
        self._on_tick = on_tick
        self.first = ticks[0]
        self._settled_to = 0
        self._unsaid = TickResult()  # settled in rounds that failed

    @property
    def settled_to(self) -> int:
        """The log offset up to which everything has settled."""
        return self._settled_to if len(self.ticks) > 1 else self.first.cursor.log_offset

    def offsets(self) -> list[int]:
        """The log offset up to which each partition has settled."""
        return [tick.cursor.log_offset for tick in self.ticks]

    @property
    def settled_at(self) -> int:
        """The program time up to which every partition has settled."""
        return min(tick.cursor.settled_at for tick in self.ticks)

    def log_end(self) -> int:
        """The newest offset of the log."""
        return max(self._ends())

    def load(self) -> None:
        for tick in self.ticks:
            tick.load()

    def definitions_changed(self) -> None:
        """The next round reloads the definitions."""
        for tick in self.ticks:
            tick.definitions_changed()

    def next_due(self) -> int | None:
        """The next instant (program time) at which something falls due through time alone."""
        return min((due for tick in self.ticks if (due := tick.next_due()) is not None), default=None)

    def waiting(self) -> bool:
        """Whether the log or an outbox holds unsettled events."""
        return any(tick.waiting() for tick in self.ticks)

    def run(self) -> TickResult:
        """Settle everything there is. Raises ``FencedError`` at once, any other error after all partitions had their turn."""
        ends = self._ends() if len(self.ticks) > 1 else []
        todo: Iterable[int] = range(len(self.ticks))
        failure: Exception | None = None
        for _ in range(HOPS):
            again: set[int] = set()
            for number in todo:
                try:
                    settled = self.ticks[number].run()
                except FencedError:
                    raise
                except Exception as error:
                    failure = failure or error
                    continue
                self._on_tick()
                again |= settled.sent_to
                if settled.postponed:
                    again.add(number)
                self._unsaid.add(settled)
            todo = sorted(again)
            if not todo:
                break
        if failure is not None:
            raise failure
        self._reach(ends)
        settled, self._unsaid = self._unsaid, TickResult()
        settled.more |= bool(todo)
        return settled

    def tidy(self, now: int) -> None:
        for tick in self.ticks:
            tick.tidy(now)

    def rest(self) -> bool:
        """Idle: fold history's log into its file and release memory. False: not possible now."""
        rested = self.first.parts.rest()
        give_back()
        return rested

    def _ends(self) -> list[int]:
        with reading(self.first.parts.log) as connection:
            return [log_end(connection, tick.partition) for tick in self.ticks]

    def _reach(self, ends: Sequence[int]) -> None:
        """Offsets count over all partitions: a partition that has read all of its own rows is at the end of the log."""
        if ends:
            offsets = [tick.cursor.log_offset for tick in self.ticks]
            reached = [max(ends) if offset >= end else offset for offset, end in zip(offsets, ends, strict=True)]
            self._settled_to = max(self._settled_to, min(reached))
