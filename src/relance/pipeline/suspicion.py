"""Finds and sets aside the event that makes ticks fail, or stall, repeatedly at one place. Pure.

A failed tick is retried. After the second failure at the same place of the log the tick is *careful*: it takes fewer events, an
eighth after each failure, twice as many after each success, first of the log and then of the outbox. When a single event fails, a
tick without any events shows whether the event is at fault: if that fails, too, nothing is set aside. Otherwise the event is
tried again, and set aside if it fails again. The consequence of a failure is written down before each careful tick, so that a
tick that hangs and is killed counts as failed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

FIRST_TRIES = 2  # a full one
SHARE = 8

Part = Literal["log", "outbox"]


class Suspicion(msgspec.Struct, frozen=True):
    """The state of the search. ``log_done`` events of the row after ``log_offset`` are settled or set aside."""

    log_offset: int
    reason: str = ""
    log_done: int = 0
    tries: int = 0  # full ticks that failed
    most: int = 0  # events of the next careful tick; 0 = a full tick
    part: Part = "log"
    step: Literal["events", "none", "again", "aside"] = "events"  # what the next careful tick does

    @property
    def is_careful(self) -> bool:
        return self.most > 0


def failed(at: Suspicion, full: int, reason: str) -> Suspicion:
    """The state after a failure. ``full`` is the most a tick takes."""
    if not at.is_careful:
        tries = at.tries + 1
        most = max(1, full // SHARE) if tries >= FIRST_TRIES else 0
        return msgspec.structs.replace(at, tries=tries, most=most, reason=reason or at.reason)
    if at.step == "again":
        return msgspec.structs.replace(at, step="aside", reason=reason or at.reason)
    if at.step != "events":  # it fails without the event, too: the event is not at fault
        return Suspicion(at.log_offset, reason or at.reason, at.log_done, tries=1)
    if at.most > 1:
        return msgspec.structs.replace(at, most=max(1, at.most // SHARE), reason=reason or at.reason)
    return msgspec.structs.replace(at, step="none", reason=reason or at.reason)


def succeeded(at: Suspicion, full: int, log_offset: int, log_done: int, *, more: bool) -> Suspicion | None:
    """The state after a success; None once nothing is suspected. ``more``: its part had more than it took."""
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
