"""Who is in which segment, over all partitions: each person's are in the live segments of the partition they live in."""

from __future__ import annotations

from collections.abc import Sequence

from relance.core.partitions import of_person
from relance.segments.membership import Live


class Membership:
    """What may be read of ``Live``, of every partition. Safe from any thread."""

    def __init__(self, lives: Sequence[Live]) -> None:
        self._lives = lives

    def _of(self, person_id: int) -> Live:
        return self._lives[of_person(person_id, len(self._lives))]

    def contains(self, app_id: int, segment_id: int, person_id: int) -> bool:
        return self._of(person_id).contains(app_id, segment_id, person_id)

    def memberships(self, app_id: int, person_id: int) -> list[int]:
        return self._of(person_id).memberships(app_id, person_id)

    def members(self, app_id: int, segment_id: int, after: int = 0, limit: int | None = None) -> list[int]:
        """Ids of members above ``after``, ascending, at most ``limit``."""
        found = [each.members(app_id, segment_id, after, limit) for each in self._lives]
        return found[0] if len(found) == 1 else sorted(person for some in found for person in some)[:limit]

    def size(self, app_id: int, segment_id: int) -> int:
        return sum(each.size(app_id, segment_id) for each in self._lives)

    def sizes(self, app_id: int) -> dict[int, int]:
        """How many are in each segment of an app."""
        found: dict[int, int] = {}
        for each in self._lives:
            for segment_id, size in each.sizes(app_id).items():
                found[segment_id] = found.get(segment_id, 0) + size
        return found

    @property
    def nbytes(self) -> int:
        return sum(each.nbytes for each in self._lives)
