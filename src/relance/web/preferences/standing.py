"""What the preference page shows: what holds for a person now, as far as a mail's reader may see and change it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from relance.channels.registry import KINDS
from relance.users.model import GENERAL, Consent, OwnLimit, OwnQuietHours, Subscription, SubscriptionState

SOURCE = "preference page"
MOST_TOPICS = 50


class ChannelChoice(NamedTuple):
    """Whether the person is written to on a channel. ``is_locked``: what was refused elsewhere is not lifted by this link."""

    name: str
    is_on: bool
    is_locked: bool = False


class TopicChoice(NamedTuple):
    """Whether the person gets messages about a topic. ``off_on``: the channels on which they do not."""

    name: str
    is_on: bool
    off_on: frozenset[str] = frozenset()


class Choices(msgspec.Struct, frozen=True):
    """What a person chose, or chooses now. ``language`` is empty where they never chose one."""

    channels: tuple[ChannelChoice, ...]
    topics: tuple[TopicChoice, ...]
    quiet_hours: OwnQuietHours | None
    limit: OwnLimit | None
    language: str

    @property
    def on(self) -> frozenset[str]:
        """The channels that are on."""
        return frozenset(each.name for each in self.channels if each.is_on)


class Known(msgspec.Struct, frozen=True):
    """What is known of a person's consent. ``refused`` is subscription → the topics refused at that very address."""

    subscriptions: Sequence[Subscription]
    consents: Sequence[Consent]
    refused: Mapping[int, Collection[str]]

    def said(self, channel: str, topic: str) -> Consent | None:
        return next((each for each in self.consents if (each.channel, each.topic) == (channel, topic)), None)

    def is_refused_there(self, channel: str, topic: str) -> bool:
        """Whether a no was said of one of the addresses themselves."""
        return any(topic in self.refused.get(each.id, ()) for each in self.subscriptions if each.channel == channel)

    def has_address(self, channel: str) -> bool:
        return any(each.channel == channel and each.state != SubscriptionState.GONE for each in self.subscriptions)


def channels_of(known: Known, mine: str) -> tuple[ChannelChoice, ...]:
    """The channels on which the person has an address or said something; ``mine`` is the link's own."""
    shown = [
        name for name in KINDS if name == mine or known.has_address(name) or any(each.channel == name for each in known.consents)
    ]
    return tuple(_channel(known, name, mine) for name in shown)


def _channel(known: Known, name: str, mine: str) -> ChannelChoice:
    general = known.said(name, GENERAL)
    is_denied = (general is not None and not general.granted) or known.is_refused_there(name, GENERAL)
    has_agreed = KINDS[name].implies_consent or any(each.channel == name and each.granted for each in known.consents)
    is_elsewhere = general is None or (general.explicit and not general.granted and general.source != SOURCE)
    return ChannelChoice(name, has_agreed and not is_denied, name != mine and is_denied and is_elsewhere)


def topics_of(known: Known, channels: Collection[str], topics: Sequence[str]) -> tuple[TopicChoice, ...]:
    """Of each topic, whether the person gets it on any of the channels, whichever of them are on."""
    found = []
    for topic in topics[:MOST_TOPICS]:
        off_on = frozenset(name for name in channels if not _gets(known, name, topic))
        found.append(TopicChoice(topic, len(off_on) < len(channels), off_on))
    return tuple(found)


def _gets(known: Known, channel: str, topic: str) -> bool:
    said = known.said(channel, topic)
    if known.is_refused_there(channel, topic):
        return False
    if said is not None:
        return said.granted
    return known.said(channel, GENERAL) is not None or KINDS[channel].implies_consent


def masked(channel: str, address: str) -> str:
    """An address as its reader knows it again, and nobody else gets to know it; empty where it tells nothing."""
    if "@" in address:
        local, at, host = address.rpartition("@")
        return f"{local[:1]}•••{at}{host}"
    return f"••• {address[-3:]}" if KINDS[channel].trait and len(address) > 6 else ""
