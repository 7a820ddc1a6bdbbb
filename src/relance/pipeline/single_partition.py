"""What ``Handover`` does where there is one partition, and so nobody to give anything to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from relance.events.model import Event
from relance.pipeline.partition_context import PartitionContext
from relance.segments.membership import MembershipChanges


class SinglePartition:
    """One tick's part in it: everybody lives here, and nothing is sent on."""

    outgoing: Mapping[int, list[Event]] = {}

    def __init__(self, parts: PartitionContext) -> None:
        self.parts = parts

    def in_order(self, events: Sequence[Event]) -> Sequence[Event]:
        """As they came."""
        return events

    def forward(self, _events: Sequence[Event], persons: Sequence[int]) -> Sequence[int]:
        """Everybody stays."""
        return persons

    def returned(self, _events: Sequence[Event]) -> list[int]:
        """Nothing was sent on."""
        return []

    def join(self, app_id: int, loser: int, winner: int) -> tuple[bool, MembershipChanges]:
        """That the winner has the loser's past now, and what that changes."""
        return True, self.parts.live.merge(app_id, loser, winner)

    def forget(self, app_id: int, persons: Sequence[int]) -> None:
        """Nobody else has them."""

    def apply(self, _record: Event, _position: int) -> MembershipChanges:
        """There is nobody who could have left a record."""
        raise RuntimeError("a handover where there is one partition")

    def forget_the_leaving(self, connection: Connection) -> None:
        """Nobody leaves."""

    def own_traits(self) -> dict[tuple[int, int], dict[str, Any]]:
        """What changed about people."""
        return self.parts.people.changed_traits()

    def living(self, changes: MembershipChanges) -> MembershipChanges:
        """Live state has been told of every merge and deletion."""
        return changes
