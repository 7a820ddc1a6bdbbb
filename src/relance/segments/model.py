"""What the segments package hands out: segments, membership changes, previews. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from relance.core.error_text import ErrorText
from relance.events.model import Name
from relance.segments.rule.tree import Rule

#: The events that say how a membership changed, and the word for each.
CHANGES = {Name.SEGMENT_ENTERED.value: "entered", Name.SEGMENT_LEFT.value: "left", Name.SEGMENT_MERGED.value: "merged"}


class SegmentState(StrEnum):
    """Where a segment is in its life."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class Segment(msgspec.Struct, frozen=True):
    """A saved rule of one app. ``version`` counts edits and guards them; ``hash`` says whether two rules mean the same."""

    id: int
    app_id: int
    name: str
    rule: Rule
    hash: str
    version: int
    state: SegmentState
    created_at: int
    updated_at: int
    created_by: str


class Version(msgspec.Struct, frozen=True):
    """A segment as it stood after one edit."""

    version: int
    name: str
    rule: Rule
    created_at: int
    created_by: str


class Uptake(msgspec.Struct, frozen=True):
    """A new or edited rule was taken up at an instant (ms): so many entered and left by it, of whom no event tells."""

    segment_id: int
    taken_up_at: int
    entered: int
    left: int


class Change(msgspec.Struct, frozen=True, gc=False):
    """A person entered or left a segment, or became part of another person (``merged``) while being a member.

    ``occurred_at`` is the instant of truth in ms: that of the event which caused it, or the instant its window closed.
    ``late`` is true where only late events caused it, so that journeys may pass over it.
    """

    app_id: int
    segment_id: int
    person_id: int
    entered: bool
    occurred_at: int
    late: bool = False
    merged: bool = False


class Dependent(msgspec.Struct, frozen=True):
    """What depends on a segment: another segment, or a journey."""

    kind: Literal["segment", "journey"]
    id: int
    name: str


def dependent_text(dependent: Dependent) -> ErrorText:
    """What depends, inside a sentence."""
    if dependent.kind == "segment":
        return ErrorText("dependent_segment", "segment “{name}”", name=dependent.name)
    return ErrorText("dependent_journey", "journey “{name}”", name=dependent.name)


class SegmentPage(msgspec.Struct, frozen=True):
    """Segments in order of id; ``next`` is the id to go on after, or None at the end."""

    items: list[Segment]
    next: int | None


class Preview(msgspec.Struct, frozen=True):
    """Who a rule holds at the instant ``at`` (ms): how many people, the first of their ids, and more of them spread evenly, for
    estimates.
    """

    count: int
    sample: list[int]
    at: int = 0
    spread: list[int] = []


class Stage(StrEnum):
    """Where a segment is on its way to be live."""

    WAITING = "waiting"  # others come first
    READING = "reading"  # history
    DECIDING = "deciding"  # about each person
    JOINING = "joining"  # done, and taken up by the next tick


class Building(msgspec.Struct, frozen=True):
    """A segment that is being built from history: until it is done nobody knows who is in, or its former rule holds.

    ``share`` is how much of the way is done, from 0 to 1; ``read`` of ``events`` positions of history are read, ``people`` have
    been decided. ``began_at`` is in real time (ms), None while others come first. After ``tries`` failures it began anew.
    """

    segment: int
    is_new: bool
    stage: Stage
    share: float
    read: int
    events: int
    people: int
    began_at: int | None
    tries: int = 0
    error: str = ""


class Cost(msgspec.Struct, frozen=True):
    """What keeping a rule live would cost: its distinct ``conditions``, those that are ``live`` for another segment already, and
    for the others at most about so many ``bytes`` of memory, and so many ``events`` of history to read once.
    """

    conditions: int
    live: int
    bytes: int
    events: int
