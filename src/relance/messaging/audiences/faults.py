"""How many messages of an audience could not be rendered, and from which share on the audience stops. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from relance.messaging.model import DeliveryState, SkipReason
from relance.messaging.outcome import DeliveryOutcome

LEAST_RENDERED = 100  # below, one person's missing value would say too much
MOST_REMEMBERED = 1_000  # audiences
_AFTER_RENDERING = frozenset((SkipReason.RENDER_ERROR.value, SkipReason.MISSING_VALUE.value, SkipReason.COMPLAINTS.value))
_LEFT = frozenset((DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN))


class Rendered(NamedTuple):
    """Messages that were rendered, and those of them that failed."""

    total: int = 0
    failed: int = 0


def with_outcomes(before: Mapping[int, Rendered], outcomes: Iterable[DeliveryOutcome]) -> dict[int, Rendered]:
    """Audience → what was rendered, with what came of these attempts. What is tried again is counted once."""
    found = dict(before)
    for each in outcomes:
        audience = each.row["audience_id"]
        if audience and each.row["attempts"] == 1 and _was_rendered(each):
            known = found.get(audience, Rendered())
            is_fault = each.reason == SkipReason.RENDER_ERROR.value
            found[audience] = Rendered(known.total + 1, known.failed + is_fault)
    return found


def without_faults(rendered: Mapping[int, Rendered]) -> dict[int, Rendered]:
    """What is not written down yet, since nothing of it failed; of the latest audiences."""
    kept = {audience: each for audience, each in rendered.items() if not each.failed}
    return dict(sorted(kept.items())[-MOST_REMEMBERED:])


def is_too_often(rendered: int, failed: int, most_percent: float) -> bool:
    """Whether so many failures among so many rendered messages stop an audience."""
    return rendered >= LEAST_RENDERED and failed * 100 > rendered * most_percent


def _was_rendered(outcome: DeliveryOutcome) -> bool:
    if outcome.state is DeliveryState.SKIPPED:
        return outcome.reason in _AFTER_RENDERING
    return outcome.state in _LEFT or outcome.was_tried
