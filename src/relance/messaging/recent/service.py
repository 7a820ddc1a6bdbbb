"""The door to the newest events of people: kept by the tick for the names that messages need, filled with what history has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.events.model import Batch, Kind, Name, heard_name
from relance.infra.database import is_postgres
from relance.messaging.recent import store
from relance.messaging.recent.model import MOST_INSTANTS, Recent, count_after, happened, joined
from relance.messaging.recent.store import KeptEvent, Key, kept_events, read
from relance.users.reach import read_roots

__all__ = [
    "MOST_INSTANTS",
    "Arranged",
    "KeptEvent",
    "PastEvent",
    "Recent",
    "are_arranged",
    "are_filled",
    "arrange",
    "count_after",
    "fill",
    "follow_merge",
    "forget",
    "is_kept_kind",
    "kept_events",
    "observe",
    "read",
]

PastEvent = tuple[int, int, str, str]
"""Person (as the event had it), when it happened, its ``event_key``, its properties as JSON."""

_KINDS = frozenset((Kind.TRACK.value, Kind.PAGE.value, Kind.SCREEN.value, Kind.DERIVED.value))
_SPACE = 0x726563  # first key of the advisory locks on an app's newest events; the second is the app
_DELETED_AT_ONCE = 1_000


def _hold(connection: Connection, app_id: int) -> None:
    """Others wait until this transaction ends: a row is read, joined and written. On SQLite writers are alone anyway."""
    if is_postgres(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SPACE, app_id)))


def observe(connection: Connection, batch: Batch) -> None:
    """Keep what the tick's events add, whenever they happened."""
    kept = {(each.app_id, each.event): each.counted for each in kept_events(connection)}
    names = {event for _, event in kept}
    if not names or not batch.may_have(names):
        return
    new: dict[Key, Recent] = {}
    for event, person in zip(batch.events, batch.persons, strict=True):
        if event.name in names and (event.app_id, event.name) in kept and is_kept_kind(event.kind, event.name):
            counted = kept[event.app_id, event.name]
            _add(new, (event.app_id, event.name, person), happened(event.occurred_at, event.key, event.body), counted=counted)
    _join(connection, new, kept)


def is_kept_kind(kind: str, name: str) -> bool:
    """Whether templates may see such an event: no tests, and no events of others under names of ours."""
    return kind in _KINDS and bool(heard_name(name, kind)) and name != Name.MESSAGE_TESTED


def _add(found: dict[Key, Recent], key: Key, one: Recent, *, counted: bool) -> None:
    before = found.get(key)
    found[key] = one if before is None else joined(before, one, counted=counted)


def _join(connection: Connection, new: Mapping[Key, Recent], kept: Mapping[tuple[int, str], bool]) -> None:
    """Write these joined with what is there."""
    for app_id in sorted({key[0] for key in new}):
        mine = {key: each for key, each in new.items() if key[0] == app_id}
        _hold(connection, app_id)
        there = read(connection, app_id, {key[1] for key in mine}, {key[2] for key in mine})
        both = {}
        for key, each in mine.items():
            before = there.get(key[1:])
            both[key] = joined(each, before or each, counted=kept[key[:2]])
        store.write(connection, both)


def follow_merge(connection: Connection, app_id: int, from_person: int, into_person: int) -> None:
    """Let a merged person's newest events be the other's, too."""
    kept = {(each.app_id, each.event): each.counted for each in kept_events(connection) if each.app_id == app_id}
    if not kept:
        return
    _hold(connection, app_id)
    events = [event for _, event in kept]
    moved = read(connection, app_id, events, [from_person])
    store.delete_of_person(connection, app_id, from_person, events)
    _join(connection, {(app_id, event, into_person): each for (event, _), each in moved.items()}, kept)


def forget(connection: Connection, app_id: int, person_id: int) -> None:
    """Delete a deleted person's."""
    events = [each.event for each in kept_events(connection) if each.app_id == app_id]
    if events:
        _hold(connection, app_id)
        store.delete_of_person(connection, app_id, person_id, events)


class Arranged(NamedTuple):
    """Which events history must fill, and whether something has to be deleted yet: then arrange it again."""

    unfilled: list[KeptEvent]
    is_deleting: bool


def arrange(connection: Connection, wanted: Mapping[tuple[int, str], bool]) -> Arranged:
    """Keep these events, as (app, name) → whether they are counted, and no others, which are deleted bit by bit."""
    kept = {(each.app_id, each.event): each for each in kept_events(connection)}
    is_deleting = False
    for key in kept.keys() - wanted.keys():
        _hold(connection, key[0])
        if store.delete_some(connection, *key, _DELETED_AT_ONCE) < _DELETED_AT_ONCE:
            store.forget_kept(connection, kept[key])
        else:
            store.write_kept(connection, KeptEvent(*key, kept[key].counted))  # wanted again, it must be filled again
            is_deleting = True
    for key, counted in sorted(wanted.items()):
        before = kept.get(key)
        if before is None or (counted and not before.counted):  # of what is counted no longer more is kept than is needed
            store.write_kept(connection, KeptEvent(*key, counted))
    return Arranged([each for each in kept_events(connection) if not each.is_filled and each[:2] in wanted], is_deleting)


def are_arranged(connection: Connection, wanted: Mapping[tuple[int, str], bool]) -> bool:
    """Whether these are kept and filled, and no others."""
    kept = {(each.app_id, each.event): each for each in kept_events(connection)}
    return kept.keys() == wanted.keys() and all(_may_be_told(kept[key], counted) for key, counted in wanted.items())


def fill(connection: Connection, kept: KeptEvent, past: Iterable[PastEvent]) -> bool:
    """Add what history has, up to ``kept.filled_to``. False: the event is not kept any more, or otherwise."""
    _hold(connection, kept.app_id)
    if not store.note_filled(connection, kept):
        return False
    events = list(past)
    roots = read_roots(connection, kept.app_id, sorted({person for person, *_ in events})) if events else {}
    new: dict[Key, Recent] = {}
    for person, occurred_at, key, properties in events:
        if person in roots:  # else they were deleted
            place = (kept.app_id, kept.event, roots[person])
            _add(new, place, happened(occurred_at, key, properties), counted=kept.counted)
    _join(connection, new, {(kept.app_id, kept.event): kept.counted})
    return True


def are_filled(connection: Connection, wanted: Mapping[tuple[int, str], bool]) -> dict[tuple[int, str], bool]:
    """Of each of these, whether it may be told: all of it is there, and counted where it must be."""
    kept = {(each.app_id, each.event): each for each in kept_events(connection)}
    return {key: _may_be_told(kept.get(key), counted) for key, counted in wanted.items()}


def _may_be_told(kept: KeptEvent | None, counted: bool) -> bool:
    return kept is not None and kept.is_filled and (kept.counted or not counted)
