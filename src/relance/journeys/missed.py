"""Entry events that started no run, with reasons from a closed list, and the record kept of them. No I/O."""

from __future__ import annotations

from enum import StrEnum
from zlib import crc32

import msgspec

from relance.core.time import DAY
from relance.events.model import Event

KEPT_FOR = 90 * DAY
_SLOTS = 16  # distinct keys kept per person, journey and reason


class MissReason(StrEnum):
    """Why an event that could start a run started none: a closed list, each described in ``MISSES``."""

    LATE = "late"
    KEY_MISSING = "key_missing"
    RUN_UNDER_WAY = "run_under_way"
    ONCE_ALREADY = "once_already"
    JOURNEY_PAUSED = "journey_paused"
    CAUSED_BY_ITSELF = "caused_by_itself"
    CHAIN_TOO_LONG = "chain_too_long"


MISSES: dict[MissReason, str] = {
    MissReason.LATE: "The event came more than an hour after it happened, and the entry of the journey lets late events pass.",
    MissReason.KEY_MISSING: "The event has no value under the property that tells the journey's runs apart.",
    MissReason.RUN_UNDER_WAY: "A run of the same person and key was under way already.",
    MissReason.ONCE_ALREADY: "The journey is entered once, and the person has been in it with this key.",
    MissReason.JOURNEY_PAUSED: "The journey was paused.",
    MissReason.CAUSED_BY_ITSELF: "The journey itself had brought the event about, so that it would have gone round in a circle.",
    MissReason.CHAIN_TOO_LONG: "Too many journeys in a row had brought the event about.",
}


class MissedEntry(msgspec.Struct):
    """The record of a person, journey, reason and key: the newest such event, and how many there were. Times are ms.

    ``slot`` is the key's place among the kept ones; another key with the same slot replaces it.
    """

    app_id: int
    person_id: int
    journey_id: int
    reason: str
    slot: int
    run_key: str
    event: str
    message_id: str
    occurred_at: int
    received_at: int
    times: int

    @property
    def place(self) -> tuple[int, int, int, str, int]:
        return self.app_id, self.person_id, self.journey_id, self.reason, self.slot

    @property
    def why(self) -> str:
        """The reason as a sentence."""
        return MISSES[MissReason(self.reason)]


def missed_entry(event: Event, person_id: int, journey_id: int, reason: MissReason, run_key: str = "") -> MissedEntry:
    """The record of one event."""
    return MissedEntry(
        app_id=event.app_id,
        person_id=person_id,
        journey_id=journey_id,
        reason=reason.value,
        slot=crc32(run_key.encode(errors="surrogatepass")) % _SLOTS,
        run_key=run_key,
        event=event.name,
        message_id=event.message_id,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        times=1,
    )


def added(before: MissedEntry, later: MissedEntry) -> MissedEntry:
    """Two records of one slot merged: the later one, with both counts if they have the same key."""
    times = later.times + (before.times if before.run_key == later.run_key else 0)
    return msgspec.structs.replace(later, times=times)
