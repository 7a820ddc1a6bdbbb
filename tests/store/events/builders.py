"""Builders of events and batches for the tests of the stores."""

from __future__ import annotations

from relance.events.model import Batch, Event


def make_event(
    number: int,
    *,
    app_id: int = 1,
    body: bytes | None = None,
    name: str = "Order Completed",
    user_id: str | None = None,
    anonymous_id: str = "",
) -> Event:
    """Event ``m<number>``, which happened at ``number`` seconds."""
    return Event(
        app_id,
        "track",
        name,
        f"m{number}",
        user_id=f"u{number % 7}" if user_id is None else user_id,
        anonymous_id=anonymous_id,
        occurred_at=number * 1000,
        received_at=number * 1000 + 5,
        body=b'{"n":%d}' % number if body is None else body,
    )


def make_batch(numbers: list[int], first_position: int, persons: list[int] | None = None) -> Batch:
    events = [make_event(number) for number in numbers]
    return Batch(events, persons or [1 + number % 5 for number in numbers], [False] * len(events), first_position)
