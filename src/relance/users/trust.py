"""How far an event is believed about its person, and what of it is held back. Pure.

A server's word, and a browser's that proved the user id, is taken as said, and vouches for the person. Without proof a call that
names somebody, or comes from a device of somebody vouched for, changes nothing about them. Where the app trusts unsigned
browsers it changes what it says, but no address, device or consent of people vouched for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from relance.core.ids import event_key
from relance.users.facts import ContextFacts
from relance.users.voice import TRUSTED, UNSIGNED

#: What of traits is more than a description: where somebody is written to, and what they agreed to.
REACHING = ("email", "consent", "marketing_consent")
MOST_HELD = 20  # of what one device said, the newest
#: Why no confirmation mail was sent to an address: as many were within an hour as one visitor, or one app, may cause.
TOO_MANY_CONFIRMATIONS = "too_many_confirmations"
LONGEST_HELD = 16_384  # bytes of one event that are kept


class Trust(NamedTuple):
    """What an event may change. ``anything``: whatever describes the person; ``reach``: addresses, devices and consent, too;
    ``moves``: also an address that is somebody else's; ``confirms``: an e-mail address it tells needs no confirmation.
    """

    anything: bool = True
    reach: bool = True
    moves: bool = True
    confirms: bool = True


FULL = Trust()
NOTHING = Trust(anything=False, reach=False, moves=False, confirms=False)
DESCRIPTION = Trust(reach=False, moves=False, confirms=False)  # an app that trusts browsers, of somebody vouched for
AS_SAID = Trust(moves=False)  # … of anybody else: addresses move only from people whom nobody vouched for
OF_NOBODY = Trust(moves=False, confirms=False)  # a visitor nobody knows
HELD = Trust(moves=False)  # what was held back, once its device is vouched for


def trust_in(flags: int, user_id: str, *, is_vouched: bool) -> Trust:
    """How far an event is believed. ``is_vouched``: whether somebody trusted has named its person by user id."""
    if not flags & UNSIGNED:
        return FULL
    if flags & TRUSTED:
        return DESCRIPTION if is_vouched else AS_SAID
    return NOTHING if user_id or is_vouched else OF_NOBODY


def described(traits: dict[str, Any]) -> dict[str, Any]:
    """The traits that only describe."""
    return {name: value for name, value in traits.items() if name not in REACHING}


def describing(facts: ContextFacts) -> ContextFacts:
    """The facts that only describe."""
    return facts._replace(push=None, consents=())


def reaches(traits: dict[str, Any] | None, facts: ContextFacts | None) -> bool:
    """Whether anything is said of addresses, devices or consent."""
    return bool(facts and (facts.push or facts.consents)) or bool(traits and not traits.keys().isdisjoint(REACHING))


class Held(msgspec.Struct, array_like=True, gc=False):
    """What a device said and was not believed: applied once the same device is vouched for.

    ``user`` is the user id it named, "" where it named none; ``was`` what the person's traits of these names were then, as JSON:
    what has changed since is not set back.
    """

    user: str
    kind: str
    message_id: str
    occurred_at: int
    received_at: int
    body: bytes
    context: bytes
    was: dict[str, Any]
    name: str = ""
    device: str = ""
    reason: str = ""  # why, where it was believed as far as that goes: ``TOO_MANY_CONFIRMATIONS``

    @property
    def key(self) -> str:
        """The event's: what it comes to be made of is told apart as it would have been at once."""
        return event_key(self.message_id, self.name, self.user, self.device)

    @property
    def flags(self) -> int:
        """None: it was said by a browser, and somebody vouches for that now."""
        return 0


def still_due(given: dict[str, Any], was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Of traits that were held back, those that nobody has changed meanwhile."""
    return {name: value for name, value in given.items() if now.get(name) == was.get(name)}


def kept(held: list[Held]) -> list[Held]:
    """As many as are kept for one device."""
    return held[-MOST_HELD:]
