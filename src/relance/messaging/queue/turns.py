"""Whose turn it is among queues. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from relance.messaging.queue.model import QueueHead
from relance.restraint.model import Lane

URGENT: Final = Lane.TRANSACTIONAL.value  # the lane of what somebody waits for
ALL_RANKS: Mapping[int, int] = {}
MOST_PASSES = 8  # over what is due, by priority


def passes(heads: Sequence[QueueHead]) -> list[Mapping[int, int]]:
    """App → the lowest rank whose turn it is, pass by pass: the first ranks of all apps, then the second …, then all there is."""
    ranks: dict[int, set[int]] = {}
    for head in heads:
        ranks.setdefault(head.key.app_id, {0}).add(head.key.rank)
    ordered = {app_id: sorted(those) for app_id, those in ranks.items()}
    most = min(MOST_PASSES, max(map(len, ordered.values()), default=1))
    turns = [{app_id: those[min(turn, len(those) - 1)] for app_id, those in ordered.items()} for turn in range(most - 1)]
    return [*turns, ALL_RANKS]


def urgent_first(heads: Sequence[QueueHead]) -> list[list[QueueHead]]:
    """What somebody waits for, and all else; what there is of them."""
    urgent = [head for head in heads if head.key.lane == URGENT]
    other = [head for head in heads if head.key.lane != URGENT]
    return [some for some in (urgent, other) if some]


def in_turns(heads: Sequence[QueueHead], last_app: int) -> Iterator[tuple[int, list[QueueHead]]]:
    """App by app, from the one after ``last_app``; of each its queues by rank."""
    by_app: dict[int, list[QueueHead]] = {}
    for head in heads:
        by_app.setdefault(head.key.app_id, []).append(head)
    for app_id in sorted(by_app, key=lambda each: (each <= last_app, each)):
        yield app_id, sorted(by_app[app_id], key=lambda head: (head.key.rank, head.id))


def after(heads: Sequence[QueueHead], last_queue: int) -> list[QueueHead]:
    """Queues of one rank, from the one after ``last_queue``."""
    return sorted(heads, key=lambda head: (head.id <= last_queue, head.id))
