"""The record of deliveries is kept for so many days. After that a delivery is a number in the figures, and its events in history.

Whatever may still be asked for stays: what waits or is under way, what may yet be credited, what was credited (its order may be
given back years later), what a cap counts, and what a run on the record has asked for, or the run, played again, would ask once
more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.messaging import trimming_store as store
from relance.messaging.confirming import OF_NO_MESSAGE
from relance.messaging.figures.service import KeptOrigin, add
from relance.messaging.figures.tally import INSTANTS, DeliveryCourse, FigurePlace, FigureSums
from relance.messaging.model import DeliveryState
from relance.messaging.saved import service as saved
from relance.messaging.sent import service as sent
from relance.messaging.short_links import service as short_links
from relance.messaging.trimming_store import RecordPlace

SLICE = 500  # deliveries looked at in one transaction
SENT_ROWS = 50  # rows of what was sent, each of up to some hundred deliveries, deleted in one transaction
_OVER = frozenset((DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.SKIPPED, DeliveryState.UNKNOWN))

RunsOnRecord = Callable[[Connection, Collection[str]], set[str]]
"""Which of these runs are on the record; journeys lie above this package, so they are asked through the caller."""


class Trimmed(NamedTuple):
    """What one slice came to. ``at``: how far the record was looked through; None: to its end."""

    deliveries: int
    at: RecordPlace | None


def may_go(row: Mapping[str, Any], cutoff: int) -> bool:
    """Whether a delivery, but for its run, is of no more use: all of it was over before ``cutoff`` (ms). Pure."""
    if row["state"] not in _OVER or row["conversions"]:
        return False
    instants = [row["created_at"], row["reserved_at"], row["sent_at"], *(row[f"{name}_at"] for name in INSTANTS)]
    if row["sent_at"] is not None:
        instants.append(row["sent_at"] + row["goal_length"])
    return all(each is None or each < cutoff for each in instants)


def trim(connection: Connection, cutoff: int, runs_on_record: RunsOnRecord, after: RecordPlace | None = None) -> Trimmed:
    """Take the next slice of what is older than ``cutoff`` off the record and add it to the figures that are kept."""
    rows, at = store.oldest(connection, cutoff, after, SLICE)
    going = [row for row in rows if may_go(row, cutoff)]
    held = runs_on_record(connection, {row["run_id"] for row in going if row["run_id"]})
    going = [row for row in going if row["run_id"] not in held]
    if going:
        sums = {origin: FigureSums() for origin in KeptOrigin}
        for row in going:
            if not row["is_test"] and row["message_id"] != OF_NO_MESSAGE:
                place = FigurePlace(row["app_id"], row["message_id"], row["journey_id"], row["node"])
                sums[KeptOrigin.TRIMMED if row["person_id"] else KeptOrigin.ERASED].add(place, row["channel"], _course(row))
        for origin, counts in sums.items():
            add(connection, counts, origin)
        ids = [row["id"] for row in going]
        short_links.remove(connection, ids)
        store.remove(connection, ids)
    return Trimmed(len(going), at)


def trim_sent(connection: Connection, before: int) -> int:
    """Forget the next slice of what was sent before an instant; returns how many. With the last go the versions of messages that
    nothing is shown by any more."""
    done = sent.trim(connection, before, SENT_ROWS)
    if done < SENT_ROWS:
        saved.trim_versions(connection, before)
    return done


def _course(row: Mapping[str, Any]) -> DeliveryCourse:
    happened = [name for name in INSTANTS if row[f"{name}_at"] is not None]
    return DeliveryCourse(row["state"], row["reason"], bool(row["goal_event"]), happened)
