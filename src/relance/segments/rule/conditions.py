"""The kinds of condition in a rule, as written. ``evaluate`` defines what each means.

Some kinds are shorthand, which ``meaning`` expands: ``message`` means a ``behaviour``; ``person``, ``device``, ``subscription``,
``consent`` and ``list`` are tests on facts beside the traits; ``segment`` is another rule.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from relance.core.trimming import trim_event
from relance.segments.rule.areas import Area, disc, polygon
from relance.segments.rule.days import read_moment
from relance.segments.rule.window import UTC, Recurring, Rolling, Window, length_of

Scalar = str | int | float | bool
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Number = int | float
Is = Literal[
    "=", "!=", "in", "not_in", "exists", "not_exists", ">", ">=", "<", "<=", "between", "contains", "starts", "matches",
    "has", "before", "after", "version_from", "version_below", "version_is", "version_above", "version_to",
]  # fmt: skip
Compare = Literal[">=", "<=", "=", ">", "<", "between"]
Aggregate = Literal["count", "sum", "average", "min", "max", "distinct", "days", "first", "last"]
Did = Literal["received", "shown", "opened", "clicked", "dismissed", "converted", "unsubscribed"]
Fact = Literal[
    "country", "region", "city", "language", "time_zone", "country_source", "language_source", "time_zone_source",
    "device_type", "device_model", "device_manufacturer", "os", "os_version", "app_version", "source", "medium", "campaign",
    "first_seen", "last_seen", "sessions", "session_seconds", "average_session_seconds", "aliases",
]  # fmt: skip
Channel = Literal["email", "web_push", "mobile_push", "sms", "webhook"]
State = Literal["subscribed", "unsubscribed", "opted_out", "none"]
Answer = Literal["granted", "denied", "unknown"]
Stage = Literal["first", "stopped", "resumed"]
DeviceFact = Literal["os", "device_type", "device_model", "device_manufacturer", "os_version", "app_version"]

#: The member beside a person's traits that holds the facts (``users.profile``).
FACTS = "$person"
#: The events that Relance emits about a message.
MESSAGE_EVENTS: dict[str, str] = {
    "received": "message_sent",
    "shown": "message_delivered",
    "opened": "message_opened",
    "clicked": "message_clicked",
    "dismissed": "message_dismissed",
    "converted": "message_converted",
    "unsubscribed": "message_unsubscribed",
}
SESSION = "session_started"
#: Stands for the events of any name with a location; no event has this name.
SPOTTED = "\x00spotted"
LARGEST_ID = 2**63 - 1

VERSION_FACTS = ("os_version", "app_version")
MOMENT_FACTS = ("first_seen", "last_seen")
#: The facts with a default, and the operators that ignore it: they ask whether anything is known.
DEFAULTED_FACTS = ("country",)
WHETHER_KNOWN = ("exists", "not_exists")
#: The facts of a device: ``has`` tests all of the person's devices, every other operator the most recent one.
DEVICE_FACTS: tuple[str, ...] = get_args(DeviceFact)
#: The fact that lists the devices, an object each.
DEVICES = f"{FACTS}.devices"
NUMBER_FACTS = ("session_seconds", "average_session_seconds")
#: How facts that are versions compare, by the operator as written.
VERSIONS: dict[str, Is] = {
    "=": "version_is",
    ">": "version_above",
    ">=": "version_from",
    "<": "version_below",
    "<=": "version_to",
}
VERSION_SIGNS: dict[str, str] = {is_: sign for sign, is_ in VERSIONS.items()}


class Relative(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A moment relative to now: ``{"ago": "30d"}`` is 30 days back, ``{"in": "7d"}`` 7 days ahead."""

    ago: str | None = None
    in_: str | None = msgspec.field(default=None, name="in")

    @property
    def shift(self) -> int:
        """Milliseconds to add to now."""
        return -length_of(self.ago) if self.ago is not None else length_of(self.in_ or "")


Corners = Annotated[tuple[tuple[Number, Number], ...], Meta(min_length=3, max_length=500)]
Value = Scalar | Relative | Annotated[tuple[Scalar, ...], Meta(min_length=1, max_length=1_000)]


class Predicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One test of one property. ``property`` is a path of member names joined by dots (``cart.total``).

    ``has`` with ``where`` tests a list of objects: one of them passes every test, whose paths start within it.
    """

    property: Text
    is_: Is = msgspec.field(name="is")
    value: Value | None = None
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()


class Happens(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Events of one name that pass every predicate: a step of a sequence."""

    event: Text
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        trim_event(self)


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="behaviour", omit_defaults=True):
    """Aggregated behaviour: events of one name that pass every predicate, in a window or ever.

    ``aggregate`` is their count; the sum, average, minimum or maximum of the number under ``property``; the number of its
    different values; the number of different days (of ``zone``) on which they happened; or when the first or the last of them
    was. ``value`` is a number, for ``between`` the smallest and the largest that pass, and for ``first`` and ``last`` a moment.
    """

    event: Text
    compare: Compare = ">="
    value: Number | str | Relative | tuple[Number | str | Relative, Number | str | Relative] = 1
    aggregate: Aggregate = "count"
    property_: Text | None = msgspec.field(default=None, name="property")
    zone: str | None = None
    window: Window | None = None
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        trim_event(self)

    @property
    def bounds(self) -> tuple[int, int | None]:
        """For integers: the comparison as its smallest and largest passing value; None is no upper bound."""
        if isinstance(self.value, tuple):
            return int(self.value[0]), int(self.value[1])  # type: ignore[arg-type]
        value = int(self.value)  # type: ignore[arg-type]
        low, high = {
            ">=": (value, None),
            ">": (value + 1, None),
            "=": (value, value),
            "<=": (0, value),
            "<": (0, value - 1),
        }[self.compare]
        return low, high

    @property
    def length(self) -> int | None:
        """Milliseconds of a rolling window; None for any other window, or none."""
        return self.window.milliseconds if isinstance(self.window, Rolling) else None

    @property
    def is_plain(self) -> bool:
        """Whether it counts in a rolling window or ever: then the newest instants decide."""
        return self.aggregate == "count" and (self.window is None or isinstance(self.window, Rolling))


class Trait(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="trait", omit_defaults=True):
    """One test of one of the person's traits; ``where`` as in a predicate."""

    name: Text
    is_: Is = msgspec.field(name="is")
    value: Value | None = None
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()

    @property
    def predicate(self) -> Predicate:
        return Predicate(self.name, self.is_, self.value, self.where)


class PersonCondition(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="person", omit_defaults=True
):
    """One test of a fact that Relance determined about a person: place, device, acquisition, activity.

    Versions compare as versions; ``first_seen`` and ``last_seen`` are moments; ``sessions`` is their number. ``default`` is the
    country of people without one.
    """

    name: Fact
    is_: Is = msgspec.field(name="is")
    value: Value | None = None
    default: str | None = None


class DeviceTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One test of one fact of a device."""

    name: DeviceFact
    is_: Is = msgspec.field(name="is")
    value: Value | None = None


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="device", omit_defaults=True):
    """Whether one of the person's devices passes every test; versions compare as versions."""

    where: Annotated[tuple[DeviceTest, ...], Meta(min_length=1, max_length=20)]


class Subscribed(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="subscription", omit_defaults=True
):
    """The state of a channel: subscribed at an address; unsubscribed everywhere; opted out of the whole channel; or no
    address.
    """

    channel: Channel
    state: State = "subscribed"


class Consented(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="consent", omit_defaults=True):
    """What the person stated about a topic on a channel: granted, denied, or nothing yet."""

    channel: Channel
    topic: Text = "general"
    state: Answer = "granted"


class Circle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything within ``radius`` metres of a place given in degrees."""

    latitude: Number
    longitude: Number
    radius: Number


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="place", omit_defaults=True):
    """Whether the person was last known to be in an area: a circle, or a polygon.

    A polygon's corners are [latitude, longitude] in degrees, in the order of its ring.
    """

    circle: Circle | None = None
    polygon: Corners | None = None

    @property
    def area(self) -> Area:
        return area_of(self)


class Entered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="entered", omit_defaults=True):
    """Whether the person entered an area in the window: an event was located in it, and the previous located one was not."""

    circle: Circle | None = None
    polygon: Corners | None = None
    window: Window | None = None

    @property
    def area(self) -> Area:
        return area_of(self)


class Sequence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sequence", omit_defaults=True):
    """One event followed, within ``within``, by another; or, with ``absent``, not followed by it.

    ``window`` says when the first may have happened; with ``on`` both must have the same value under that property.
    """

    first: Happens
    then: Happens
    within: str
    absent: bool = False
    on: Text | None = None
    window: Window | None = None


class Rhythm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="rhythm", omit_defaults=True):
    """Silent for more than ``times`` × the usual gap: the median of the last 20 gaps between sessions, of at least 3."""

    times: Annotated[float, Meta(ge=0.1, le=100)]


class Lifecycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="lifecycle", omit_defaults=True):
    """Did something for the first time in the window; stopped doing it (in the window before, not in this one); or resumed it
    (not in the window before, but earlier).

    The window before a window up to now has the same length, that before a calendar period is the previous period; other windows
    have none.
    """

    stage: Stage
    event: Text
    window: Window
    where: Annotated[tuple[Predicate, ...], Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        trim_event(self)

    @property
    def recurring(self) -> Recurring:
        """The window of a stage that depends on the one before it."""
        if not isinstance(self.window, Recurring):
            raise TypeError(self.window)
        return self.window


class MessageCondition(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="message", omit_defaults=True
):
    """How often messages were received, shown, opened and so on: of one message, of a journey, on a channel, or any."""

    did: Did
    message: int | None = None
    journey: int | None = None
    channel: Text | None = None
    compare: Compare = ">="
    value: int | tuple[int, int] = 1  # bounds are checked apart: msgspec 0.22 breaks on Meta beside a tuple
    window: Window | None = None


class Unopened(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="unopened", omit_defaults=True):
    """None of the last ``last`` messages received was opened or clicked: of one message, a journey, a channel, or any."""

    last: Annotated[int, Meta(ge=1, le=100)]
    message: int | None = None
    journey: int | None = None
    channel: Text | None = None


class InSegment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="segment", omit_defaults=True):
    """In another segment of the app."""

    segment: Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class OnList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="list", omit_defaults=True):
    """On a static list of the app."""

    list: Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class Bucket(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="bucket", omit_defaults=True):
    """A random share of all people: from ``from`` (inclusive) to ``to`` per cent. ``salt`` names the draw."""

    to: Annotated[float, Meta(gt=0, le=100)]
    from_: Annotated[float, Meta(ge=0, lt=100)] = msgspec.field(default=0, name="from")
    salt: Text = "relance"


Condition = (
    Behaviour | Trait | PersonCondition | Device | Subscribed | Consented | Place | Entered | Sequence | Rhythm | Lifecycle
    | MessageCondition | Unopened | InSegment | OnList | Bucket
)  # fmt: skip
#: What is expanded (``meaning``).
Shorthand = MessageCondition | PersonCondition | Device | Subscribed | Consented | OnList
#: What remains after expansion.
Leaf = Behaviour | Trait | Place | Entered | Sequence | Rhythm | Lifecycle | Unopened | Bucket
#: What traits and the facts beside them decide.
OnTraits = Trait | Place

#: By the name under which each is written.
KINDS: dict[str, Any] = {struct.__struct_config__.tag: struct for struct in get_args(Condition)}


def about(condition: MessageCondition | Unopened) -> tuple[Predicate, ...]:
    """The messages meant, as predicates over the events that Relance emits."""
    named = (("message", condition.message), ("journey", condition.journey), ("channel", condition.channel))
    return tuple(Predicate(name, "=", value) for name, value in named if value is not None)


def area_of(condition: Place | Entered) -> Area:
    """The area that is meant."""
    if condition.circle is not None:
        return disc(condition.circle.latitude, condition.circle.longitude, condition.circle.radius)
    return polygon(condition.polygon or ())


def moment_at(value: str | Relative, zone: str | None, now: int) -> int:
    """The instant that a rule's moment stands for at ``now``."""
    return now + value.shift if isinstance(value, Relative) else read_moment(value, zone or UTC)
