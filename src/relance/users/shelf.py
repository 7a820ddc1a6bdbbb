"""People who were not met of late, packed into columns: what the store would tell of them, in a third of a profile's memory.

A generation of the working set that has ended is laid on top as a layer; beyond the room there is, the undermost layer is
taken away. Of a person, or of an id, the topmost layer that has it tells. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.users.profile import Profile

_NUMBERS = ("id", "first_seen", "last_seen", "session_at", "active_at", "session_count", "session_ms", "version", "created_at")
_numbers_of = attrgetter(*_NUMBERS)
_own_words_of = attrgetter("external_id", "session_key")
_words_of = attrgetter("country", "timezone", "language", "origins", "about")  # the same of many people, who share them
_NOBODY = 0

Numbers = NDArray[np.int64]
Words = NDArray[np.object_]


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
        named, devices = _hashes(users), _hashes(anonymous)
        for layer in self._layers:
            layer.forget(person)
            layer.users.forget(*named)
            layer.anonymous.forget(*devices)


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
        return np.where(self._has(places, hashes, checks), self._persons[places], _NOBODY)

    def forget(self, hashes: Numbers, checks: Numbers) -> None:
        """Let these name nobody."""
        if len(self):
            places = _places(self._hashes, hashes)
            self._persons[places[self._has(places, hashes, checks)]] = _NOBODY

    def _has(self, places: NDArray[np.intp], hashes: Numbers, checks: Numbers) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = (self._hashes[places] == hashes) & (self._checks[places] == checks)
        return same


class _Layer:
    """One generation. Who was forgotten since has no place."""

    def __init__(self, people: Collection[Profile], users: Mapping[str, int], anonymous: Mapping[str, int]) -> None:
        ids = np.fromiter(map(attrgetter("id"), people), np.int64, len(people))
        order = np.argsort(ids)
        self.users, self.anonymous = _Ids(users), _Ids(anonymous)
        self._ids: Numbers = ids[order]
        self._numbers = [np.array(column, dtype=np.int64)[order] for column in zip(*map(_numbers_of, people), strict=True)]
        self._own = [_objects(column)[order] for column in zip(*map(_own_words_of, people), strict=True)]
        shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._words = _objects([shared.setdefault(words, words) for words in map(_words_of, people)])[order]
        self._here = np.ones(len(order), dtype=np.bool_)

    def __len__(self) -> int:
        return max(len(self._ids), len(self.users), len(self.anonymous))

    def find(self, persons: Numbers) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The place of each, and whether the layer has it."""
        if not len(self._ids):
            return np.zeros(len(persons), dtype=np.intp), np.zeros(len(persons), dtype=np.bool_)
        places = _places(self._ids, persons)
        return places, (self._ids[places] == persons) & self._here[places]

    def profiles(self, places: NDArray[np.intp]) -> list[Profile]:
        """New profiles of the people at these places."""
        columns = (column[places].tolist() for column in (*self._numbers, *self._own, self._words))
        return [
            Profile(
                id_,
                external,
                first,
                last,
                session,
                active,
                key,
                count,
                ms,
                country,
                zone,
                language,
                origins,
                version,
                made,
                about,
            )
            for id_, first, last, session, active, count, ms, version, made, external, key, words in zip(*columns, strict=True)
            for country, zone, language, origins, about in (words,)
        ]

    def forget(self, person: int) -> None:
        """Let the layer not have the person."""
        places, there = self.find(np.array([person], dtype=np.int64))
        self._here[places[there]] = False


def _objects(values: Sequence[Any]) -> Words:
    """A column of what may be tuples, which would else be taken for a table."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _places(ascending: Numbers, wanted: Numbers) -> NDArray[np.intp]:
    """Where each of the wanted would be, always a place that there is; ``ascending`` is not empty."""
    places = np.searchsorted(ascending, wanted)
    places[places == len(ascending)] = 0
    return places


def _hashes(values: Collection[str]) -> tuple[Numbers, Numbers]:
    """Two hashes of each; no id has a NUL in it, so that the second is of a text that is no id."""
    firsts = np.fromiter(map(hash, values), np.int64, len(values))
    return firsts, np.fromiter([hash(value + "\x00") for value in values], np.int64, len(values))
