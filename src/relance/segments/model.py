"""What the segments package returns: segments, membership changes, previews. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from relance.core.error_text import ErrorText
from relance.events.model import Name
from relance.segments.rule.tree import Rule

#: The events of membership changes, and the word for each.
CHANGES = {Name.SEGMENT_ENTERED.value: "entered", Name.SEGMENT_LEFT.value: "left", Name.SEGMENT_MERGED.value: "merged"}


class SegmentState(StrEnum):
    """A segment's state."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class Segment(msgspec.Struct, frozen=True):
    """A saved rule of one app. ``version`` counts edits and guards against concurrent ones; ``hash`` is equal for equal
    meanings.
    """

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
    """A segment after one edit."""

    version: int
    name: str
    rule: Rule
    created_at: int
    created_by: str


class RuleActivation(msgspec.Struct, frozen=True):
    """The activation of a new or edited rule at an instant (ms): this many people entered and left without events."""

    segment_id: int
    taken_up_at: int
    entered: int
    left: int


class Change(msgspec.Struct, frozen=True, gc=False):
    """A person entered or left a segment, or was merged into another (``merged``) while being a member.

    ``occurred_at`` is the instant of truth in ms: that of the event which caused it, or the instant its window closed. ``late``
    is true if only late events caused it, so that journeys may ignore it.
    """

    app_id: int
    segment_id: int
    person_id: int
    entered: bool
    occurred_at: int
    late: bool = False
    merged: bool = False


class Dependent(msgspec.Struct, frozen=True):
    """Something that depends on a segment: another segment, a journey, or a frequency cap with a tier for it."""

    kind: Literal["segment", "journey", "cap"]
    id: int
    name: str


def dependent_text(dependent: Dependent) -> ErrorText:
    """What depends, inside a sentence."""
    if dependent.kind == "segment":
        return ErrorText("dependent_segment", "segment “{name}”", name=dependent.name)
    if dependent.kind == "cap":
        return ErrorText("dependent_cap", "cap “{name}”", name=dependent.name)
    return ErrorText("dependent_journey", "journey “{name}”", name=dependent.name)


class SegmentPage(msgspec.Struct, frozen=True):
    """Segments by id; ``next`` is the id to continue after, or None at the end."""

    items: list[Segment]
    next: int | None


class Preview(msgspec.Struct, frozen=True):
    """The people matching a rule at the instant ``at`` (ms): their number, their first ids, and further ones spread evenly, for
    estimates.
    """

    count: int
    sample: list[int]
    at: int = 0
    spread: list[int] = []


class Stage(StrEnum):
    """The progress of a segment towards being live."""

    WAITING = "waiting"  # others come first
    READING = "reading"  # reading history
    DECIDING = "deciding"  # deciding each person
    JOINING = "joining"  # done; the next tick takes it over


class Building(msgspec.Struct, frozen=True):
    """A segment being built from history: until done, its members are unknown, or its former rule applies.

    ``share`` is the progress from 0 to 1; ``read`` of ``events`` positions of history are read, ``people`` are decided.
    ``began_at`` is real time (ms), None while others come first. After ``tries`` failures it started over.
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
    """The cost of keeping a rule live: its distinct ``conditions``, those already ``live`` for another segment, and for the
    others an upper bound of ``bytes`` of memory and of ``events`` of history to read once.
    """

    conditions: int
    live: int
    bytes: int
    events: int
