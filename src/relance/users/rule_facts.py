"""What rules see of a person: the traits and, under one reserved name, the facts that the program determined itself. Pure.

Most facts accompany the traits whenever they change. Those that change with every activity, and those that come from tables of
their own, are included only if a rule uses them (``asked``): they cost as much as they are used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from relance.users import about, devices
from relance.users.model import BESIDE_TRAITS, FACTS, GENERAL, LISTS, SubscriptionState

EVENT, LOCALE, TRAIT, CHOICE, UNKNOWN = "e", "l", "t", "c", "-"
#: Who said it, by the letters that a profile keeps: one each for the country, the time zone and the language.
SOURCES = {EVENT: "event", LOCALE: "locale", TRAIT: "trait", CHOICE: "choice"}
NO_ORIGINS = UNKNOWN * 3

#: Included only if asked for: what each activity changes, and what comes from tables of its own.
MOVING = frozenset(("first_seen", "last_seen", "session_seconds", "average_session_seconds"))
CONSENT_FACTS = frozenset(("channels", "granted", "denied", "consents"))
TABLED = CONSENT_FACTS | {"aliases"}
ALL = MOVING | TABLED | {devices.DEVICES}

_RESERVED = BESIDE_TRAITS | {FACTS}

SUBSCRIBED, UNSUBSCRIBED, OPTED_OUT = "subscribed", "unsubscribed", "opted_out"


class ProfileFacts(NamedTuple):
    """What the program made out about a person, as the store keeps it."""

    country: str | None = None
    language: str | None = None
    timezone: str | None = None
    origins: str = NO_ORIGINS
    about: str = ""
    first_seen: int = 0
    last_seen: int = 0
    session_count: int = 0
    session_ms: int = 0


def facts_for_rules(
    traits: dict[str, Any], known: ProfileFacts, asked: Collection[str] = (), rows: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The traits with ``$person`` beside them, as far as anything is known; ``rows`` is what the tables said (``tabled``)."""
    facts: dict[str, Any] = {"country": known.country, "language": known.language, "time_zone": known.timezone}
    facts["lists"] = traits.get(LISTS)
    for name, letter in zip(("country", "time_zone", "language"), known.origins, strict=True):
        facts[f"{name}_source"] = SOURCES.get(letter)
    described = about.read(known.about)
    if devices.DEVICES in asked:
        facts[devices.DEVICES] = devices.devices_of(described) or None
    described.pop(devices.DEVICES, None)
    facts.update(described)
    facts.update({name: float(facts[name]) for name in ("latitude", "longitude") if name in facts})
    if asked:
        facts.update({name: value for name, value in moving(known).items() if name in asked})
        facts.update({name: value for name, value in (rows or {}).items() if name in asked})
    known_facts = {name: value for name, value in facts.items() if value is not None}
    if not known_facts and _RESERVED.isdisjoint(traits):
        return traits
    kept = {name: value for name, value in traits.items() if name not in _RESERVED}
    return {**kept, FACTS: known_facts} if known_facts or FACTS in traits else kept


def moving(known: ProfileFacts) -> dict[str, Any]:
    """When the person was seen, and how long its sessions were; nothing of sessions where there was none."""
    count = known.session_count
    return {
        "first_seen": to_moment(known.first_seen),
        "last_seen": to_moment(known.last_seen),
        "session_seconds": known.session_ms / 1000 if count else None,
        "average_session_seconds": known.session_ms / 1000 / count if count else None,
    }


def to_moment(instant: int) -> str | None:
    """An instant as ISO 8601 text to the millisecond; None for never."""
    if instant <= 0:
        return None
    clock = datetime.fromtimestamp(instant // 1000, UTC)
    return f"{clock:%Y-%m-%dT%H:%M:%S}.{instant % 1000:03}Z"


class ProfileRows(NamedTuple):
    """A person's rows in tables of their own; subscriptions are (channel, state), consents (channel, topic, granted)."""

    aliases: list[str]
    subscriptions: list[tuple[str, str]]
    consents: list[tuple[str, str, bool]]


def tabled(rows: ProfileRows) -> dict[str, Any]:
    """What the rows say.

    ``channels``: for each channel with an address that did not end and needs no confirmation,
    ``opted_out`` where the person denied the general
    consent, else ``subscribed`` where an address is, else ``unsubscribed``. Consents are texts, ``email/offers``.
    """
    denied = {channel for channel, topic, granted in rows.consents if topic == GENERAL and not granted}
    channels: dict[str, str] = {}
    for channel, state in rows.subscriptions:
        if state in (SubscriptionState.GONE, SubscriptionState.UNCONFIRMED):
            continue
        is_open = state == SubscriptionState.SUBSCRIBED or channels.get(channel) == SUBSCRIBED
        channels[channel] = SUBSCRIBED if is_open else UNSUBSCRIBED
    channels = {channel: OPTED_OUT if channel in denied else state for channel, state in sorted(channels.items())}
    said = sorted((f"{channel}/{topic}", granted) for channel, topic, granted in rows.consents)
    facts = {
        "aliases": sorted(set(rows.aliases)),
        "channels": channels,
        "consents": [name for name, _ in said],
        "granted": [name for name, granted in said if granted],
        "denied": [name for name, granted in said if not granted],
    }
    return {name: value or None for name, value in facts.items()}
