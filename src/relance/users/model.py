"""What others may know of a person: the profile, its subscriptions and consents, and what a tick decided about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol

import msgspec

SESSION_STARTED = "session_started"
EMAIL = "email"
WEB_PUSH = "web_push"
MOBILE_PUSH = "mobile_push"
CHANNELS = (EMAIL, WEB_PUSH, MOBILE_PUSH)
FACTS = "$person"  # beside the traits where rules are asked: what the program made out itself
LISTS = "$lists"  # kept beside the traits: the static lists the person is on; no sender can set it
GENERAL = "general"  # the topic of a consent that names none


class AliasKind(StrEnum):
    """The kinds of alias that Relance gives a meaning to; any other label is an id in somebody else's system."""

    USER_ID = "user_id"
    ANONYMOUS_ID = "anonymous_id"
    EMAIL = "email"


class SubscriptionState(StrEnum):
    """Whether an address may be written to."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"  # the person asked for silence at this address
    GONE = "gone"  # the address ended, or is no longer the person's
    SUPPRESSED = "suppressed"  # bounced or complained
    UNCONFIRMED = "unconfirmed"  # told by a browser that proved nothing, and not confirmed by whoever reads it


class Refusal(StrEnum):
    """Why an event belongs to nobody."""

    DELETED_PERSON = "deleted_person"  # it happened to a person who has been deleted since
    UNKNOWN_PERSON = "unknown_person"  # it names a person id that was never given
    NO_ID = "no_id"  # it carries no id at all


class ProfileEvent(Protocol):
    """The attributes of a log record that identity and profiles read; ``events.model.Event`` has them."""

    @property
    def app_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def anonymous_id(self) -> str: ...
    @property
    def occurred_at(self) -> int: ...
    @property
    def received_at(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def context(self) -> bytes: ...
    @property
    def flags(self) -> int: ...
    @property
    def person_id(self) -> int: ...


class PersonSession(msgspec.Struct, frozen=True, gc=False):
    """A session that started; ``key`` is the SDK's id of it, or empty."""

    app_id: int
    person_id: int
    occurred_at: int
    key: str = ""


class Merge(msgspec.Struct, frozen=True):
    """The person ``from_id`` became part of ``into_id`` at entry ``index`` of the resolved events."""

    app_id: int
    from_id: int
    into_id: int
    index: int


class Deletion(msgspec.Struct, frozen=True):
    """The person was deleted at entry ``index``; ``persons`` are all ids it ever had, its own among them."""

    app_id: int
    person_id: int
    index: int
    persons: tuple[int, ...]


class Resolution(msgspec.Struct):
    """Whose the events are: ``persons[i]`` is the root of event ``i`` as of the end of the events, 0 for nobody.

    ``refused`` says why an event is nobody's; a deletion that was carried out is nobody's and not refused.
    """

    persons: list[int] = msgspec.field(default_factory=list)
    refused: dict[int, str] = msgspec.field(default_factory=dict)
    created: list[tuple[int, int]] = msgspec.field(default_factory=list)
    merges: list[Merge] = msgspec.field(default_factory=list)
    deleted: list[Deletion] = msgspec.field(default_factory=list)


class Alias(msgspec.Struct, frozen=True):
    """One id that names a person."""

    kind: str
    value: str


class Person(msgspec.Struct, frozen=True):
    """A person's profile. ``version`` grows with each change of it (not with mere activity)."""

    app_id: int
    id: int
    external_id: str | None
    traits: dict[str, Any]
    country: str | None
    timezone: str | None
    language: str | None
    first_seen: int
    last_seen: int
    session_at: int
    version: int
    created_at: int
    lists: tuple[int, ...] = ()


class PeopleList(msgspec.Struct, frozen=True):
    """A static list: people put on it by hand or from a file."""

    id: int
    app_id: int
    name: str
    created_at: int
    created_by: str


class Subscription(msgspec.Struct, frozen=True):
    """One address of a person on one channel. ``secret`` holds a web push subscription's ``p256dh`` and ``auth``.

    ``reason`` says what put it into its state, where that was not the person: ``bounced``, or empty.
    """

    id: int
    app_id: int
    person_id: int
    channel: str
    address: str
    secret: dict[str, Any]
    state: str
    device: dict[str, Any]
    created_at: int
    updated_at: int
    reason: str = ""


class Consent(msgspec.Struct, frozen=True):
    """What a person allows on a channel about a topic, and since when.

    ``explicit``: it was said by the person or on their behalf, and no trait lifts it where it is a no.
    """

    person_id: int
    channel: str
    topic: str
    granted: bool
    source: str
    changed_at: int
    explicit: bool = False


class ConsentStatement(msgspec.Struct, frozen=True):
    """One saying about messages, as it is kept for proof (``consent``)."""

    id: str
    person_id: int
    channel: str
    topic: str
    granted: bool
    explicit: bool
    source: str
    occurred_at: int
    recorded_at: int
    wording: str
    proof: dict[str, Any]


class MergeRecord(msgspec.Struct, frozen=True):
    """The audit of a merge: who became part of whom, by which event."""

    from_id: int
    into_id: int
    cause: str
    message_id: str
    merged_at: int
