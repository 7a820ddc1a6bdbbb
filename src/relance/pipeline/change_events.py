"""The events that say who entered and left, and whose session started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import numpy as np

from relance.core.encoding import to_json
from relance.core.ids import stable_beginning
from relance.events.causes import NO_CAUSES, Causes, causes_of, joined
from relance.events.model import Batch, Event, Flag, Kind, Name
from relance.events.service import EventBatch, EventTemplate
from relance.segments.membership import MembershipChanges
from relance.users.model import SESSION_STARTED, PersonSession

NO_CAUSE: Mapping[int, Causes] = MappingProxyType({})
_DERIVED, _IMPORTED, _NOTHING = Kind.DERIVED.value, Flag.IMPORTED.value, b"{}"
_NAMES = (Name.SEGMENT_LEFT.value, Name.SEGMENT_ENTERED.value, Name.SEGMENT_MERGED.value)
_LEFT, _ENTERED, _MERGED = range(3)
_NAME_BITS, _SEGMENT_BITS = 2, 32
_MANY = 16  # fewer sessions than that stand in the outbox as events, together with what is derived beside them


def membership_events(changes: MembershipChanges, causes: Mapping[int, Causes] = NO_CAUSE) -> EventBatch:
    """The events of membership changes; ids derive from the segment, the person and the instant of truth.

    ``causes`` are those of some of the changes, by index.
    """
    names = np.where(changes.entered, _ENTERED, np.where(changes.merged, _MERGED, _LEFT))
    keys = (((changes.apps << _SEGMENT_BITS) | changes.segments) << _NAME_BITS) | names
    kinds, words = np.unique(keys, return_inverse=True)
    flags = np.where(changes.late, Flag.IMPORTED.value, 0)
    said = [_word(key) for key in kinds.tolist()]
    words = words.astype(np.int64)
    further: dict[EventTemplate, int] = {}
    for place, cause in causes.items():
        word = said[int(words[place])]._replace(context=cause.context())
        words[place] = further.setdefault(word, len(said) + len(further))
    columns = (words, changes.people, changes.occurred_at, flags.astype(np.int64))
    return EventBatch([*said, *further], *(column.tobytes() for column in columns))


def causes_of_changes(changes: MembershipChanges, batch: Batch, ours: Iterable[int]) -> dict[int, Causes]:
    """The causes of changes, by index: of those that were late without an import, and of those caused by journeys.

    A change bears the instant of the event that made it. ``ours`` are the places of the events about people whom the program
    itself named: all that is derived is among them.
    """
    is_late = bool(changes.late.any())
    chains = _chains(batch, ours)
    if not is_late and not chains:
        return {}
    imported = {
        (event.app_id, batch.persons[index], event.occurred_at)
        for index, event in enumerate(batch.events if is_late else ())
        if event.flags & _IMPORTED and not causes_of(event).late
    }
    concerned = np.flatnonzero(changes.late | np.isin(changes.people, [person for _, person, _ in chains]))
    found: dict[int, Causes] = {}
    for number, change in zip(concerned.tolist(), changes.pick(concerned), strict=True):
        place = (change.app_id, change.person_id, change.occurred_at)
        causes = Causes(chains.get(place, ()), change.late and place not in imported)
        if causes != NO_CAUSES:
            found[number] = causes
    return found


def _chains(batch: Batch, ours: Iterable[int]) -> dict[tuple[int, int, int], tuple[int, ...]]:
    """The journeys that caused derived events, by app, person and instant."""
    chains: dict[tuple[int, int, int], tuple[int, ...]] = {}
    for index in ours:
        event = batch.events[index]
        if event.kind == _DERIVED and event.context != _NOTHING:
            chain = causes_of(event).caused_by
            if chain:
                place = (event.app_id, batch.persons[index], event.occurred_at)
                chains[place] = joined(chains.get(place, ()), chain)
    return chains


def _word(key: int) -> EventTemplate:
    name, segment = _NAMES[key & ((1 << _NAME_BITS) - 1)], (key >> _NAME_BITS) & ((1 << _SEGMENT_BITS) - 1)
    app_id = key >> (_NAME_BITS + _SEGMENT_BITS)
    beginning = stable_beginning(name, app_id, segment)
    return EventTemplate(app_id, name, beginning, to_json({"segment": segment}).encode())


def session_events(sessions: Sequence[PersonSession]) -> list[Event | EventBatch]:
    """The events of sessions that started; ids derive from the app, the person and the instant."""
    if not sessions:
        return []
    words: dict[tuple[int, str], int] = {}
    places = [words.setdefault((each.app_id, each.key), len(words)) for each in sessions]
    columns = (places, [each.person_id for each in sessions], [each.occurred_at for each in sessions], [0] * len(sessions))
    kinds = [_session_word(app_id, key) for app_id, key in words]
    batch = EventBatch(kinds, *(np.array(column, dtype=np.int64).tobytes() for column in columns))
    return [batch] if len(sessions) >= _MANY else [*batch.events()]


def _session_word(app_id: int, key: str) -> EventTemplate:
    return EventTemplate(
        app_id, SESSION_STARTED, _session_beginning(app_id), to_json({"session": key}).encode() if key else b"{}"
    )


@cache
def _session_beginning(app_id: int) -> str:
    return stable_beginning("session", app_id)
