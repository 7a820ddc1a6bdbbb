"""How far a partition is behind: what the alarm, the freshness of segments and health say, measured in one place."""

from __future__ import annotations

import msgspec

from relance.events.service import log_end, oldest_waiting
from relance.infra.database import reading
from relance.pipeline.tick import Tick


class Standing(msgspec.Struct, frozen=True):
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


def standing(tick: Tick, due: int | None, now: int) -> Standing:
    """Where a partition stands at ``now``; ``due`` is the next instant at which something becomes true by itself."""
    cursor = tick.cursor
    with reading(tick.parts.log) as connection:
        waiting = max(0, log_end(connection, cursor.partition) - cursor.log_offset)
        received = oldest_waiting(connection, cursor.partition, cursor.log_offset) if waiting else None
    turned = None if due is None else max(due, cursor.settled_at)
    overdue = [instant for instant in (received, turned) if instant is not None]
    return Standing(now, min([now, *overdue]), waiting)
