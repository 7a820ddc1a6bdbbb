"""Who may use what there is of a room, by lane: each lane has a share kept for it, and the rest is whoever's needs it. Pure.

No lane comes before another: a flood in one leaves the others their shares, and takes what they do not use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from relance.messaging.queue.model import RETRY
from relance.restraint.model import Lane

#: The eighths of a room that are kept for a lane. A room of fewer than eight places keeps none.
KEPT: Final[Mapping[str, int]] = {Lane.TRANSACTIONAL.value: 1, Lane.JOURNEY.value: 1, Lane.CAMPAIGN.value: 1, RETRY: 0}


def left_for(lane: str, size: int, held: Mapping[str, int]) -> int:
    """How many more of a room of ``size`` the lane may take. ``held``: lane → how many it has taken."""
    kept = sum(max(0, size * eighths // 8 - held.get(other, 0)) for other, eighths in KEPT.items() if other != lane)
    return max(0, size - sum(held.values()) - kept)


def next_lane(waiting: Iterable[str], size: int, held: Mapping[str, int]) -> str | None:
    """Which of the lanes that wait gets the next place: of those that may have one, the one with the fewest for its share."""
    allowed = [lane for lane in waiting if left_for(lane, size, held) > 0]
    return min(allowed, key=lambda lane: (held.get(lane, 0) / (KEPT.get(lane, 0) or 0.5), lane), default=None)
