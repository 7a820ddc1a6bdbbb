"""Which message brought a conversion about: one rule that anyone can read.

A conversion is credited to at most one delivery, among those whose goal is that event:

1. **direct**: the delivery clicked last, if the click was at most the goal's length before the conversion;
2. otherwise **influenced**: the delivery opened or sent last (whichever came later for it), within the same length.

Windows are ``(t − length, t]``. Equal instants go to the delivery sent last, then to the greater id, so that a replay
credits the same one.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Touch(msgspec.Struct, frozen=True):
    """One sent delivery, as far as credit is concerned. Instants in ms."""

    delivery_id: str
    goal_event: str
    goal_length: int
    sent_at: int
    opened_at: int | None = None
    clicked_at: int | None = None


class Credit(msgspec.Struct, frozen=True):
    """The delivery a conversion is credited to."""

    delivery_id: str
    direct: bool


def credit(touches: Iterable[Touch], event: str, occurred_at: int) -> Credit | None:
    """The one delivery that the conversion ``event`` at ``occurred_at`` is credited to, or None."""
    clicked: list[tuple[int, int, str]] = []
    seen: list[tuple[int, int, str]] = []
    for touch in touches:
        if touch.goal_event != event:
            continue
        opens = occurred_at - touch.goal_length
        if touch.clicked_at is not None and opens < touch.clicked_at <= occurred_at:
            clicked.append((touch.clicked_at, touch.sent_at, touch.delivery_id))
        last = max((each for each in (touch.sent_at, touch.opened_at) if each is not None and each <= occurred_at), default=0)
        if last > opens:
            seen.append((last, touch.sent_at, touch.delivery_id))
    if clicked:
        return Credit(max(clicked)[2], direct=True)
    if seen:
        return Credit(max(seen)[2], direct=False)
    return None
