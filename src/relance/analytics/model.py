"""The results of reports: plain structs. Every rate is a share of its base, and null if the base is 0."""

from __future__ import annotations

import msgspec

from relance.messaging.money import Money


class Rates(msgspec.Struct, frozen=True):
    """Shares of the ``reached`` that can have it: opened for e-mails, delivered for pushes, converted for messages with a
    goal.
    """

    delivered: float | None
    opened: float | None
    clicked: float | None
    converted: float | None
    unsubscribed: float | None


class Outcome(msgspec.Struct, frozen=True):
    """The results of deliveries. Each figure counts deliveries; null means that the channel cannot know it.

    ``revenue`` is in ``currency``: the app's, or the only one reported; null if there were several, all of which are in
    ``revenues``.
    """

    sent: int
    reached: int  # sent, plus those ``unknown`` or ``failed`` that were opened, clicked … all the same
    aimed: int  # of these, those with a goal
    delivered: int | None  # pushes only: mail servers do not report it
    opened: int | None  # e-mails only: phones do not report it
    clicked: int
    dismissed: int | None
    converted: int | None  # null if nothing has a goal
    direct: int | None  # of the converted, those after a click
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
    """One message, at one node of one journey (0 and empty: none)."""

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
    """The results of each message; test sends are excluded."""

    messages: list[MessageRow]
    channels: list[ChannelRow]
    total: Outcome


class SkippedRow(msgspec.Struct, frozen=True):
    """Deliveries of one message skipped for one reason; ``sentence`` describes it."""

    message_id: int
    name: str
    reason: str
    sentence: str
    count: int


class ReasonRow(msgspec.Struct, frozen=True):
    """Everything skipped for one reason."""

    reason: str
    sentence: str
    count: int


class SkippedReport(msgspec.Struct, frozen=True):
    """Everything that was not sent, and why; most frequent first."""

    reasons: list[ReasonRow]
    messages: list[SkippedRow]
    total: int


class Edited(msgspec.Struct, frozen=True):
    """Who entered and left when the segment was created or its rule (or one that it names) edited, without events."""

    entered: int
    left: int


class SegmentPoint(msgspec.Struct, frozen=True):
    """One interval: its start (ms), who entered, left and merged into others in it, and the size at its end.

    ``edited`` are additional moves caused by rule activations in it; null if there were none.
    """

    since: int
    entered: int
    left: int
    merged: int
    size: int
    edited: Edited | None


class SegmentRow(msgspec.Struct, frozen=True):
    """One segment: its current size, everyone who ever entered, left and merged into another person, and its size over time.

    ``edited`` counts all moves by rule activations. ``size`` is ``entered - left - merged`` plus ``edited.entered -
    edited.left``, except for members who were deleted.
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
    """The minimum of buyers, and of days with purchases, for RFM to be meaningful."""

    buyers: int
    days: int


class RfmReport(msgspec.Struct, frozen=True):
    """RFM cells of everyone with the purchase event. ``as_of`` is the day after the last purchase (ms); null: no buyers.

    ``days`` are days of the app's time zone from the first purchase to the last. Below the minimum of ``people`` or ``days``
    (``least``) it is not ``ready`` and has no cells. ``spent`` sums the property ``amount``; null without one.
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
    """Runs at one node of a journey: how many arrived, are waiting there, and were ended there by an event."""

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
    """An app at a glance. ``events`` counts those from outside, ``derived`` those that Relance emitted."""

    people: int
    events: int
    derived: int
    first_event_at: int | None
    last_event_at: int | None
    segments: list[SegmentRow]
    journeys: list[JourneyRow]
    messages: Outcome
    not_sent: int
