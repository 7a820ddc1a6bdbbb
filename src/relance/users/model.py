"""What other packages may know of a person: profile, subscriptions and consents, and what a tick decided about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from relance.channels.registry import KINDS

SESSION_STARTED = "session_started"
EMAIL = "email"
CHANNELS = tuple(sorted(name for name, kind in KINDS.items() if kind.has_addresses))  # a person consents to
FACTS = "$person"  # beside the traits in rules: the facts the program determined itself
LISTS = "$lists"  # stored beside the traits: the person's static lists; no sender can set it
PREFERENCES = "$preferences"  # likewise: what the person decided about messages (``preferences``)
BESIDE_TRAITS = frozenset((LISTS, PREFERENCES))
GENERAL = "general"  # the topic of a consent without one


class AliasKind(StrEnum):
    """The kinds of alias with a meaning to Relance; any other label is an id in another system."""

    USER_ID = "user_id"
    ANONYMOUS_ID = "anonymous_id"
    EMAIL = "email"


class SubscriptionState(StrEnum):
    """Whether messages may be sent to an address."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"  # the person unsubscribed at this address
    GONE = "gone"  # the address ended, or no longer belongs to the person
    SUPPRESSED = "suppressed"  # it is on the suppression list, whatever else it is
    UNCONFIRMED = "unconfirmed"  # reported by an unproven browser, and not confirmed by its reader


#: The reason of an address that is ``gone`` only since a merged person has another one: nobody gave it up, it still is theirs.
MERGED: Final = "merged"


class Refusal(StrEnum):
    """Why an event belongs to nobody."""

    DELETED_PERSON = "deleted_person"  # it happened to a person who has been deleted since
    UNKNOWN_PERSON = "unknown_person"  # it names a person id that was never assigned
    NO_ID = "no_id"  # it carries no id at all


class ProfileEvent(Protocol):
    """The attributes of a log record used for identity and profiles; ``events.model.Event`` has them."""

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
    """A session that started; ``key`` is the SDK's id for it, or empty."""

    app_id: int
    person_id: int
    occurred_at: int
    key: str = ""


class Merge(msgspec.Struct, frozen=True):
    """Person ``from_id`` was merged into ``into_id`` at entry ``index`` of the resolved events."""

    app_id: int
    from_id: int
    into_id: int
    index: int


class Deletion(msgspec.Struct, frozen=True):
    """The person was deleted at entry ``index``; ``persons`` are all ids it ever had, including its own."""

    app_id: int
    person_id: int
    index: int
    persons: tuple[int, ...]


class Resolution(msgspec.Struct):
    """Whose the events are: ``persons[i]`` is the root of event ``i`` as of the end of the events, 0 for nobody.

    ``refused`` says why an event belongs to nobody; an executed deletion belongs to nobody without being refused.
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


class OwnQuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Times of day (``"22:00"``) between which a person wants no messages, where they are; both the same is the whole day."""

    start: str
    end: str


class OwnLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many marketing messages in a rolling window (``"7d"``), over all channels."""

    most: int
    rolling: str


class Preferences(msgspec.Struct, frozen=True):
    """A person's own decisions. ``changed_at`` in ms, ``source`` says where; 0 and empty: nothing was ever decided."""

    quiet_hours: OwnQuietHours | None = None
    limit: OwnLimit | None = None
    changed_at: int = 0
    source: str = ""


NO_PREFERENCES = Preferences()


class Person(msgspec.Struct, frozen=True):
    """A person's profile. ``version`` grows with each change (not with mere activity)."""

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
    preferences: Preferences = NO_PREFERENCES


class PeopleList(msgspec.Struct, frozen=True):
    """A static list: people added by hand or from a file."""

    id: int
    app_id: int
    name: str
    created_at: int
    created_by: str


class Subscription(msgspec.Struct, frozen=True):
    """One address of a person on one channel. ``secret`` holds a web push subscription's ``p256dh`` and ``auth``.

    ``reason`` says what caused its state, if not the person: of a suppressed one why it is on the suppression list, else empty.
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

    ``explicit``: stated by the person or on their behalf; if it is a no, no trait lifts it.
    """

    person_id: int
    channel: str
    topic: str
    granted: bool
    source: str
    changed_at: int
    explicit: bool = False


class ConsentStatement(msgspec.Struct, frozen=True):
    """One consent statement, as kept for proof (``consent``)."""

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
    """The audit record of a merge: who was merged into whom, by which event."""

    from_id: int
    into_id: int
    cause: str
    message_id: str
    merged_at: int
