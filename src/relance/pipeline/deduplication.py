"""Stage 2 of a tick: each event counts once, and an app has only so many names of events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from relance.core.time import DAY
from relance.events.model import Event, Flag, Kind, Note, Reason
from relance.events.names import MOST_NAMES
from relance.pipeline.partition_context import PartitionContext
from relance.pipeline.rejections import Rejections
from relance.pipeline.tick_result import TickResult

SEEN_FOR = 7 * DAY  # ids are kept this long; older events are checked against history instead
FRESH, DUPLICATE, CONFLICT = 0, 1, 2
TOO_MANY = f"The app has {MOST_NAMES:,} names of events already, and this is another: what varies belongs into properties."
REUSED = "An event with this messageId and other ids or another name came before. This is another one, and was taken."
CHANGED = "An event with this messageId and other content was accepted before."


class FreshEvents(NamedTuple):
    """Events that were not seen before, in their order, each with the hash of its message id."""

    events: Sequence[Event]
    hashes: list[int]


def fresh_events(
    parts: PartitionContext,
    events: Sequence[Event],
    returned: Iterable[int],
    now: int,
    rejections: Rejections,
    result: TickResult,
) -> FreshEvents:
    """The events not seen before; one that repeats an id with other content is refused.

    ``returned`` are the places of those that this partition has sent on itself, which it knows and nobody has settled.
    """
    seen, names = parts.seen, parts.names
    verdicts = seen.admit(events, now)
    for index in returned:
        verdicts[index] = FRESH
    hashes: list[int] = seen.hashes.tolist()
    for index in sorted(_mark_known(parts, events, hashes, verdicts, now)):
        if verdicts[index] == FRESH:
            rejections.note(events[index], Note.REUSED_ID, REUSED)
    refused = set() if names.has_all(seen.apps, seen.named) else names.refused(events)
    if not any(verdicts) and not refused:
        return FreshEvents(events, hashes)
    kept: list[Event] = []
    their_hashes: list[int] = []
    for event, value, verdict in zip(events, hashes, verdicts, strict=True):
        if verdict == FRESH and refused and (event.app_id, event.name) in refused:
            rejections.refuse(event, Reason.TOO_MANY_NAMES, TOO_MANY)
        elif verdict == FRESH:
            kept.append(event)
            their_hashes.append(value)
        elif verdict == CONFLICT and event.kind != Kind.DERIVED.value:  # of what we derive the id is the cause: the first stands
            rejections.refuse(event, "duplicate_id", CHANGED)
        else:
            result.duplicates += 1
    return FreshEvents(kept, their_hashes)


def _mark_known(parts: PartitionContext, events: Sequence[Event], hashes: list[int], verdicts: list[int], now: int) -> set[int]:
    """Of events too old for the table of seen ids, of imported ones and of those under an id that was used before: mark those
    that history has already. Returns those whose message id other events had."""
    oldest, imported, reused = now - SEEN_FOR, Flag.IMPORTED.value, parts.seen.reused
    asked: dict[int, dict[int, list[int]]] = {}
    found: set[int] = set()
    for index in {*reused, *(at for at, each in enumerate(events) if each.occurred_at < oldest or each.flags & imported)}:
        if verdicts[index] == FRESH:
            asked.setdefault(events[index].app_id, {}).setdefault(hashes[index], []).append(index)
    for app_id, wanted in asked.items():
        for value, *one in parts.history.known(app_id, wanted):
            for index in wanted[value]:
                event = events[index]
                if [event.name, event.user_id, event.anonymous_id] == one:
                    verdicts[index] = DUPLICATE
                else:
                    found.add(index)
    return found | later_of_same_id(events, reused)


def later_of_same_id(events: Sequence[Event], indexes: Sequence[int]) -> set[int]:
    """Of the events at some indexes, ascending, those that another of them precedes under the same message id."""
    first: set[tuple[int, str]] = set()
    found: set[int] = set()
    for index in indexes:
        key = events[index].app_id, events[index].message_id
        if key in first:
            found.add(index)
        first.add(key)
    return found
