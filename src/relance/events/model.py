"""An event as the log keeps it, and the names of the events that Relance itself writes."""

from __future__ import annotations

from collections.abc import Set
from enum import IntFlag, StrEnum
from typing import NamedTuple

import msgspec

from relance.core.ids import event_key
from relance.users import voice


class Kind(StrEnum):
    """What a log record is. The first six are the Segment spec's; the others are commands of our own API.

    Everything that changes a person goes through the log, so that a replay repeats it in the same order.
    """

    TRACK = "track"  # something a person did, under a name of the sender's choice
    PAGE = "page"  # a page of a website was looked at
    SCREEN = "screen"  # a screen of an app was looked at
    IDENTIFY = "identify"  # who a person is: a user id, traits
    GROUP = "group"  # a person belongs to a group; kept in history, starts nothing of its own
    ALIAS = "alias"  # a previous id and a user id are one person: the two are merged
    EDIT = "edit"  # an operator's change of traits, consent or subscriptions
    MERGE = "merge"  # fold one known person into another
    DELETE = "delete"  # forget a person
    DERIVED = "derived"  # written by the program itself, about a person it knows
    HANDOVER = "handover"  # one partition's word to another about a person who was merged or deleted


class Flag(IntFlag):
    """What the tick must know of an event besides its content."""

    IMPORTED = 1  # history brought in: updates state, starts no journey, sends nothing
    SYNTHETIC = 2  # from the simulator or a test send
    BACKGROUND = 8  # no visit: a server told of something, and the person was not there
    UNSIGNED = voice.UNSIGNED  # a browser's word, without proof of who speaks
    SIGNED = voice.SIGNED  # a browser's word, whose token proves the user id
    TRUSTED = voice.TRUSTED  # unsigned, and the app takes it as said


#: The higher bits of an event's flags say which partitions have sent it on to another.
SENT_ON_BITS = 8


class Event(msgspec.Struct, array_like=True, gc=False):
    """One checked record of the log. Times are ms; ``body`` and ``context`` are JSON objects as bytes.

    ``body`` holds properties (track, page, screen, group, derived), traits (identify, edit) or a command's data
    (alias: ``{"previous_id": …}``; merge: ``{"from": id, "into": id}``; delete: ``{"person": id}``).
    ``occurred_at`` is corrected by ``sentAt`` and never later than ``received_at``.
    """

    app_id: int
    kind: str
    name: str
    message_id: str
    user_id: str = ""
    anonymous_id: str = ""
    occurred_at: int = 0
    received_at: int = 0
    body: bytes = b"{}"
    context: bytes = b"{}"
    flags: int = 0
    person_id: int = 0  # set where the writer knows the person (derived events, commands); 0 = to be resolved

    @property
    def key(self) -> str:
        """See ``event_key``."""
        return event_key(self.message_id, self.name, self.user_id, self.anonymous_id)


class Reason(StrEnum):
    """Why a record was set aside. Stable, documented in ``docs/reference/errors.md``."""

    EVENT_TOO_LARGE = "event_too_large"  # more than 32 KB
    UNKNOWN_TYPE = "unknown_type"  # ``type`` is missing or none of the six
    MISSING_NAME = "missing_name"  # a track without the name of its event
    MISSING_ID = "missing_id"  # nobody to give it to: neither userId nor anonymousId, or what alias and group need
    PLACEHOLDER_ID = "placeholder_id"  # the only id is what programs write where there is none: ``undefined``, ``null``, ``0`` …
    INVALID = "invalid"  # a field has the wrong type or an impossible value; ``path`` names it
    TIMESTAMP_OUT_OF_RANGE = "timestamp_out_of_range"  # of imported events: before 1990, or more than a day after its receipt
    NUL_BYTE = "nul_byte"  # a NUL character somewhere in its texts
    INVALID_TEXT = "invalid_text"  # half of a surrogate pair, or bytes that are no UTF-8
    NUMBER_OUT_OF_RANGE = "number_out_of_range"  # NaN, infinite, no 64-bit integer, or more than a float can hold
    TOO_DEEP = "too_deep"  # objects and lists nested deeper than 32
    UNREADABLE = "unreadable"  # this event of a batch is no JSON, though the others are
    UNSIGNED = "unsigned"  # with a browser key: an alias needs a token that proves its user id
    SERVER_KEY_NEEDED = "server_key_needed"  # with a browser key: only a server's write key brings in history
    TOO_MANY_NAMES = "too_many_names"  # found out as it settles: the app has 10,000 names of events, and this is another
    RESERVED_NAME = "reserved_name"  # an event under a name that only the program itself uses


class Note(StrEnum):
    """What was mended about an event that was taken. Stable, documented in ``docs/reference/errors.md``."""

    TIMESTAMP_NOT_READ = "timestamp_not_read"  # the timestamp is no ISO 8601 date and time: the receipt stands in for it
    TIMESTAMP_NOT_BELIEVED = "timestamp_not_believed"  # before 1990 or more than a day ahead: the receipt stands in for it
    SENT_AT_NOT_BELIEVED = "sent_at_not_believed"  # ``sentAt`` makes no sense beside the timestamp, which is taken at its word
    SENT_AT_NOT_READ = "sent_at_not_read"  # ``sentAt`` is no ISO 8601 date and time: no clock is corrected by it
    FIELD_DROPPED = "field_dropped"  # a field beside the events of a batch that nobody can read or keep was left out
    PLACEHOLDER_DROPPED = "placeholder_dropped"  # an id such as ``undefined`` was left out; the event has another
    TRIMMED = "trimmed"  # white space or invisible characters around an id or the event's name were taken away
    UNSIGNED_USER = "unsigned_user"  # a browser named a user id without a token: the event is filed, the rest held back
    UNKNOWN_SIGNATURE = "token_invalid"  # none of the app's identity secrets signed the token: as ``unsigned_user``
    EXPIRED_PROOF = "token_expired"  # the token was good until ``exp``: as ``unsigned_user``
    EARLY_PROOF = "token_not_yet_valid"  # the token's ``nbf`` lies ahead: as ``unsigned_user``
    PROOF_IN_MILLISECONDS = "token_in_milliseconds"  # its ``exp`` or ``nbf`` is not in seconds: as ``unsigned_user``
    PROOF_OF_OTHER_USER = "token_of_other_user"  # its ``sub`` is not the ``userId``: as ``unsigned_user``
    REUSED_ID = "reused_id"  # another event has the same ``messageId``, but other ids or another name: this is a new one


class Rejection(msgspec.Struct, array_like=True, gc=False):
    """A record that was set aside when it came in: kept so that its sender can be helped, never settled.

    ``reason`` is a ``Reason`` (or a refusal of the tick), or a ``Note``: then the event was taken all the same, and this says
    what was mended about it. ``path`` names the field ("" = the record as a whole);
    ``detail`` is a sentence for people; ``payload`` is the record as it was sent, cut at 4 KB.
    """

    app_id: int
    received_at: int
    reason: str
    path: str = ""
    detail: str = ""
    payload: bytes = b""
    message_id: str = ""
    id: int = 0  # given by the store

    @property
    def is_note(self) -> bool:
        """Whether the event was taken."""
        return self.reason in NOTES


NOTES = frozenset(map(str, Note))


class Name(StrEnum):
    """Names of the events Relance writes about a person. Each is documented in ``docs/reference/events.md``."""

    SEGMENT_ENTERED = "segment_entered"
    SEGMENT_LEFT = "segment_left"
    SEGMENT_MERGED = "segment_merged"
    SESSION_STARTED = "session_started"
    JOURNEY_ENTERED = "journey_entered"
    JOURNEY_LEFT = "journey_left"
    MESSAGE_SENT = "message_sent"
    MESSAGE_SKIPPED = "message_skipped"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_OPENED = "message_opened"
    MESSAGE_CLICKED = "message_clicked"
    MESSAGE_DISMISSED = "message_dismissed"
    MESSAGE_BOUNCED = "message_bounced"
    MESSAGE_UNSUBSCRIBED = "message_unsubscribed"
    MESSAGE_CONVERTED = "message_converted"
    MESSAGE_TESTED = "message_tested"


#: How the names begin that nobody else may use: those above, and whatever they come to be joined by.
OWN_BEGINNINGS = ("message_", "segment_", "journey_")
#: What only Relance itself says; sessions are also brought in with the rest of a past.
OWN_NAMES = frozenset(Name) - {Name.SESSION_STARTED}


def is_own(name: str) -> bool:
    """Whether an event of this name is the program's own word, unless it is history brought in."""
    return name.startswith(OWN_BEGINNINGS) or name == Name.SESSION_STARTED


def heard_name(name: str, kind: str) -> str:
    """The name under which rules and journeys hear an event: none where somebody else used one of ours."""
    return "" if name in OWN_NAMES and kind != Kind.DERIVED else name


# What each says, and the members of its properties; the ids are numbers of the app's definitions.
EVENT_DESCRIPTIONS: dict[Name, str] = {
    Name.SEGMENT_ENTERED: (
        "The person became a member of `segment`, at the instant from which the rule was true; where events that came late made "
        "it true together, at that of the newest."
    ),
    Name.SEGMENT_LEFT: "The person stopped being a member of `segment`, at the instant from which the rule was false.",
    Name.SEGMENT_MERGED: (
        "A member of `segment` became part of another person, whose own membership follows from the rule: the segment has one "
        "member fewer, and nobody left it. `person` is the id that this member had. The two above say it too, if the person "
        "they are about had become part of another before they were written."
    ),
    Name.SESSION_STARTED: "Activity after half an hour of silence, or under a new session id of the SDK (`session`).",
    Name.JOURNEY_ENTERED: "A run of `journey` began: its `version`, its id (`run`) and its `key`, if it has one.",
    Name.JOURNEY_LEFT: "A run of `journey` ended; `reason` says how. `version`, `run` and `key` as when it began.",
    Name.MESSAGE_SENT: (
        "A push service or mail server took a delivery: `delivery`, `message`, `channel`; of a journey `journey`, `run`, `node`."
    ),
    Name.MESSAGE_SKIPPED: "A delivery was not sent; `reason` is one of the skip reasons. Members as in `message_sent`.",
    Name.MESSAGE_FAILED: (
        "A delivery could not be sent (`state` `failed`), or nobody knows whether it was (`unknown`); "
        "`reason` is `gone` or `bounced` where the address has ended. Members as in `message_sent`."
    ),
    Name.MESSAGE_DELIVERED: "A device reported that it shows a push. Members as in `message_sent`.",
    Name.MESSAGE_OPENED: (
        "The picture in an e-mail was loaded, or a link followed: who clicks has opened it, also where pictures are blocked. "
        "Once a delivery. Members as in `message_sent`."
    ),
    Name.MESSAGE_CLICKED: (
        "A link was followed (`url` is where it led) or a push tapped: one event each time. Members as in `message_sent`."
    ),
    Name.MESSAGE_DISMISSED: "A device reported that a push was wiped away. Members as in `message_sent`.",
    Name.MESSAGE_BOUNCED: (
        "The receiving server said that there is no such mailbox, or that it takes no mail; the address is suppressed. "
        "Members as in `message_sent`."
    ),
    Name.MESSAGE_UNSUBSCRIBED: "The person unsubscribed by a link or the mailbox's button. Members as in `message_sent`.",
    Name.MESSAGE_CONVERTED: (
        "The person did what a message was meant to bring about: `event` names it, `revenue` is what it brought, "
        "in `currency` if that was told, "
        "`direct` is true after a click. Written once, when the conversion is first credited. Members as in `message_sent`."
    ),
    Name.MESSAGE_TESTED: (
        "What became of a test, which counts nowhere: `what` is `sent`, `skipped`, `failed`, `delivered`, `opened`, `clicked`, "
        "`dismissed`, `bounced` or `unsubscribed`, as the events above tell it of other messages. Members as in `message_sent`."
    ),
}


_OF_DELIVERY = ("delivery", "message", "channel", "journey", "run", "node")
#: The members of the properties of what Relance writes, by name; of what may also come from outside nothing is said.
MEMBERS: dict[str, frozenset[str]] = {
    **{name.value: frozenset(_OF_DELIVERY) for name in Name if name.value.startswith("message_")},
    Name.SEGMENT_ENTERED.value: frozenset(("segment", "person")),
    Name.SEGMENT_LEFT.value: frozenset(("segment", "person")),
    Name.SEGMENT_MERGED.value: frozenset(("segment", "person")),
    Name.JOURNEY_ENTERED.value: frozenset(("journey", "version", "run", "key")),
    Name.JOURNEY_LEFT.value: frozenset(("journey", "version", "run", "key", "reason")),
    Name.MESSAGE_SKIPPED.value: frozenset((*_OF_DELIVERY, "reason")),
    Name.MESSAGE_FAILED.value: frozenset((*_OF_DELIVERY, "reason", "state")),
    Name.MESSAGE_CLICKED.value: frozenset((*_OF_DELIVERY, "url")),
    Name.MESSAGE_BOUNCED.value: frozenset((*_OF_DELIVERY, "reason", "state", "code", "detail")),
    Name.MESSAGE_CONVERTED.value: frozenset((*_OF_DELIVERY, "event", "direct", "revenue", "currency", "order")),
}


class Batch(msgspec.Struct, gc=False):
    """The tick's events with what was found out about them: parallel lists, one entry an event, in log order.

    ``persons[i]`` is the id (dense, from 1, per app) of the person the event belongs to, never 0 here: events
    of nobody (refused, deleted) are no longer in the batch. ``late[i]`` is true where the event is imported or was
    received more than an hour after it happened: it updates state but starts nothing and sends nothing.
    ``first_position`` is the position of entry 0; position orders events of equal time and never repeats.
    """

    events: list[Event]
    persons: list[int]
    late: list[bool]
    first_position: int
    hashes: list[int] = []  # ``hash64(app_id, message_id)`` of each event; left empty, history computes them
    positions: list[int] = []  # where they do not follow each other from ``first_position`` on: events read back from history
    names: Set[str] | None = None  # of the events, and perhaps of others; None: nobody has looked
    columns: object = None  # its ``BatchColumns``, once they are made

    def may_have(self, names: Set[str]) -> bool:
        """False: no event has any of these names."""
        return self.names is None or not self.names.isdisjoint(names)

    def __len__(self) -> int:
        return len(self.events)


class LogBatch(msgspec.Struct, gc=False):
    """One row of the log: what one group commit wrote. ``received_at`` is program time, ``written_at`` real time (ms)."""

    offset: int
    received_at: int
    written_at: int
    events: list[Event]


class HistoryMerge(msgspec.Struct, array_like=True, gc=False):
    """``from_id`` was folded into ``into_id`` by the event at ``position``; both are persons of ``app_id``."""

    app_id: int
    from_id: int
    into_id: int
    position: int


class HistoryEvent(msgspec.Struct, gc=False):
    """An event as history tells it. ``person_id`` is the person it belongs to today, after all merges.

    ``properties`` and ``context`` are JSON objects. ``cursor`` continues a list after this event.
    """

    app_id: int
    event: str
    kind: str
    person_id: int
    occurred_at: int
    received_at: int
    partition: int
    position: int
    message_id: str
    late: bool
    properties: str
    context: str
    anonymous_id: str
    user_id: str

    @property
    def cursor(self) -> str:
        return f"{self.occurred_at}.{self.partition}.{self.position}"


class KnownEvent(NamedTuple):
    """What tells an event of history from others under the same message id."""

    message_hash: int
    event: str
    user_id: str
    anonymous_id: str


KNOWN = ", ".join(KnownEvent._fields)


class SeenEventName(msgspec.Struct, gc=False):
    """An event name an app has sent: how often, and when first and last (ms)."""

    name: str
    count: int
    first_at: int
    last_at: int


class EventCount(msgspec.Struct, gc=False):
    """How many events of one name happened in the interval that starts at ``since`` (ms)."""

    name: str
    since: int
    count: int
