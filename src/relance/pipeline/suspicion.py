"""What makes a tick fail, or stand still, again and again at one place is looked for, and set aside alone. Pure.

A failed tick is done again. At the second failure at one place of the log the tick is *careful*: it takes fewer events, an
eighth after each failure, twice as many after each success, first of the log and then of the outbox. When a single event fails,
a tick without any shows whether it is the event: where that fails, too, nothing is set aside, for it is something else. Else the
event is tried again, and set aside when it fails again. Before each careful tick is run what follows from its failure is written
down, so that a tick that never ends, and is killed, is known to have failed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

FIRST_TRIES = 2  # as a whole
SHARE = 8

Part = Literal["log", "outbox"]


class Suspicion(msgspec.Struct, frozen=True):
    """How far the search is. ``log_done`` events of the row after ``log_offset`` are settled or set aside already."""

    log_offset: int
    reason: str = ""
    log_done: int = 0
    tries: int = 0  # as a whole, that failed
    most: int = 0  # events of the next careful tick; 0 = as a whole
    part: Part = "log"
    step: Literal["events", "none", "again", "aside"] = "events"  # what the next careful tick does

    @property
    def is_careful(self) -> bool:
        return self.most > 0


def failed(at: Suspicion, full: int, reason: str) -> Suspicion:
    """What a failure leads to. ``full`` is what a tick takes at most."""
    if not at.is_careful:
        tries = at.tries + 1
        most = max(1, full // SHARE) if tries >= FIRST_TRIES else 0
        return msgspec.structs.replace(at, tries=tries, most=most, reason=reason or at.reason)
    if at.step == "again":
        return msgspec.structs.replace(at, step="aside", reason=reason or at.reason)
    if at.step != "events":  # without the event it fails, too: it is not the event
        return Suspicion(at.log_offset, reason or at.reason, at.log_done, tries=1)
    if at.most > 1:
        return msgspec.structs.replace(at, most=max(1, at.most // SHARE), reason=reason or at.reason)
    return msgspec.structs.replace(at, step="none", reason=reason or at.reason)


def succeeded(at: Suspicion, full: int, log_offset: int, log_done: int, *, more: bool) -> Suspicion | None:
    """What a success leads to; None where nothing is suspected any more. ``more``: its part had more than it took."""
    if at.step == "none":
        return msgspec.structs.replace(at, step="again")
    moved = msgspec.structs.replace(at, log_offset=log_offset, log_done=log_done, step="events")
    if not at.is_careful:
        return None if not log_done else moved
    most = 1 if at.step == "aside" else min(full, at.most * 2)
    if more and most < full:
        return msgspec.structs.replace(moved, most=most)
    if at.part == "log":
        return msgspec.structs.replace(moved, part="outbox", most=max(1, full // SHARE))
    if log_done:
        return msgspec.structs.replace(moved, part="log", most=full)
    return None
