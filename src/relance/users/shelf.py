"""People who were not met of late, packed into columns: what the store would tell of them, in a third of a profile's memory.

A generation of the working set that has ended is laid on top as a layer; beyond the room there is, the undermost layer is
taken away. Of a person, or of an id, the topmost layer that has it tells. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.users.profile import Profile

#: A profile's columns in the order in which it is made.
_COLUMNS: dict[str, type] = {
    "id": np.int64,
    "external_id": object,
    "first_seen": np.int64,
    "last_seen": np.int64,
    "session_at": np.int64,
    "active_at": np.int64,
    "session_key": object,
    "session_count": np.int64,
    "session_ms": np.int64,
    "country": object,
    "timezone": object,
    "language": object,
    "origins": object,
    "version": np.int64,
    "created_at": np.int64,
    "about": object,
}
_SHARED = frozenset(("session_key", "country", "timezone", "language", "origins", "about"))  # the same text for many people
_ROW = attrgetter(*_COLUMNS)
_NOBODY = 0

Numbers = NDArray[np.int64]


class Shelf:
    """The layers of one app."""

    def __init__(self) -> None:
        self._layers: list[_Layer] = []  # the newest first

    def __len__(self) -> int:
        return sum(map(len, self._layers))

    def lay(self, people: Collection[Profile], users: Mapping[str, int], anonymous: Mapping[str, int]) -> None:
        """Put a generation on top. Of the profiles nothing may be unwritten; their traits are let go."""
        layer = _Layer(people, users, anonymous)
        if len(layer):
            self._layers.insert(0, layer)

    def shorten(self) -> None:
        """Take the undermost layer away."""
        self._layers.pop()

    def users(self, values: Collection[str]) -> dict[str, int]:
        """User id → person, of those that are here. The person may be part of another by now."""
        return _named(values, [layer.users for layer in self._layers])

    def anonymous(self, values: Collection[str]) -> dict[str, int]:
        """The same for anonymous ids."""
        return _named(values, [layer.anonymous for layer in self._layers])

    def people(self, persons: Collection[int]) -> dict[int, Profile]:
        """Person → profile, of those that are here."""
        found: dict[int, Profile] = {}
        wanted = np.array(sorted(persons) if self._layers else [], dtype=np.int64)
        for layer in self._layers:
            if not len(wanted):
                break
            places, there = layer.find(wanted)
            found.update((profile.id, profile) for profile in layer.profiles(places[there]))
            wanted = wanted[~there]
        return found

    def forget(self, person: int, users: Collection[str] = (), anonymous: Collection[str] = ()) -> None:
        """A person is not there any more, nor are the ids given: whoever asks for them asks the store."""
        for layer in self._layers:
            layer.forget(person)
            layer.users.forget(users)
            layer.anonymous.forget(anonymous)


def _named(values: Collection[str], layers: list[_Ids]) -> dict[str, int]:
    """The person of each value that one of the layers has, the first first."""
    if not layers or not values:
        return {}
    hashes, checks = _hashes(values)
    order = np.argsort(hashes)
    hashes, checks = hashes[order], checks[order]
    persons = np.full(len(order), _NOBODY)
    for layer in layers:
        left = np.flatnonzero(persons == _NOBODY)
        persons[left] = layer.find(hashes[left], checks[left])
    named = np.empty_like(persons)
    named[order] = persons
    return {value: person for value, person in zip(values, named.tolist(), strict=True) if person}


class _Ids:
    """Texts that name persons, by two hashes of 64 bits with a key that no other process has. The texts are not kept."""

    def __init__(self, named: Mapping[str, int]) -> None:
        hashes, checks = _hashes(named)
        order = np.argsort(hashes)
        self._hashes, self._checks = hashes[order], checks[order]
        self._persons = np.fromiter(named.values(), np.int64, len(named))[order]

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, hashes: Numbers, checks: Numbers) -> Numbers:
        """The person of each, 0 where there is none. Quickest for hashes in order."""
        if not len(self):
            return np.full(len(hashes), _NOBODY)
        places = _places(self._hashes, hashes)
        same = (self._hashes[places] == hashes) & (self._checks[places] == checks)
        return np.where(same, self._persons[places], _NOBODY)

    def forget(self, values: Collection[str]) -> None:
        """Let these name nobody."""
        hashes, checks = _hashes(values)
        for first, second in zip(hashes, checks, strict=True):
            self._persons[(self._hashes == first) & (self._checks == second)] = _NOBODY


class _Layer:
    """One generation. Who was forgotten since has no place."""

    def __init__(self, people: Collection[Profile], users: Mapping[str, int], anonymous: Mapping[str, int]) -> None:
        rows = sorted(map(_ROW, people), key=itemgetter(0))
        self.users, self.anonymous = _Ids(users), _Ids(anonymous)
        columns = zip(*rows, strict=True) if rows else iter([()] * len(_COLUMNS))
        self._columns = [_column(name, values) for name, values in zip(_COLUMNS, columns, strict=True)]
        self._ids: Numbers = self._columns[0]
        self._here = np.ones(len(rows), dtype=np.bool_)

    def __len__(self) -> int:
        return max(len(self._ids), len(self.users), len(self.anonymous))

    def find(self, persons: Numbers) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The place of each, and whether the layer has it."""
        if not len(self._ids):
            return np.zeros(len(persons), dtype=np.intp), np.zeros(len(persons), dtype=np.bool_)
        places = _places(self._ids, persons)
        return places, (self._ids[places] == persons) & self._here[places]

    def profiles(self, places: NDArray[np.intp]) -> Iterator[Profile]:
        """New profiles of the people at these places."""
        return map(Profile, *(column[places].tolist() for column in self._columns))

    def forget(self, person: int) -> None:
        """Let the layer not have the person."""
        places, there = self.find(np.array([person], dtype=np.int64))
        self._here[places[there]] = False


def _column(name: str, values: tuple[Any, ...]) -> NDArray[Any]:
    if name in _SHARED:
        texts = {value: value for value in values}
        values = tuple(map(texts.__getitem__, values))
    return np.fromiter(values, _COLUMNS[name], len(values))


def _places(ascending: Numbers, wanted: Numbers) -> NDArray[np.intp]:
    """Where each of the wanted would be, always a place that there is; ``ascending`` is not empty."""
    places = np.searchsorted(ascending, wanted)
    places[places == len(ascending)] = 0
    return places


def _hashes(values: Collection[str]) -> tuple[Numbers, Numbers]:
    """Two hashes of each; no id has a NUL in it, so that the second is of a text that is no id."""
    firsts = np.fromiter(map(hash, values), np.int64, len(values))
    return firsts, np.fromiter([hash(value + "\x00") for value in values], np.int64, len(values))
