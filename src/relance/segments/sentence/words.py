"""What a language must define to word a rule: the templates that ``grammar`` fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from relance.segments.rule.days import Period

Language = Literal["en", "fr"]


class Counted(NamedTuple):
    """A text for one, and one with a placeholder for any other number."""

    one: str
    many: str


class Deed(NamedTuple):
    """An act: "did “X”", "has not done “X”", "has never done “X”", and where it may stop: "doing “X”"."""

    did: str
    not_done: str
    never: str
    doing: str = ""


class Test(NamedTuple):
    """One operator: about a person ("plan is “pro”"), negated, and as part of an event ("with plan “pro”")."""

    is_so: str
    is_not: str
    with_: str


@dataclass(frozen=True)
class Words:
    """One language. Placeholders are named where their order differs between languages."""

    quote: str
    decimal_point: str
    thousands: str
    percent: str
    true: str
    false: str
    and_: str
    or_: str
    comma: str
    # lengths and windows
    lengths: Mapping[str, Counted]
    last: Mapping[str, Counted]
    first: Mapping[str, Counted]
    before: Mapping[str, Counted]
    ago: str
    ahead: str
    between_ago: str
    calendar: Mapping[str, str]
    zone: str
    own_zone: str
    own_zone_else: str
    only: str
    # dates
    months: tuple[str, ...]
    date: str
    first_of_month: str
    at: str
    from_to: str
    on: str
    since: str
    until: str
    dated: str
    # comparisons
    once: str
    twice: str
    times: str
    count: Mapping[str, str]
    amount: Mapping[str, str]
    plain: Mapping[str, str]
    days: Counted
    values: Counted
    total: Mapping[str, tuple[str, str]]
    moment: Mapping[str, str]
    first_time: str
    last_time: str
    # conditions
    deed: Deed
    session: Deed
    messages: Mapping[str, Deed]
    tests: Mapping[str, Test]
    relative: Mapping[str, Test]
    with_: str
    followed: str
    unfollowed: str
    without: str
    same: str
    rhythm: tuple[str, str]
    stages: Mapping[str, tuple[str, str]]
    period_before: Mapping[Period, str]
    unopened: tuple[Counted, Counted]
    segment: tuple[str, str]
    list: tuple[str, str]
    segment_number: str
    bucket: tuple[str, str]
    unknown_is: str
    facts: Mapping[str, str]
    device: tuple[str, str]
    subscriptions: Mapping[str, tuple[str, str]]
    consents: Mapping[str, tuple[str, str]]
    any_topic: str
    spot: str
    within: tuple[str, str]
    inside: tuple[str, str]
    corners_more: str
    came_within: Deed
    came_inside: Deed
    metres: str
    kilometres: str
    slice: tuple[str, str]
    draw: str
    # messages as objects
    a_message: str
    any_message: str
    message_named: str
    message_number: str
    of_journey: str
    journey_number: str
    by_channel: str
    channels: Mapping[str, str]
