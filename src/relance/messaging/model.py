"""Messages, intents and deliveries as others see them, and the closed lists of what can become of one. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import msgspec

from relance.channels.registry import Channel as Channel  # part of what a message is
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.lengths import span as span  # lengths are part of what a message is
from relance.core.time import DAY
from relance.core.trimming import trim_event, trimmed
from relance.restraint.model import PRESETS, Switches
from relance.restraint.model import MessageClass as MessageClass  # caps are told by it
from relance.restraint.model import WhenHeld as WhenHeld

NAME_LIMIT = 200  # characters of a name of a message, a topic or an event


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event a message is meant to bring about, and how long after the message was sent it still counts."""

    event: str
    within: str = "3d"

    def __post_init__(self) -> None:
        trim_event(self)

    @property
    def length(self) -> int:
        """``within`` in ms."""
        return span(self.within, "goal.within")


NO_GOAL: Final = "none"
MessageGoal = Goal | Literal["none"] | None
DEFAULT_GOAL = Goal("Order Completed", "3d")  # of marketing alone: a receipt brings nothing about
LONGEST_GOAL = 90 * DAY

Revenue = dict[str, int]
"""Currency (ISO 4217; empty where none was told) → what was brought in it, in ten-thousandths. Never summed across."""
_MONEY_UNITS = 10_000


def as_money(units: int) -> float:
    """``123400`` → ``12.34``."""
    return units / _MONEY_UNITS


def check_goal(goal: MessageGoal, path: str) -> None:
    """Refuse a goal without an event or with a length of no sense. Raises ``InvalidError`` naming the field."""
    if goal is None or goal == NO_GOAL:
        return
    if isinstance(goal, str):
        raise InvalidError(
            ErrorText("not_a_goal", '{goal!r} is not a goal: send an object, or "none" for a message without one.', goal=goal),
            path=path,
        )
    if not trimmed(goal.event) or len(goal.event) > NAME_LIMIT or "\x00" in goal.event:
        raise InvalidError(
            ErrorText(
                "goal_without_event",
                "A goal must name an event of 1–{most} characters (got {got:,}).",
                most=NAME_LIMIT,
                got=len(goal.event) if trimmed(goal.event) else 0,
            ),
            path=f"{path}.event",
        )
    if span(goal.within, f"{path}.within") > LONGEST_GOAL:
        raise InvalidError(
            ErrorText(
                "goal_too_far",
                "A goal must be reached within {most} days (got {got!r}).",
                most=LONGEST_GOAL // DAY,
                got=goal.within,
            ),
            path=f"{path}.within",
        )


class Message(msgspec.Struct, frozen=True):
    """What is said on one channel. ``content`` has the fields of its kind, each a Liquid template. ``version`` counts edits."""

    id: int
    app_id: int
    name: str
    channel: Channel
    message_class: MessageClass
    topic: str
    content: dict[str, Any]
    valid_for: str | None  # after this long it is not sent any more; None = always
    goal: MessageGoal  # None = the journey's, else, if it is marketing, DEFAULT_GOAL
    version: int
    created_at: int
    updated_at: int
    require_values: bool = False  # whoever lacks a value that the templates put in does not get it
    obeys_caps: bool | None = None  # None, here and in the next two: as its class does
    counts_toward_caps: bool | None = None
    obeys_quiet_hours: bool | None = None
    when_held: WhenHeld | None = None  # None: it waits for the end of quiet hours, and no cap
    wait_at_most: str | None = None  # of ``wait``
    priority: int = 0  # of those due together the higher is decided first
    archived_at: int | None = None  # since then it is in no list and no journey
    language: str = ""  # that ``content`` is in (BCP 47); empty: nobody said, or it is in several
    translations: dict[str, dict[str, Any]] = {}  # language → the fields that differ
    snippets: Mapping[str, str] = {}  # name → source of those that its templates render, as they stood when it was saved

    @property
    def validity(self) -> int | None:
        """``valid_for`` in ms."""
        return None if self.valid_for is None else span(self.valid_for, "valid_for")

    @property
    def switches(self) -> Switches:
        """What of restraint concerns it."""
        preset = PRESETS[self.message_class]
        own = (self.obeys_caps, self.counts_toward_caps, self.obeys_quiet_hours)
        return Switches(*(mine if mine is not None else given for mine, given in zip(own, preset, strict=True)))

    @property
    def longest_wait(self) -> int:
        """``wait_at_most`` in ms; 0 where it has none."""
        return 0 if self.wait_at_most is None else span(self.wait_at_most, "wait_at_most")

    def goal_in(self, journey: Goal | None) -> Goal | None:
        """What it is meant to bring about where a journey with this goal sends it; None = nothing that is counted."""
        if isinstance(self.goal, str):
            return None
        default = DEFAULT_GOAL if self.message_class is MessageClass.MARKETING else None
        return self.goal or journey or default


class SkipReason(StrEnum):
    """Why something was not sent: a closed list, each described in ``DESCRIPTIONS``."""

    NO_SUBSCRIPTION = "no_subscription"
    NO_CONSENT = "no_consent"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    BOUNCED = "bounced"
    GONE = "gone"
    UNCONFIRMED = "unconfirmed"
    INVALID_ADDRESS = "invalid_address"
    DUPLICATE_ADDRESS = "duplicate_address"
    SENDING_PAUSED = "sending_paused"
    JOURNEY_STOPPED = "journey_stopped"
    JOURNEY_PAUSED = "journey_paused"
    EXPIRED = "expired"
    RENDER_ERROR = "render_error"
    MISSING_VALUE = "missing_value"
    DELETED_PERSON = "deleted_person"
    MESSAGE_MISSING = "message_missing"
    NO_CHANNEL = "no_channel"
    CAPPED = "capped"
    QUIET_HOURS = "quiet_hours"
    NO_OPEN_HOUR = "no_open_hour"
    HOLD_OUT = "hold_out"
    COMPLAINTS = "complaints"
    AUDIENCE_CANCELLED = "audience_cancelled"
    HISTORY_READ = "history_read"


DESCRIPTIONS: dict[SkipReason, str] = {
    SkipReason.HISTORY_READ: (
        "What the message tells of the past of people is being read from history: it waits until that is done."
    ),
    SkipReason.NO_SUBSCRIPTION: "The person has no address on the message's channel.",
    SkipReason.NO_CONSENT: "The message is marketing and the person has not agreed to it on this channel and topic.",
    SkipReason.UNSUBSCRIBED: "The person has said no to marketing on this channel and topic, or has unsubscribed this address.",
    SkipReason.SUPPRESSED: (
        "The address is on the suppression list: it bounced, its reader complained, or it was added by hand or from a file."
        " The detail says which."
    ),
    SkipReason.BOUNCED: "The mail server says that this mailbox does not exist or takes no mail; the address is suppressed.",
    SkipReason.UNCONFIRMED: (
        "Only a browser that proved no user id told this address, and whoever reads it has not confirmed it."
    ),
    SkipReason.GONE: (
        "The address has ended: the person has another one since, perhaps by a merge, or its push service says that it"
        " no longer exists."
    ),
    SkipReason.INVALID_ADDRESS: "The address cannot be one of this channel.",
    SkipReason.DUPLICATE_ADDRESS: "The same address already gets this message through another subscription of the person.",
    SkipReason.SENDING_PAUSED: "All sending of the app was switched off.",
    SkipReason.JOURNEY_STOPPED: "The run was ended by an event, or its journey was archived, before the message left.",
    SkipReason.JOURNEY_PAUSED: (
        "Its journey is paused: the message waits, leaves when the journey goes on, and is skipped as expired if it is not valid "
        "any more by then."
    ),
    SkipReason.EXPIRED: "The message was no longer valid when its turn came.",
    SkipReason.RENDER_ERROR: "The message's template failed for this person; the detail names the field and the fault.",
    SkipReason.MISSING_VALUE: "A value that the message requires is not known of this person; the detail names it.",
    SkipReason.DELETED_PERSON: "The person was deleted before the message left.",
    SkipReason.MESSAGE_MISSING: "The message was deleted before it left.",
    SkipReason.NO_CHANNEL: "This server has no transport for the message's channel.",
    SkipReason.CAPPED: "The person has had as many messages as a frequency cap allows.",
    SkipReason.QUIET_HOURS: "It was within quiet hours where the person is.",
    SkipReason.NO_OPEN_HOUR: (
        "The quiet hours of the app, the person and the country together leave no hour of any day at which it might be sent."
    ),
    SkipReason.COMPLAINTS: (
        "Marketing from this sending domain is stopped, since too many of its messages were reported as spam; an operator can"
        " resume it. The detail names the domain."
    ),
    SkipReason.AUDIENCE_CANCELLED: "The audience that it was sent to was cancelled before the message left.",
    SkipReason.HOLD_OUT: "The person is of the share of people who get no marketing, with whom the others are compared.",
}


#: What is said besides of a delivery that waits for this reason.
WHILE_WAITING: dict[SkipReason, str] = {
    SkipReason.CAPPED: "The message waits, and is decided anew when a slot is free.",
    SkipReason.QUIET_HOURS: "The message waits, and is decided anew when they end.",
}

#: What only deliveries that wait have as their reason: none is skipped for it.
NEVER_SKIPPED = frozenset((SkipReason.JOURNEY_PAUSED,))


class HeldRuns(NamedTuple):
    """Of some runs: those whose messages may not leave any more, and those whose messages wait for their journey to go on.

    ``answers``: run → what was answered to its messages, by the names that templates know it by.
    """

    stopped: set[str]
    paused: set[str]
    answers: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


class DeliveryState(StrEnum):
    """Where a delivery stands. The last four are final."""

    PENDING = "pending"  # waits for its turn, or for another attempt
    SENDING = "sending"  # a dispatcher holds it
    SENT = "sent"  # the other side took it
    FAILED = "failed"  # the other side refused it, or took too many attempts; ``detail`` says what it answered
    SKIPPED = "skipped"  # not sent; ``reason`` says why
    UNKNOWN = "unknown"  # the program ended between handing it over and writing that down; never sent again


class Intent(msgspec.Struct, frozen=True):
    """A journey (or a test) wants a message to reach a person.

    ``cause`` names what wants it (a run's step), once and for all: the same cause, message and subscription make one
    delivery, however often the intent is written. ``event_body`` holds the entry event's properties as JSON.
    ``goal`` is the journey's, used where the message has none.
    """

    app_id: int
    person_id: int
    message_id: int
    cause: str
    created_at: int
    journey_id: int = 0
    run_id: str = ""
    node: str = ""
    event_body: bytes = b"{}"
    goal: Goal | None = None
    subscription_id: int = 0  # only this one; 0 = all of the person's
    is_test: bool = False  # sent to oneself: asks for no consent, is no figure
    caused_by: str = ""  # the journeys it is the doing of, as ``events.causes`` writes them
    audience_id: int = 0  # 0 = it is for nobody else
    wanted_until: int | None = None  # it expires then, whatever its message says


class Delivery(msgspec.Struct, frozen=True):
    """One message to one address of one person, and all that became of it. Times are ms; None = not (yet)."""

    id: str
    app_id: int
    person_id: int
    subscription_id: int  # 0 where the person had none
    channel: str
    address: str
    message_id: int
    journey_id: int  # 0 = none
    run_id: str
    node: str
    is_test: bool
    state: DeliveryState
    reason: (
        str  # a SkipReason where skipped, or of what it waits for; "gone", "bounced" where the attempt found the address ended
    )
    detail: str
    created_at: int
    due_at: int
    attempts: int
    sent_at: int | None
    delivered_at: int | None
    opened_at: int | None
    clicked_at: int | None
    dismissed_at: int | None
    bounced_at: int | None
    unsubscribed_at: int | None
    converted_at: int | None
    conversions: int
    direct: bool  # a conversion followed a click
    caused_by: str = ""
    message_class: str = ""  # this and the next two: as it was when it was wanted
    topic: str = ""
    lane: str = ""
    held_by: str = ""  # the rule by which it waits or was skipped: "cap:3", "quiet_hours:5", "country:FR"
    complained_at: int | None = None
    bounce_type: str = ""  # "hard", "soft", "sender"; empty: it has not come back
    language: str = ""  # in which it was written; empty: its message names none, or it was never written
    audience_id: int = 0  # the audience that it is for a person of; 0 = none
    revenue: Revenue = {}  # what the conversions brought, refunds taken off

    @property
    def why(self) -> str:
        """Why it was not sent, or waits, in one or two sentences; empty where it was."""
        if not self.reason:
            return ""
        reason = SkipReason(self.reason)
        more = WHILE_WAITING.get(reason) if self.state is DeliveryState.PENDING else None
        return DESCRIPTIONS[reason] if more is None else f"{DESCRIPTIONS[reason]} {more}"


class MessageFigures(msgspec.Struct, frozen=True):
    """What one message (in one journey, or in none: 0) came to. Test sends are not counted."""

    message_id: int
    journey_id: int
    node: str
    channel: str
    sent: int
    reached: int  # sent, and whatever else is known to have come: opened, clicked …, though nobody knew that it was sent
    aimed: int  # of these, those with a goal
    failed: int
    skipped: int
    unknown: int
    waiting: int  # pending or sending
    delivered: int
    opened: int
    clicked: int
    dismissed: int
    unsubscribed: int
    bounced: int
    converted: int  # deliveries with at least one conversion
    direct: int  # of these, after a click
    revenue: Revenue = {}


class SkippedCount(msgspec.Struct, frozen=True):
    """How many deliveries of a message were held back for one reason."""

    message_id: int
    reason: SkipReason
    count: int

    @property
    def sentence(self) -> str:
        return DESCRIPTIONS[self.reason]


class QueueGroup(msgspec.Struct, frozen=True):
    """Deliveries that wait on one channel, in one lane (``retry``: after a failed attempt), for the same thing.

    ``reason`` is empty where they wait for their turn or for another attempt, else what they lack or what holds them back, then
    with the rule in ``held_by``. ``is_due``: they may be looked at now. The first and the last of them are due at these instants.
    """

    lane: str
    reason: str
    held_by: str
    is_due: bool
    count: int
    first_due_at: int
    last_due_at: int


class ChannelQueue(msgspec.Struct, frozen=True):
    """What waits on one channel, and how many are being sent. ``is_more``: there are more, which were not counted.

    ``entering``: people of audiences who have not entered the queue yet; they are not among those that wait.
    """

    channel: str
    waiting: int
    is_more: bool
    sending: int
    entering: int
    groups: list[QueueGroup]
