"""What a kind of channel is: everything by which one differs from another, in one place. No I/O.

A kind is what an author writes for and a person consents to: web push, e-mail. Its folder holds its content, its rendering, its
addresses and its transport; ``registry`` lists the kinds, and nothing else names one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import msgspec

from relance.channels.content import Content
from relance.core.configuration import Settings
from relance.links.short import ShortLink
from relance.links.tracked import Links


def _as_it_is(address: str) -> str:
    return address


def _no_zone(_address: str) -> str | None:
    return None


def _no_country(_address: str) -> str | None:
    return None


def _no_domain(_rendered: Any) -> str:
    return ""


def _no_links(_rendered: Any) -> Sequence[ShortLink]:
    return ()


def _any_address(_address: str) -> bool:
    return True


#: ``server``: an account of this server. ``sandbox``: messages are caught and reach nobody.
ServerDefault = Literal["server", "sandbox"]


def _no_default(_settings: Settings) -> None:
    return None


class DeviceAddress(NamedTuple):
    """An address as a device told it, and what is needed besides to reach it there."""

    address: str
    secret: Mapping[str, str] = {}


class PersonDevice(NamedTuple):
    """One of a person's addresses: its device as reported (``context.device``), and when that was, to the hour (ms)."""

    id: int
    address: str
    about: Mapping[str, Any]
    active_at: int


class Confirmation(msgspec.Struct, frozen=True):
    """What is known when whoever reads an address is asked whether it is theirs."""

    app_name: str
    language: str
    links: Links
    address: str
    sender: str


class DeletionAsked(msgspec.Struct, frozen=True):
    """What is known when whoever reads an address is asked whether their data are to be deleted, ``days`` after they say so."""

    app_name: str
    language: str
    links: Links
    address: str
    sender: str
    days: int


@dataclass(frozen=True, kw_only=True)
class ChannelKind:
    """A kind of channel.

    ``labels``: language → its name within a sentence. ``implies_consent``: to have the address is to have agreed, until its owner
    says otherwise. ``is_repeatable``: a message sent twice is shown once, so that one whose fate is unknown may be sent again.
    ``has_addresses``: people are reached at addresses of this kind, and say whether they want to be; where it has none, a message
    goes to one place for each person, and nobody is asked.
    ``needs_named_consent``: a general yes to marketing is none to this kind; a general no is.
    ``measures``: what becomes known of a message besides clicks. ``click_opens``: who clicks has opened it.
    ``trait``: the trait that holds an address of this kind; empty where devices tell them.
    ``canonical_address``: an address → the one form that all spellings of it have. ``is_address``: whether a text can be one.
    ``delivered_to``: an address → what is the same for all spellings that reach the same place, by which suppressed addresses are
    told: of an e-mail address with its domain as it is sent to.
    ``from_device``: what ``context.device.push`` or ``token`` holds → the address, None where it is another kind's.
    ``check_device``: refuses what a device tells and no message could reach, with an ``InvalidError`` that names the member.
    ``not_shown``: field of the content → the names of the programs that leave it out where they show a message.
    ``choose_devices``: content and a person's devices → the ids of those that get the message; None: all of them.
    ``service_of``: an address → who carries messages to it, where that is not the same for all.
    ``from_trait``: what the trait holds, and the country by whose rules a national form is read → the one form in which the
    address is kept, None if it is none. It has one reader: what is refused there is refused by whoever has it.
    ``confirmation``: the finished message that asks whether an address is its reader's; None where none is asked for.
    ``deletion``: the finished message that asks whoever reads an address to confirm that they want to be deleted; likewise.
    ``keeps_country_hours``: countries say at which hours marketing may reach it (``restraint.country_hours``). ``country_of``: an
    address → the country that it shows, as two capital letters; None where it shows none. ``zone_of``: likewise the time zone, by
    its IANA name.
    ``server_default``: what carries messages of apps without a provider, by the server's settings; None: nothing does.
    ``sending_domain``: a finished message → the domain in whose name it is sent, by which complaints are counted; empty: none.
    ``returning``: a finished message and the address to which notices about it come back → the message with it.
    ``short_links``: a finished message → the short links in it, which are kept before it leaves.
    ``answers``: where it goes to says something that later steps of a journey may use.
    ``most_soft_bounces``: an address is suppressed at so many in a row; 0: never.
    """

    name: str
    labels: Mapping[str, str]
    content: type[Content]
    implies_consent: bool
    is_repeatable: bool
    has_addresses: bool = True
    needs_named_consent: bool = False
    measures: frozenset[str] = field(default_factory=frozenset)
    click_opens: bool = False
    trait: str = ""
    canonical_address: Callable[[str], str] = _as_it_is
    is_address: Callable[[str], bool] = _any_address
    delivered_to: Callable[[str], str] = _as_it_is
    from_device: Callable[[Any], DeviceAddress | None] | None = None
    check_device: Callable[[Any], object] | None = None
    not_shown: Mapping[str, Sequence[str]] = field(default_factory=dict)
    choose_devices: Callable[[Mapping[str, Any], Sequence[PersonDevice]], Collection[int]] | None = None
    service_of: Callable[[str], str] | None = None
    from_trait: Callable[[Any, str | None], str | None] | None = None
    confirmation: Callable[[Confirmation], Any] | None = None
    deletion: Callable[[DeletionAsked], Any] | None = None
    keeps_country_hours: bool = False
    sending_domain: Callable[[Any], str] = _no_domain
    returning: Callable[[Any, str], Any] | None = None
    short_links: Callable[[Any], Sequence[ShortLink]] = _no_links
    answers: bool = False
    most_soft_bounces: int = 0
    country_of: Callable[[str], str | None] = _no_country
    zone_of: Callable[[str], str | None] = _no_zone
    server_default: Callable[[Settings], ServerDefault | None] = _no_default
