"""How far partitions are behind: what the alarm, the freshness of segments and health say, measured in one place."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from relance.events.service import log_end, oldest_waiting
from relance.infra.database import reading
from relance.pipeline.tick import Tick


class Lag(msgspec.Struct, frozen=True):
    """What is counted is true up to ``true_until`` (ms, the program's clock), which is ``now`` where nothing is overdue.

    Else it is the earlier of two instants: that at which the oldest of the ``waiting`` groups of accepted events was received,
    and that at which something became true by itself (a window closed) and was not lived through yet.
    """

    now: int
    true_until: int
    waiting: int

    @property
    def lag(self) -> int:
        """How far behind, in ms."""
        return self.now - self.true_until


def standing(ticks: Sequence[Tick], due: int | None, now: int) -> Lag:
    """Where the partitions stand together at ``now``; ``due`` is the next instant at which something becomes true by itself."""
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
