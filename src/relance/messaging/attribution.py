"""Which message brought a conversion about: one rule that anyone can read.

A conversion is credited to at most one delivery, among those whose goal is that event and which were **sent** at most the
goal's length before it:

1. **direct**: the delivery clicked last before the conversion;
2. where none was clicked, **influenced**: the delivery opened or sent last (whichever came later for it).

The window is ``(t − length, t]``. Equal instants go to the delivery sent last, then to the greater id, so that a replay
credits the same one.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Touch(msgspec.Struct, frozen=True):
    """One sent delivery, as far as credit is concerned. Instants in ms; ``clicked_at``: its last click before the conversion."""

    delivery_id: str
    goal_event: str
    goal_length: int
    sent_at: int
    opened_at: int | None = None
    clicked_at: int | None = None

    def may_take(self, event: str, occurred_at: int) -> bool:
        """Whether the conversion is what the delivery was meant to bring about, and in time."""
        return self.goal_event == event and occurred_at - self.goal_length < self.sent_at <= occurred_at


class Credit(msgspec.Struct, frozen=True):
    """The delivery a conversion is credited to."""

    delivery_id: str
    direct: bool


def credit(touches: Iterable[Touch], event: str, occurred_at: int) -> Credit | None:
    """The one delivery that the conversion ``event`` at ``occurred_at`` is credited to, or None."""
    clicked: list[tuple[int, int, str]] = []
    seen: list[tuple[int, int, str]] = []
    for touch in touches:
        if not touch.may_take(event, occurred_at):
            continue
        if touch.clicked_at is not None and touch.clicked_at <= occurred_at:
            clicked.append((touch.clicked_at, touch.sent_at, touch.delivery_id))
        opened = touch.opened_at if touch.opened_at is not None and touch.opened_at <= occurred_at else touch.sent_at
        seen.append((max(touch.sent_at, opened), touch.sent_at, touch.delivery_id))
    if clicked:
        return Credit(max(clicked)[2], direct=True)
    return Credit(max(seen)[2], direct=False) if seen else None
