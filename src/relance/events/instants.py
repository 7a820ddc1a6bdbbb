"""When an event happened by our clock: the sender's statement, as far as it is readable and plausible. Pure.

The Segment spec's ``receivedAt - (sentAt - timestamp)``: a sender's clock may be wrong, but equally wrong at both instants. An
implausible clock costs an event its timestamp, never the event: the time of receipt takes its place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from relance.core.error_text import ErrorText
from relance.core.time import DAY, from_iso
from relance.events.model import Note, Reason
from relance.events.screening import Refused

EARLIEST = 631_152_000_000  # 1990-01-01T00:00:00Z
AHEAD = DAY  # tolerance of events ahead of their receipt; up to it, the receipt is used
LONGEST_QUEUE = 30 * DAY  # how long a device with a wrong clock may have held an event back

_ISO_NEEDED = ErrorText("timestamp_form", "timestamp must be an ISO 8601 date and time.")
_OUT_OF_RANGE = ErrorText("timestamp_range", "The timestamp is before 1990 or more than a day ahead.")


class ClaimedTimes(NamedTuple):
    """What a message says about its time, unparsed. ``timestamp`` is UNSET if absent."""

    timestamp: Any
    original: Any = None  # ``originalTimestamp``: the sender's clock, if ``timestamp`` was already corrected
    sent_at: Any = None
    outer_sent_at: int | None = None  # of the batch, ms


class Mending(NamedTuple):
    """What was corrected in a message that was accepted."""

    note: Note
    path: str
    text: str


def instant_of(value: Any) -> int | None:
    """A written instant in ms; None if it cannot be parsed."""
    if type(value) is not str:
        return None
    try:
        return from_iso(value)
    except (ValueError, OverflowError):
        return None


def plain_instant(timestamp: str, sent_at: int | None, received_at: int) -> int | None:
    """The fast path for nearly every event: ``occurred_at`` if the timestamp and the batch's ``sentAt`` are plausible, else
    None.
    """
    said = instant_of(timestamp)
    if said is None:
        return None
    if sent_at is not None:
        if not -DAY <= received_at - sent_at <= DAY:
            return None
        said += received_at - sent_at
    return said if EARLIEST <= said <= received_at else None


def occurred_at(claimed: ClaimedTimes, received_at: int, mended: list[Mending]) -> int:
    """The instant of a live event; never after its receipt."""
    timestamp, original, sent_at, outer = claimed
    own = None if sent_at is None else instant_of(sent_at)
    if own is None and sent_at is not None:
        mended.append(sending_not_read(sent_at))
    if timestamp is msgspec.UNSET and original is None:
        return received_at
    sent = outer if own is None else own
    said = instant_of(timestamp)
    first = None if original is None else instant_of(original)
    if said is None:
        said = first
    elif first is not None and first != said:
        sent = None  # whoever forwarded it corrected the timestamp
    if said is None:
        shown = timestamp if timestamp is not msgspec.UNSET else original
        mended.append(Mending(Note.TIMESTAMP_NOT_READ, _path(claimed), _not_read(shown)))
        return received_at
    if sent is not None:
        corrected = _corrected(said, sent, received_at)
        if corrected is not None:
            return min(corrected, received_at)
    if not _in_range(said, received_at):
        mended.append(
            Mending(
                Note.TIMESTAMP_NOT_BELIEVED,
                _path(claimed),
                ErrorText("timestamp_not_believed", "{why} The event is kept as of its receipt.", why=_OUT_OF_RANGE),
            )
        )
        return received_at
    if sent is not None:
        text = ErrorText(
            "sent_at_not_believed",
            "sentAt is too far from the receipt and the timestamp to correct a clock by it. It was ignored.",
        )
        mended.append(Mending(Note.SENT_AT_NOT_BELIEVED, "sentAt", text))
    return min(said, received_at)


def sending_not_read(sent_at: Any) -> Mending:
    """The note about an unreadable ``sentAt``, of a message or of a batch."""
    return Mending(
        Note.SENT_AT_NOT_READ,
        "sentAt",
        ErrorText(
            "sent_at_not_read", "{got} is not an ISO 8601 date and time. No clock is corrected by it.", got=_shown(sent_at)
        ),
    )


def imported_at(timestamp: Any, original: Any, received_at: int) -> int:
    """The instant of an imported event, taken as stated: it does not come from the sender's clock. Unreadable instants are
    refused, since the receipt would be years off.
    """
    if timestamp is msgspec.UNSET or timestamp is None:
        timestamp = original
    if timestamp is None:
        return received_at
    said = instant_of(timestamp)
    if said is None:
        raise Refused(Reason.INVALID, "timestamp", _ISO_NEEDED)
    if not _in_range(said, received_at):
        raise Refused(Reason.TIMESTAMP_OUT_OF_RANGE, "timestamp", _OUT_OF_RANGE)
    return min(said, received_at)


def _corrected(said: int, sent: int, received_at: int) -> int | None:
    """The instant by our clock; None if ``sent`` contradicts the others."""
    waited = sent - said
    if abs(received_at - sent) > DAY and not -AHEAD <= waited <= LONGEST_QUEUE:
        return None
    corrected = received_at - waited
    return corrected if _in_range(corrected, received_at) else None


def _in_range(instant: int, received_at: int) -> bool:
    return EARLIEST <= instant <= received_at + AHEAD


def _path(claimed: ClaimedTimes) -> str:
    return "originalTimestamp" if claimed.timestamp is msgspec.UNSET else "timestamp"


def _not_read(value: Any) -> ErrorText:
    return ErrorText(
        "timestamp_not_read", "{got} is not an ISO 8601 date and time. The event is kept as of its receipt.", got=_shown(value)
    )


def _shown(value: Any) -> str:
    return f"“{value[:40]}”" if type(value) is str else "null" if value is None else "A number" if _is_number(value) else "This"


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float
