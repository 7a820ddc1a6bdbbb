"""Frequency caps and quiet hours as operators define them. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from relance.core.lengths import span
from relance.core.time import DAY, HOUR

LONGEST_WINDOW = 31 * DAY
LONGEST_GAP = 31 * DAY

Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Calendar: TypeAlias = Literal["day", "week"]


class MessageClass(StrEnum):
    """What a message is to whoever gets it, and so what may hold it back.

    Marketing needs consent. Service is news of what the person has under way, as of an order: it needs no consent, passes every
    cap, is counted, and keeps quiet hours. Transactional is what the person asked for by what they did, as a new password:
    nothing of this concerns it.
    """

    MARKETING = "marketing"
    SERVICE = "service"
    TRANSACTIONAL = "transactional"


class Switches(NamedTuple):
    """What of restraint concerns a message."""

    obeys_caps: bool
    counts_toward_caps: bool
    obeys_quiet_hours: bool


#: What a message of a class is where it does not say otherwise.
PRESETS: dict[MessageClass, Switches] = {
    MessageClass.MARKETING: Switches(obeys_caps=True, counts_toward_caps=True, obeys_quiet_hours=True),
    MessageClass.SERVICE: Switches(obeys_caps=False, counts_toward_caps=True, obeys_quiet_hours=True),
    MessageClass.TRANSACTIONAL: Switches(obeys_caps=False, counts_toward_caps=False, obeys_quiet_hours=False),
}


class WhenHeld(StrEnum):
    """What becomes of a message that may not leave now. Every wait ends after 72 hours, and with the message's validity."""

    SKIP = "skip"
    WAIT = "wait"  # for a given time at most
    UNTIL_WINDOW_ENDS = "until_window_ends"  # however long the cap or the quiet hours last
    NEXT_DAY_SAME_HOUR = "next_day_same_hour"  # the hour at which it was wanted, on the first day on which it may leave


LONGEST_HOLD = 72 * HOUR
HIGHEST_PRIORITY = 100


class Lane(StrEnum):
    """What wants a message sent. Caps may keep a share for one."""

    TRANSACTIONAL = "transactional"
    JOURNEY = "journey"
    CAMPAIGN = "campaign"


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever is in this segment has a limit of their own."""

    segment: int
    most: int


class Cap(msgspec.Struct, frozen=True):
    """A limit on the messages one person gets: so many in a window, a minimum gap between two, or both.

    It concerns, and counts, messages on these channels, of these classes and topics; an empty list means all. The window is
    either ``rolling`` (``"24h"``: the last 24 hours, to the millisecond) or a ``calendar`` day or week (from Monday) in the
    person's time zone. ``kept`` is lane → how many of the limit only that lane may use. The first of ``tiers`` that the person
    is in replaces ``most``. ``version`` counts edits.
    """

    id: int
    app_id: int
    name: str
    channels: tuple[str, ...]
    classes: tuple[MessageClass, ...]
    topics: tuple[str, ...]
    most: int | None
    rolling: str | None
    calendar: Calendar | None
    gap: str | None
    kept: dict[Lane, int]
    tiers: tuple[Tier, ...]
    version: int
    created_at: int
    updated_at: int

    @property
    def segments(self) -> frozenset[int]:
        """Those that have a tier."""
        return frozenset(tier.segment for tier in self.tiers)

    @property
    def window_length(self) -> int:
        """The rolling window in ms; 0 if there is none."""
        return 0 if self.rolling is None else span(self.rolling, "rolling")

    @property
    def gap_length(self) -> int:
        """The minimum gap in ms; 0 if there is none."""
        return 0 if self.gap is None else span(self.gap, "gap")


class QuietHours(msgspec.Struct, frozen=True):
    """When an app's messages are not sent, in the local time of whoever gets them.

    ``channel`` is empty where they hold for all. From ``start`` (``"22:00"``) to ``end`` (``"08:00"``), which may be on the next
    day; both the same is a whole day. ``weekdays`` are the days on which they begin; empty means every day.
    """

    id: int
    app_id: int
    channel: str
    start: str
    end: str
    weekdays: tuple[Weekday, ...]
    version: int
    created_at: int
    updated_at: int


def minute_of_day(text: str) -> int | None:
    """``"08:30"`` as 510; None if it is no time of day."""
    hours, colon, minutes = text.partition(":")
    if not (len(text) == 5 and colon and text.isascii() and hours.isdigit() and minutes.isdigit()):
        return None
    return int(hours) * 60 + int(minutes) if int(hours) < 24 and int(minutes) < 60 else None


def time_of_day(minute: int) -> str:
    """``510`` as ``"08:30"``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
