"""How far partitions are behind: one measurement for the alarm, the freshness of segments, and health."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from relance.events.service import log_end, oldest_waiting
from relance.infra.database import reading
from relance.pipeline.tick import Tick


class Lag(msgspec.Struct, frozen=True):
    """Figures hold up to ``true_until`` (ms, the program's clock), which is ``now`` if nothing is overdue.

    Otherwise it is the earlier of two instants: when the oldest of the ``waiting`` groups of accepted events was received, and
    when something became due through time alone (a window closed) that has not been processed yet.
    """

    now: int
    true_until: int
    waiting: int

    @property
    def lag(self) -> int:
        """The lag in ms."""
        return self.now - self.true_until


def standing(ticks: Sequence[Tick], due: int | None, now: int) -> Lag:
    """The joint lag of the partitions at ``now``; ``due`` is the next instant at which something falls due through time alone."""
    overdue = [] if due is None else [max(due, min(tick.cursor.settled_at for tick in ticks))]
    waiting = 0
    with reading(ticks[0].parts.log) as connection:
        for cursor in (tick.cursor for tick in ticks):
            theirs = max(0, log_end(connection, cursor.partition) - cursor.log_offset)
            received = oldest_waiting(connection, cursor.partition, cursor.log_offset) if theirs else None
            if received is not None:
                overdue.append(received)
            waiting += theirs
    return Lag(now, min([now, *overdue]), waiting)
