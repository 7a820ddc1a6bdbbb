"""An event as stored in the log, and the names of the events that Relance itself emits."""

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
    PAGE = "page"  # a page of a website was viewed
    SCREEN = "screen"  # a screen of an app was viewed
    IDENTIFY = "identify"  # who a person is: a user id, traits
    GROUP = "group"  # a person belongs to a group; stored in history, has no other effect
    ALIAS = "alias"  # a previous id and a user id are the same person: merge them
    EDIT = "edit"  # an operator's change of traits, consent or subscriptions
    MERGE = "merge"  # fold one known person into another
    DELETE = "delete"  # delete a person
    DERIVED = "derived"  # emitted by the program itself, about a person it knows
    HANDOVER = "handover"  # from one partition to another: a person was merged or deleted


class Flag(IntFlag):
    """What a tick must know about an event besides its content."""

    IMPORTED = 1  # imported history: updates state, starts no journey, sends nothing
    SYNTHETIC = 2  # from the simulator or a test send
    BACKGROUND = 8  # not a visit: reported by a server while the person was elsewhere
    UNSIGNED = voice.UNSIGNED  # from a browser, without proof of identity
    SIGNED = voice.SIGNED  # from a browser, with a token that proves the user id
    TRUSTED = voice.TRUSTED  # unsigned, and the app trusts it


#: The higher bits of an event's flags mark the partitions that have forwarded it.
SENT_ON_BITS = 8


class Event(msgspec.Struct, array_like=True, gc=False):
    """One validated log record. Times are ms; ``body`` and ``context`` are JSON objects as bytes.

    ``body`` holds properties (track, page, screen, group, derived), traits (identify, edit) or a command's data (alias:
    ``{"previous_id": …}``; merge: ``{"from": id, "into": id}``; delete: ``{"person": id}``). ``occurred_at`` is corrected by
    ``sentAt`` and never later than ``received_at``.
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
    person_id: int = 0  # set if the writer knows the person (derived events, commands); 0 = to be resolved

    @property
    def key(self) -> str:
        """See ``event_key``."""
        return event_key(self.message_id, self.name, self.user_id, self.anonymous_id)


class Reason(StrEnum):
    """Why a record was rejected. Stable, documented in ``docs/reference/errors.md``."""

    EVENT_TOO_LARGE = "event_too_large"  # more than 32 KB
    UNKNOWN_TYPE = "unknown_type"  # ``type`` is missing or not one of the six
    MISSING_NAME = "missing_name"  # a track without an event name
    MISSING_ID = "missing_id"  # it belongs to nobody: neither userId nor anonymousId, or what alias and group need
    PLACEHOLDER_ID = "placeholder_id"  # the only id is a placeholder: ``undefined``, ``null``, ``0`` …
    INVALID = "invalid"  # a field has the wrong type or an impossible value; ``path`` names it
    TIMESTAMP_OUT_OF_RANGE = "timestamp_out_of_range"  # imported, and before 1990 or more than a day after its receipt
    NUL_BYTE = "nul_byte"  # a NUL character in one of its texts
    INVALID_TEXT = "invalid_text"  # half of a surrogate pair, or invalid UTF-8
    NUMBER_OUT_OF_RANGE = "number_out_of_range"  # NaN, infinite, not a 64-bit integer, or too large for a float
    TOO_DEEP = "too_deep"  # objects and lists nested deeper than 32
    UNREADABLE = "unreadable"  # this event of a batch is not JSON, though the others are
    UNSIGNED = "unsigned"  # with a browser key: an alias needs a token that proves its user id
    SERVER_KEY_NEEDED = "server_key_needed"  # with a browser key: only a server's write key may import
    TOO_MANY_NAMES = "too_many_names"  # found while settling: the app has 10,000 event names, and this is a new one
    RESERVED_NAME = "reserved_name"  # an event under a name reserved for the program


class Note(StrEnum):
    """What was corrected in an accepted event. Stable, documented in ``docs/reference/errors.md``."""

    TIMESTAMP_NOT_READ = "timestamp_not_read"  # the timestamp is not an ISO 8601 date and time: the receipt is used
    TIMESTAMP_NOT_BELIEVED = "timestamp_not_believed"  # before 1990 or more than a day ahead: the receipt is used
    SENT_AT_NOT_BELIEVED = "sent_at_not_believed"  # ``sentAt`` contradicts the timestamp, which is used as stated
    SENT_AT_NOT_READ = "sent_at_not_read"  # ``sentAt`` is not an ISO 8601 date and time: the clock is not corrected
    FIELD_DROPPED = "field_dropped"  # a field beside the events of a batch was left out as unreadable
    PLACEHOLDER_DROPPED = "placeholder_dropped"  # an id such as ``undefined`` was left out; the event has another
    TRIMMED = "trimmed"  # white space or invisible characters around an id or the event's name were removed
    UNSIGNED_USER = "unsigned_user"  # a browser named a user id without a token: the event is stored, the rest held back
    UNKNOWN_SIGNATURE = "token_invalid"  # none of the app's identity secrets signed the token: as ``unsigned_user``
    EXPIRED_PROOF = "token_expired"  # the token expired at ``exp``: as ``unsigned_user``
    EARLY_PROOF = "token_not_yet_valid"  # the token's ``nbf`` is in the future: as ``unsigned_user``
    PROOF_IN_MILLISECONDS = "token_in_milliseconds"  # its ``exp`` or ``nbf`` is not in seconds: as ``unsigned_user``
    PROOF_OF_OTHER_USER = "token_of_other_user"  # its ``sub`` is not the ``userId``: as ``unsigned_user``
    REUSED_ID = "reused_id"  # another event has the same ``messageId`` but other ids or another name: this one is new


class Rejection(msgspec.Struct, array_like=True, gc=False):
    """A record rejected on arrival: kept to help its sender, never settled.

    ``reason`` is a ``Reason`` (or a tick's refusal), or a ``Note``: then the event was accepted, and this says what was
    corrected. ``path`` names the field ("" = the record as a whole); ``detail`` is a sentence for people; ``payload`` is the
    record as sent, cut off at 4 KB.
    """

    app_id: int
    received_at: int
    reason: str
    path: str = ""
    detail: str = ""
    payload: bytes = b""
    message_id: str = ""
    id: int = 0  # assigned by the store

    @property
    def is_note(self) -> bool:
        """Whether the event was accepted."""
        return self.reason in NOTES


NOTES = frozenset(map(str, Note))


class Name(StrEnum):
    """The names of the events that Relance emits about a person. Each is documented in ``docs/reference/events.md``."""

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
    MESSAGE_COMPLAINED = "message_complained"
    MESSAGE_UNSUBSCRIBED = "message_unsubscribed"
    MESSAGE_CONVERTED = "message_converted"
    MESSAGE_TESTED = "message_tested"


#: Reserved prefixes of event names: those in use, and whatever is added under them.
OWN_BEGINNINGS = ("message_", "segment_", "journey_")
#: Only Relance itself emits these; sessions may also be imported with other history.
OWN_NAMES = frozenset(Name) - {Name.SESSION_STARTED}


def is_own(name: str) -> bool:
    """Whether an event of this name comes from the program itself, unless it is imported history."""
    return name.startswith(OWN_BEGINNINGS) or name == Name.SESSION_STARTED


def heard_name(name: str, kind: str) -> str:
    """The name under which rules and journeys see an event: none if someone else used a reserved name."""
    return "" if name in OWN_NAMES and kind != Kind.DERIVED else name


# What each means, and the members of its properties; ids are numbers of the app's definitions.
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
        "A push service or mail server took a delivery: `delivery`, `message`, `channel`; of a journey `journey`, `run`, `node`, "
        "`asked_at` (when the step asked for it, in ms). "
        "`aimed` says whether it had a goal, `answer` what another system answered to a run's webhook (`status`, `body`)."
    ),
    Name.MESSAGE_SKIPPED: (
        "A delivery was not sent; `reason` is one of the skip reasons. `last` is true where it was the last of a dispatch of"
        " which nothing was sent. Members as in `message_sent`."
    ),
    Name.MESSAGE_FAILED: (
        "A delivery could not be sent (`state` `failed`), or nobody knows whether it was (`unknown`); "
        "`reason` is `gone` or `bounced` where the address has ended. `last` as in `message_skipped`. "
        "Members, also `aimed` and `answer`, as in `message_sent`."
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
        "`soft` is true where the message came back and the address stays in use; `bounce` is then `soft`, or `sender` where the "
        "sending domain, the content or a policy was at fault. Members as in `message_sent`."
    ),
    Name.MESSAGE_COMPLAINED: (
        "The person reported the message as spam: the address is suppressed, and a no to marketing is recorded. "
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
        "`dismissed`, `bounced`, `complained` or `unsubscribed`, as the events above tell it of other messages. "
        "Members as in `message_sent`."
    ),
}


_OF_DELIVERY = ("delivery", "message", "channel", "journey", "run", "node")
#: The property members of the events that Relance emits, by name; events that may also come from outside are not listed.
MEMBERS: dict[str, frozenset[str]] = {
    **{name.value: frozenset(_OF_DELIVERY) for name in Name if name.value.startswith("message_")},
    Name.SEGMENT_ENTERED.value: frozenset(("segment", "person")),
    Name.SEGMENT_LEFT.value: frozenset(("segment", "person")),
    Name.SEGMENT_MERGED.value: frozenset(("segment", "person")),
    Name.JOURNEY_ENTERED.value: frozenset(("journey", "version", "run", "key")),
    Name.JOURNEY_LEFT.value: frozenset(("journey", "version", "run", "key", "reason")),
    Name.MESSAGE_SKIPPED.value: frozenset((*_OF_DELIVERY, "asked_at", "reason", "last")),
    Name.MESSAGE_SENT.value: frozenset((*_OF_DELIVERY, "asked_at", "aimed", "answer")),
    Name.MESSAGE_FAILED.value: frozenset((*_OF_DELIVERY, "asked_at", "reason", "state", "aimed", "last", "answer")),
    Name.MESSAGE_CLICKED.value: frozenset((*_OF_DELIVERY, "url")),
    Name.MESSAGE_BOUNCED.value: frozenset((*_OF_DELIVERY, "reason", "state", "code", "detail")),
    Name.MESSAGE_CONVERTED.value: frozenset((*_OF_DELIVERY, "event", "direct", "revenue", "currency", "order")),
}


class Batch(msgspec.Struct, gc=False):
    """A tick's events and what was resolved about them: parallel lists, one entry per event, in log order.

    ``persons[i]`` is the id (dense, from 1, per app) of the event's person, never 0: events of nobody (refused, deleted) have
    been removed. ``late[i]`` is true if the event is imported or was received more than an hour after it happened: it updates
    state but starts nothing and sends nothing. ``first_position`` is the position of entry 0; positions order events of equal
    time and are unique.
    """

    events: list[Event]
    persons: list[int]
    late: list[bool]
    first_position: int
    hashes: list[int] = []  # ``hash64(app_id, message_id)`` of each event; if empty, history computes them
    positions: list[int] = []  # if they are not consecutive from ``first_position``: events read back from history
    names: Set[str] | None = None  # of the events, and perhaps of others; None: unknown
    columns: object = None  # its ``BatchColumns``, once built

    def may_have(self, names: Set[str]) -> bool:
        """False: no event has any of these names."""
        return self.names is None or not self.names.isdisjoint(names)

    def __len__(self) -> int:
        return len(self.events)


class LogBatch(msgspec.Struct, gc=False):
    """One row of the log, written by one group commit. ``received_at`` is program time, ``written_at`` real time (ms)."""

    offset: int
    received_at: int
    written_at: int
    events: list[Event]


class HistoryMerge(msgspec.Struct, array_like=True, gc=False):
    """``from_id`` was merged into ``into_id`` by the event at ``position``; both are persons of ``app_id``."""

    app_id: int
    from_id: int
    into_id: int
    position: int


class HistoryEvent(msgspec.Struct, gc=False):
    """An event as history returns it. ``person_id`` is the person it belongs to today, after all merges.

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
    """The identity of a stored event, to compare with others under the same message id."""

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
    """How many events of one name happened in the interval starting at ``since`` (ms)."""

    name: str
    since: int
    count: int
