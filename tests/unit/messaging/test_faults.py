"""From which share of failures on an audience stops, and what is counted as one."""

from __future__ import annotations

from typing import Any

import pytest

from relance.messaging.audiences.faults import MOST_REMEMBERED, Rendered, is_too_often, with_outcomes, without_faults
from relance.messaging.model import DeliveryState, SkipReason
from relance.messaging.outcome import DeliveryOutcome


@pytest.mark.parametrize(
    ("rendered", "failed", "most", "stops"),
    [
        (99, 99, 5.0, False),
        (100, 5, 5.0, False),
        (100, 6, 5.0, True),
        (1_000_000, 50_000, 5.0, False),
        (1_000_000, 50_001, 5.0, True),
        (100, 1, 0.0, True),
        (100, 0, 0.0, False),
        (100, 100, 100.0, False),
    ],
)
def test_more_than_the_share_of_at_least_a_hundred_stops_it(rendered: int, failed: int, most: float, stops: bool) -> None:
    assert is_too_often(rendered, failed, most) is stops


def outcome(state: str, reason: str = "", audience: int = 7, attempts: int = 1, **about: Any) -> DeliveryOutcome:
    return DeliveryOutcome({"audience_id": audience, "attempts": attempts}, 0, DeliveryState(state), reason, **about)


def test_what_was_rendered_is_counted_once_and_what_never_was_is_not() -> None:
    outcomes = [
        outcome("sent"),
        outcome("failed"),
        outcome("unknown"),
        outcome("pending"),  # to be tried again
        outcome("sent", attempts=2),  # it was counted at its first attempt
        outcome("pending", SkipReason.CAPPED.value, is_untried=True),
        outcome("skipped", SkipReason.EXPIRED.value),
        outcome("skipped", SkipReason.MISSING_VALUE.value),
        outcome("skipped", SkipReason.RENDER_ERROR.value),
        outcome("sent", audience=0),
        outcome("sent", audience=8),
    ]
    found = with_outcomes({7: Rendered(10, 0)}, outcomes)
    assert found == {7: Rendered(16, 1), 8: Rendered(1, 0)}
    assert without_faults(found) == {8: Rendered(1, 0)}


def test_not_more_audiences_are_remembered_than_there_is_room_for() -> None:
    kept = without_faults({number: Rendered(1, 0) for number in range(MOST_REMEMBERED + 5)})
    assert (len(kept), min(kept)) == (MOST_REMEMBERED, 5)
