"""What made a derived event: the journeys whose doing it is, which it carries in its context. Pure.

A run adds its journey to those that brought about the event it began with, and all that is told of the run and of its messages
carries them on: sent, skipped, failed, delivered, opened (mailboxes load pictures by themselves), and the change of a segment
that follows from these. None of those journeys is entered by it again. What a person does (an event of their own, a click, an
unsubscription) carries none and begins a new chain; so does a change of a segment that the passing of time makes.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relance.events.model import Event, Kind, Name

LONGEST_CHAIN = 20  # journeys; what so many have brought about starts no other

#: Derived, but a person's own act.
OWN_ACTS = frozenset((Name.MESSAGE_CLICKED.value, Name.MESSAGE_DISMISSED.value, Name.MESSAGE_UNSUBSCRIBED.value))
_DERIVED = Kind.DERIVED.value
_NOTHING = b"{}"


class Causes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a derived event's context says. ``late``: late events brought it about, though no import did."""

    caused_by: tuple[int, ...] = ()
    late: bool = False

    def context(self) -> bytes:
        """As it stands in an event."""
        return msgspec.json.encode(self)


NO_CAUSES = Causes()
_decode = msgspec.json.Decoder(Causes).decode


def causes_of(event: Event) -> Causes:
    """What made an event; nothing of what a person did."""
    return read_causes(event.kind, event.name, event.context)


def read_causes(kind: str, name: str, context: bytes) -> Causes:
    """The same, of an event's parts."""
    if context == _NOTHING or kind != _DERIVED or name in OWN_ACTS:
        return NO_CAUSES
    try:
        return _decode(context)
    except (msgspec.DecodeError, msgspec.ValidationError):  # written before there were causes
        return NO_CAUSES


def joined(*chains: Iterable[int]) -> tuple[int, ...]:
    """Several chains as one, in order; of one that is too long to go on, no more than tells so."""
    return tuple(sorted({journey for chain in chains for journey in chain})[: LONGEST_CHAIN + 1])


def to_text(chain: Iterable[int]) -> str:
    """A chain as it stands in a row."""
    return ",".join(map(str, chain))


def from_text(text: str) -> tuple[int, ...]:
    """The chain of a row."""
    return tuple(map(int, text.split(","))) if text else ()
