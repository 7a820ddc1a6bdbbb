"""One partition's share of all people."""

from __future__ import annotations

from typing import NamedTuple

from relance.core.partitions import BLOCK, of_person
from relance.segments.live.columns.person_column import Bools, Ids


class PartitionShare(NamedTuple):
    """The people who live in ``partition``, of ``partitions`` in total."""

    partition: int
    partitions: int = 1

    @property
    def is_all(self) -> bool:
        """Whether there are no other partitions."""
        return self.partitions == 1

    def has_one(self, person: int) -> bool:
        """Whether a person lives here."""
        return of_person(person, self.partitions) == self.partition

    def has(self, people: Ids) -> Bools:
        """Which of these people live here."""
        here: Bools = people // BLOCK % self.partitions == self.partition
        return here
