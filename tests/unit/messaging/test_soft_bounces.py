"""Five in a row: in the order of sending, whatever the order of notices."""

from __future__ import annotations

from typing import Any

import pytest

from relance.messaging.complaints.model import enough_to_know, is_too_often
from relance.messaging.soft_bounces import is_given_up


def sent(fates: str) -> list[dict[str, Any]]:
    """s: came back; p: through the sender's fault; .: nothing came back; d: arrived after all; h: for good."""
    types = {"s": "soft", "p": "sender", ".": "", "d": "soft", "h": "hard"}
    return [
        {
            "id": str(place),
            "bounce_type": types[fate],
            "delivered_at": 1 if fate == "d" else None,
            "opened_at": None,
            "clicked_at": None,
        }
        for place, fate in enumerate(fates)
    ]


@pytest.mark.parametrize(
    ("fates", "this", "expected"),
    [
        ("sssss", 0, True),
        ("ssss", 0, False),
        ("sssss", 4, True),
        ("..sssss", 2, True),
        ("ss.sss", 0, False),
        ("sspspss", 0, True),
        ("ppppp", 0, False),
        ("ssdss", 0, False),
        ("sssssd", 3, True),
        ("s.sssss", 0, False),
        ("", 0, False),
    ],
)
def test_five_in_a_row(fates: str, this: int, *, expected: bool) -> None:
    assert is_given_up(sent(fates), str(this), 5) is expected


@pytest.mark.parametrize(
    ("delivered", "complained", "expected"),
    [(1_000, 3, True), (1_000, 2, False), (999, 500, False), (10_000, 30, True), (10_001, 30, False), (1_000, 0, False)],
)
def test_three_in_a_thousand_of_at_least_a_thousand(delivered: int, complained: int, *, expected: bool) -> None:
    assert is_too_often(delivered, complained) is expected
    assert is_too_often(min(delivered, enough_to_know(complained)), complained) is expected
