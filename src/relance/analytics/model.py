"""What reports answer: plain structs. Every rate is a share of its base, and null where the base is 0."""

from __future__ import annotations

import msgspec

from relance.messaging.money import Money


class Rates(msgspec.Struct, frozen=True):
    """Shares of what was ``reached`` and can have it: opened of e-mails, delivered of pushes, converted of what has a goal."""

    delivered: float | None
    opened: float | None
    clicked: float | None
    converted: float | None
    unsubscribed: float | None


class Outcome(msgspec.Struct, frozen=True):
    """What became of deliveries: each figure counts deliveries; null is what nobody can know of the channel.

    ``revenue`` is in ``currency``: the app's, or the only one told; null where several were, each of which ``revenues`` has.
    """

    sent: int
    reached: int  # sent, and of what is ``unknown`` or ``failed`` that which was opened, clicked … all the same
    aimed: int  # of these, those with a goal
    delivered: int | None  # pushes only: no mail server tells
    opened: int | None  # e-mails only: no phone tells
    clicked: int
    dismissed: int | None
    converted: int | None  # null where nothing has a goal
    direct: int | None  # of the converted, after a click
    unsubscribed: int
    bounced: int | None  # e-mails only
    failed: int
    unknown: int
    skipped: int
    waiting: int
    revenue: float | None
    currency: str
    revenues: list[Money]
    rates: Rates


class MessageRow(msgspec.Struct, frozen=True):
    """One message, in one node of one journey (0 and empty: none)."""

    message_id: int
    name: str
    channel: str
    journey_id: int
    node: str
    outcome: Outcome


class ChannelRow(msgspec.Struct, frozen=True):
    """All messages of one channel."""

    channel: str
    outcome: Outcome


class MessagesReport(msgspec.Struct, frozen=True):
    """What each message came to; test sends are not counted."""

    messages: list[MessageRow]
    channels: list[ChannelRow]
    total: Outcome


class SkippedRow(msgspec.Struct, frozen=True):
    """Deliveries of one message held back for one reason, which ``sentence`` puts in words."""

    message_id: int
    name: str
    reason: str
    sentence: str
    count: int


class ReasonRow(msgspec.Struct, frozen=True):
    """All that was held back for one reason."""

    reason: str
    sentence: str
    count: int


class SkippedReport(msgspec.Struct, frozen=True):
    """Everything that was not sent, and why; most frequent first."""

    reasons: list[ReasonRow]
    messages: list[SkippedRow]
    total: int


class Edited(msgspec.Struct, frozen=True):
    """Who entered and left by the segment being made, or by an edit of its rule (or of one that it names), untold."""

    entered: int
    left: int


class SegmentPoint(msgspec.Struct, frozen=True):
    """One interval: its start (ms), who entered, left, and became part of another person in it, and the size at its end.

    ``edited`` are those beside whom a rule moved that was taken up in it; null where none was that moved anybody.
    """

    since: int
    entered: int
    left: int
    merged: int
    size: int
    edited: Edited | None


class SegmentRow(msgspec.Struct, frozen=True):
    """One segment: its size now, all that ever entered, left and merged into another person, and its course.

    ``edited`` are all whom its rules moved by being taken up. ``size`` is ``entered - left - merged`` and
    ``edited.entered - edited.left``, but for members who were deleted.
    """

    segment_id: int
    name: str
    size: int
    entered: int
    left: int
    merged: int
    edited: Edited
    points: list[SegmentPoint]


class SegmentsReport(msgspec.Struct, frozen=True):
    """Segments over time, in intervals of ``every`` ms from ``since`` to ``until``."""

    since: int
    until: int
    every: int
    segments: list[SegmentRow]


class CellRow(msgspec.Struct, frozen=True):
    """One RFM cell."""

    cell: str
    people: int
    share: float | None
    purchases: int
    spent: float | None


class RfmLeast(msgspec.Struct, frozen=True):
    """How many buyers, and how many days with purchases in them, RFM needs to say anything."""

    buyers: int
    days: int


class RfmReport(msgspec.Struct, frozen=True):
    """RFM cells of everyone with the purchase event. ``as_of`` is the day after the last purchase (ms); null: nobody.

    ``days`` are those of the app's time zone from the first purchase to the last. Where ``people`` or ``days`` are fewer than
    ``least`` says, it is not ``ready`` and there are no cells. ``spent`` sums the property ``amount``; null without one.
    """

    event: str
    amount: str | None
    as_of: int | None
    people: int
    purchases: int
    spent: float | None
    days: int
    ready: bool
    least: RfmLeast
    cells: list[CellRow]


class NodeRow(msgspec.Struct, frozen=True):
    """Runs at one node of a journey: how many came, rest there, and were ended there by an event."""

    node: str
    arrived: int
    waiting: int
    stopped: int


class JourneyRow(msgspec.Struct, frozen=True):
    """One journey and its nodes, all versions together."""

    journey_id: int
    name: str
    state: str
    nodes: list[NodeRow]


class OverviewReport(msgspec.Struct, frozen=True):
    """An app at a glance. ``events`` counts what came from outside, ``derived`` what Relance itself wrote."""

    people: int
    events: int
    derived: int
    first_event_at: int | None
    last_event_at: int | None
    segments: list[SegmentRow]
    journeys: list[JourneyRow]
    messages: Outcome
    not_sent: int
