"""Errors of segments."""

from __future__ import annotations

from relance.core.errors import ConflictError, InvalidError, NotFoundError


class RuleError(InvalidError):
    """The rule is not valid; ``data["path"]`` names the place in it, for example ``rule.all[1].window.last``."""

    code = "invalid_rule"


class SegmentNotFoundError(NotFoundError):
    """This app has no such segment."""

    code = "segment_not_found"


class SegmentConflictError(ConflictError):
    """The segment was changed since it was read, is archived, or another active segment has that name."""

    code = "segment_conflict"


class SegmentBuildingError(ConflictError):
    """The segment is new and being built from history: its members are not known yet. ``data["share"]`` is the progress from 0 to
    1.
    """

    code = "segment_building"


class SegmentInUseError(ConflictError):
    """Something depends on the segment; ``data["dependents"]`` lists it as ``{"kind": "segment" or "journey", "id", "name"}``."""

    code = "segment_in_use"


class TooManyEventsError(InvalidError):
    """The person has more events relevant to the rule than an explanation visits."""

    code = "too_many_events"
