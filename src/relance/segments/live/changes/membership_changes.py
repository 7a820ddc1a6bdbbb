"""Who entered and left in a tick, over all segments, in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.model import Change


@dataclass(frozen=True, slots=True, eq=False)
class MembershipChanges:
    """Columns whose rows read as ``Change``: a tick has thousands, most of which are only written down."""

    apps: Ids
    segments: Ids
    people: Ids
    entered: Bools
    occurred_at: Instants
    late: Bools
    merged: Bools

    @classmethod
    def of(cls, changes: Sequence[Change]) -> MembershipChanges:
        """The given changes, in the given order."""
        numbers = np.array([(each.app_id, each.segment_id, each.person_id, each.occurred_at) for each in changes], np.int64)
        truths = np.array([(each.entered, each.late, each.merged) for each in changes], np.bool_)
        apps, segments, people, instants = numbers.reshape(-1, 4).T
        entered, late, merged = truths.reshape(-1, 3).T
        return cls(apps, segments, people, entered, instants, late, merged)

    @classmethod
    def at(cls, app_id: int, segment_id: int, people: Ids, entered: Bools, instant: int) -> MembershipChanges:
        """Changes of one segment at one instant."""
        apps, segments, instants = (np.full(people.size, number) for number in (app_id, segment_id, instant))
        never = np.zeros(people.size, np.bool_)
        return cls(apps, segments, people, entered, instants, never, never)

    def columns(self) -> tuple[NDArray[Any], ...]:
        """All columns, in the order of the fields of ``Change``."""
        return self.apps, self.segments, self.people, self.entered, self.occurred_at, self.late, self.merged

    def pick(self, chosen: Bools | Ids) -> MembershipChanges:
        """The rows at some places."""
        return MembershipChanges(*(column[chosen] for column in self.columns()))

    def __len__(self) -> int:
        return self.people.size

    def __iter__(self) -> Iterator[Change]:
        return map(Change, *(column.tolist() for column in self.columns()))


def joined(parts: Sequence[MembershipChanges]) -> MembershipChanges:
    """Concatenated."""
    some = [part for part in parts if part]
    if len(some) == 1:
        return some[0]
    if not some:
        return MembershipChanges.of(())
    return MembershipChanges(*(np.concatenate(columns) for columns in zip(*(part.columns() for part in some), strict=True)))


def in_order_of_time(parts: Sequence[MembershipChanges]) -> MembershipChanges:
    """Sorted by instant, then app, person and segment."""
    found = joined(parts)
    return found.pick(np.lexsort((found.segments, found.people, found.apps, found.occurred_at))) if found else found
