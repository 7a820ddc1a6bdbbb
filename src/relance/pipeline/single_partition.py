"""``Handover`` for a single partition, which has nobody to hand anything to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.pipeline.partition_context import PartitionContext
from relance.segments.membership import MembershipChanges


class SinglePartition:
    """The handover of one tick: everybody lives here, and nothing is forwarded."""

    outgoing: Mapping[int, list[Event]] = {}

    def __init__(self, parts: PartitionContext) -> None:
        self.parts = parts

    def in_order(self, events: Sequence[Event]) -> Sequence[Event]:
        """In the given order."""
        return events

    def forward(self, _events: Sequence[Event], persons: Sequence[int]) -> Sequence[int]:
        """Everybody stays."""
        return persons

    def returned(self, _events: Sequence[Event]) -> list[int]:
        """Nothing was forwarded."""
        return []

    def join(self, app_id: int, loser: int, winner: int) -> tuple[bool, MembershipChanges]:
        """The winner now has the loser's past; and the resulting changes."""
        return True, self.parts.live.merge(app_id, loser, winner)

    def forget(self, app_id: int, persons: Sequence[int]) -> None:
        """No other partition knows them."""

    def apply(self, _record: Event, _position: int) -> MembershipChanges:
        """No other partition can have left a record."""
        raise RuntimeError("a handover where there is one partition")

    def forget_the_leaving(self, connection: Connection) -> None:
        """Nobody leaves."""

    def own_traits(self) -> dict[tuple[int, int], dict[str, Any]]:
        """The changed traits."""
        return self.parts.people.changed_traits()

    def living(self, changes: MembershipChanges) -> MembershipChanges:
        """Unchanged: live state has seen every merge and deletion."""
        return changes
