"""An entry of the suppression list, and which of two reasons for one address is kept. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

NOTE_LIMIT = 500  # characters
ADDRESS_LIMIT = 2_048
AddressKey = tuple[str, str]
"""A channel, and an address in its canonical form."""


COMPLAINED = "complained"  # the source of the no that a complaint is


class SuppressionReason(StrEnum):
    """Why an address is on the list."""

    BOUNCED = "bounced"  # it does not exist or takes no messages
    COMPLAINED = "complained"  # its reader reported a message as spam
    MANUAL = "manual"  # an operator or a server added it
    IMPORTED = "imported"  # it came with a file


class Suppression(msgspec.Struct, frozen=True):
    """One address that nothing is sent to.

    ``address`` is empty once its person was deleted: only a keyed hash of it is left then. ``added_by`` is who added it, as in
    the audit; empty where the program did. ``delivery_id`` is the message that bounced or was complained about. Instants are ms.
    """

    id: int
    app_id: int
    channel: str
    address: str
    reason: SuppressionReason
    note: str
    added_by: str
    added_at: int
    delivery_id: str = ""


class NewSuppression(NamedTuple):
    """An address that is to be on the list."""

    reason: str
    added_at: int
    added_by: str = ""
    note: str = ""
    delivery_id: str = ""


def outranks(new: str, old: str) -> bool:
    """Whether a new reason replaces the one that an address is listed for.

    Only a complaint does: it is the person's own act, and must not be lifted as a full mailbox is.
    """
    return new == SuppressionReason.COMPLAINED and old != SuppressionReason.COMPLAINED
