"""How far an event is trusted about its person, and what of it is held back. Pure.

A server, and a browser that proved the user id, is trusted, and vouches for the person. An unproven call that names someone, or
comes from a device of someone vouched for, changes nothing about them. If the app trusts unsigned browsers, such a call applies,
except for addresses, devices and consent of people vouched for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from relance.core.ids import event_key
from relance.users.facts import ADDRESS_SOURCES, ContextFacts
from relance.users.voice import TRUSTED, UNSIGNED

#: Traits that are more than a description: where someone is reached, and what they agreed to.
REACHING = (*(each.trait for each in ADDRESS_SOURCES), "consent", "marketing_consent")
MOST_HELD = 20  # calls kept per device, the newest
#: Why no confirmation mail was sent to an address: the hourly limit of one visitor, or of one app, was reached.
TOO_MANY_CONFIRMATIONS = "too_many_confirmations"
LONGEST_HELD = 16_384  # bytes kept of one event


class Trust(NamedTuple):
    """What an event may change. ``anything``: whatever describes the person; ``reach``: also addresses, devices and consent;
    ``moves``: also an address that belongs to someone else; ``confirms``: a reported e-mail address needs no confirmation.
    """

    anything: bool = True
    reach: bool = True
    moves: bool = True
    confirms: bool = True


FULL = Trust()
NOTHING = Trust(anything=False, reach=False, moves=False, confirms=False)
DESCRIPTION = Trust(reach=False, moves=False, confirms=False)  # the app trusts browsers; the person is vouched for
AS_SAID = Trust(moves=False)  # … the person is not: addresses move only from people nobody vouched for
OF_NOBODY = Trust(moves=False, confirms=False)  # an unknown visitor
HELD = Trust(moves=False)  # held back, after its device was vouched for


def trust_in(flags: int, user_id: str, *, is_vouched: bool) -> Trust:
    """How far an event is trusted. ``is_vouched``: someone trusted has named its person by user id."""
    if not flags & UNSIGNED:
        return FULL
    if flags & TRUSTED:
        return DESCRIPTION if is_vouched else AS_SAID
    return NOTHING if user_id or is_vouched else OF_NOBODY


def described(traits: dict[str, Any]) -> dict[str, Any]:
    """The descriptive traits."""
    return {name: value for name, value in traits.items() if name not in REACHING}


def describing(facts: ContextFacts) -> ContextFacts:
    """The descriptive facts."""
    return facts._replace(push=None, consents=())


def reaches(traits: dict[str, Any] | None, facts: ContextFacts | None) -> bool:
    """Whether anything concerns addresses, devices or consent."""
    return bool(facts and (facts.push or facts.consents)) or bool(traits and not traits.keys().isdisjoint(REACHING))


class Held(msgspec.Struct, array_like=True, gc=False):
    """A held-back call of a device: applied once the same device is vouched for.

    ``user`` is the user id it named, "" if none; ``was`` the person's values of these traits at the time, as JSON: what has
    changed since is not reverted.
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
    reason: str = ""  # why, if the rest was applied: ``TOO_MANY_CONFIRMATIONS``

    @property
    def key(self) -> str:
        """The event's key, so that what it causes gets the same ids as if it had applied at once."""
        return event_key(self.message_id, self.name, self.user, self.device)

    @property
    def flags(self) -> int:
        """None: a browser said it, and someone now vouches for that."""
        return 0


def still_due(given: dict[str, Any], was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The held-back traits that nobody has changed meanwhile."""
    return {name: value for name, value in given.items() if now.get(name) == was.get(name)}


def kept(held: list[Held]) -> list[Held]:
    """The calls kept for one device."""
    return held[-MOST_HELD:]
