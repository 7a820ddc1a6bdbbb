"""Public interface of figures: of all deliveries, on the record or not, and how they are kept and counted again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.messaging import store as deliveries
from relance.messaging.figures.rebuilding import Rebuilt, erase, past_delivery, rebuild
from relance.messaging.figures.store import KeptOrigin, add, has_any, kept_of
from relance.messaging.figures.tally import SKIPPED
from relance.messaging.model import MessageFigures, SkippedCount, SkipReason

__all__ = [
    "KeptOrigin",
    "Rebuilt",
    "add",
    "erase",
    "figures",
    "past_delivery",
    "rebuild",
    "skipped",
    "was_kept",
]

_NOTHING: dict[str, Any] = {name: 0 for name, kind in MessageFigures.__annotations__.items() if kind == "int"}


def figures(connection: Connection, app_id: int) -> list[MessageFigures]:
    """What each message came to, by journey and node, without what it brought."""
    found: dict[tuple[int, int, str], dict[str, Any]] = {
        (each.message_id, each.journey_id, each.node): msgspec.structs.asdict(each)
        for each in deliveries.figures(connection, app_id)
    }
    for one in kept_of(connection, app_id):
        place = {"message_id": one.message_id, "journey_id": one.journey_id, "node": one.node}
        sums = found.setdefault((one.message_id, one.journey_id, one.node), {**_NOTHING, **place, "channel": ""})
        sums[one.figure] += one.deliveries
        sums["channel"] = sums["channel"] or one.channel
    return [MessageFigures(**sums) for _, sums in sorted(found.items())]


def skipped(connection: Connection, app_id: int) -> list[SkippedCount]:
    """How many were not sent, by message and reason."""
    counts = {(each.message_id, each.reason): each.count for each in deliveries.skipped_counts(connection, app_id)}
    for one in kept_of(connection, app_id):
        if one.figure == SKIPPED:
            key = (one.message_id, SkipReason(one.part))
            counts[key] = counts.get(key, 0) + one.deliveries
    return [SkippedCount(*key, count) for key, count in sorted(counts.items()) if count]


def was_kept(connection: Connection, app_id: int, messages: Iterable[int]) -> bool:
    """Whether any delivery of these messages was trimmed."""
    return has_any(connection, app_id, messages)
