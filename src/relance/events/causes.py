"""The causes of a derived event: the journeys that brought it about, carried in its context. Pure.

A run adds its journey to the causes of its entry event, and every event about the run and its messages carries them on: sent,
skipped, failed, delivered, opened (mailboxes load images on their own), and the segment changes that follow. None of those
journeys is entered by such an event. What a person does (an event of their own, a click, an unsubscription) has no causes and
starts a new chain; so does a segment change caused by the passing of time.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relance.events.model import Event, Kind, Name

LONGEST_CHAIN = 20  # journeys; an event with this many causes starts no other

#: Derived, but the person's own act.
OWN_ACTS = frozenset((Name.MESSAGE_CLICKED.value, Name.MESSAGE_DISMISSED.value, Name.MESSAGE_UNSUBSCRIBED.value))
_DERIVED = Kind.DERIVED.value
_NOTHING = b"{}"


class Causes(msgspec.Struct, frozen=True, omit_defaults=True):
    """The causes in a derived event's context. ``late``: caused by late events, though not by an import."""

    caused_by: tuple[int, ...] = ()
    late: bool = False

    def context(self) -> bytes:
        """The context form."""
        return msgspec.json.encode(self)


NO_CAUSES = Causes()
_decode = msgspec.json.Decoder(Causes).decode


def causes_of(event: Event) -> Causes:
    """The causes of an event; none for what a person did."""
    return read_causes(event.kind, event.name, event.context)


def read_causes(kind: str, name: str, context: bytes) -> Causes:
    """The same, from an event's fields."""
    if context == _NOTHING or kind != _DERIVED or name in OWN_ACTS:
        return NO_CAUSES
    try:
        return _decode(context)
    except (msgspec.DecodeError, msgspec.ValidationError):  # written before causes existed
        return NO_CAUSES


def joined(*chains: Iterable[int]) -> tuple[int, ...]:
    """The union of chains, in order, cut off at the length at which it can start nothing."""
    return tuple(sorted({journey for chain in chains for journey in chain})[: LONGEST_CHAIN + 1])


def to_text(chain: Iterable[int]) -> str:
    """A chain as stored in a row."""
    return ",".join(map(str, chain))


def from_text(text: str) -> tuple[int, ...]:
    """The chain stored in a row."""
    return tuple(map(int, text.split(","))) if text else ()
