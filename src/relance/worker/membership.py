"""Segment membership over all partitions: each person is in the live segments of their own partition."""

from __future__ import annotations

from collections.abc import Sequence

from relance.core.partitions import of_person
from relance.segments.membership import Live, joint_preview
from relance.segments.model import Building, Preview, Stage
from relance.segments.rule.tree import Rule


class MembershipReader:
    """The readable side of ``Live``, over all partitions. Thread-safe."""

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
        """Member counts of an app's segments that are live in every partition."""
        found = [each.sizes(app_id) for each in self._lives]
        everywhere = set(found[0]).intersection(*found[1:])
        return {segment_id: sum(sizes[segment_id] for sizes in found) for segment_id in sorted(everywhere)}

    def building(self, app_id: int) -> list[Building]:
        """The app's segments that are not live in every partition yet, or not with their newest rule."""
        found: dict[int, list[Building]] = {}
        for live in self._lives:
            for each in live.building(app_id):
                found.setdefault(each.segment, []).append(each)
        return [self._joint(some) for some in found.values()]

    def _joint(self, some: Sequence[Building]) -> Building:
        """The joint progress of all partitions, some of which are not done."""
        done = len(self._lives) - len(some)
        return Building(
            some[0].segment,
            any(each.is_new for each in some),
            min((each.stage for each in some), key=list(Stage).index),
            (done + sum(each.share for each in some)) / len(self._lives),
            sum(each.read for each in some),
            sum(each.events for each in some),
            sum(each.people for each in some),
            min((each.began_at for each in some if each.began_at is not None), default=None),
            max(each.tries for each in some),
            next((each.error for each in some if each.error), ""),
        )

    def knows(self, app_id: int, rule: Rule) -> bool:
        """Whether every condition of an expanded rule is live in every partition."""
        return all(each.knows(app_id, rule) for each in self._lives)

    def preview(self, app_id: int, rule: Rule, now: int) -> Preview | None:
        """The people matching a rule whose conditions are all live; None if they are not, or while a tick works on them."""
        found: list[Preview] = []
        for live in self._lives:
            one = live.preview(app_id, rule, now)
            if one is None:
                return None
            found.append(one)
        return found[0] if len(found) == 1 else joint_preview(found)

    @property
    def nbytes(self) -> int:
        return sum(each.nbytes for each in self._lives)
