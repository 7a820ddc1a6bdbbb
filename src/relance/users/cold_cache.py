"""People not seen recently, packed into columns: the store's content in a third of a profile's memory.

A retired generation of the working set becomes a layer on top; when space runs out, the bottom layer is dropped. Look-ups use the
topmost layer that has the id. A person is either here or in the working set, never in both, so that the content is always
current: people who are merely active stay here, and are updated in columns (``activity``). Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.users.activity import NUMBERS, Activity, Numbers, Words
from relance.users.profile import Profile

_numbers_of = attrgetter(*NUMBERS, "version", "created_at", "vouched")
_own_words_of = attrgetter("session_key", "external_id")
_words_of = attrgetter("country", "timezone", "language", "origins", "about")  # equal values, shared by many people
_NOBODY = 0

Spots = list[tuple["_Layer", NDArray[np.intp], NDArray[np.intp]]]
"""Where people are: per layer, the indexes of those found and their rows."""


class ColdCache:
    """The layers of one app."""

    def __init__(self) -> None:
        self._layers: list[_Layer] = []  # newest first

    def __len__(self) -> int:
        return sum(map(len, self._layers))

    def lay(self, people: Collection[Profile], users: Mapping[str, int], anonymous: Mapping[str, int]) -> None:
        """Add a generation on top. The profiles must have no unwritten changes; their traits are dropped."""
        layer = _Layer(people, users, anonymous)
        if len(layer):
            self._layers.insert(0, layer)

    def shorten(self) -> None:
        """Drop the bottom layer."""
        self._layers.pop()

    def users(self, values: Collection[str]) -> dict[str, int]:
        """User id → person, of those found here. The person may have been merged since."""
        return _named(values, [layer.users for layer in self._layers])

    def anonymous(self, values: Collection[str]) -> dict[str, int]:
        """The same for anonymous ids."""
        return _named(values, [layer.anonymous for layer in self._layers])

    def owners(self, users: Sequence[str], anonymous: Sequence[str]) -> list[int]:
        """For pairs of a user id and an anonymous id, one of which may be empty: the person that all given ids name, if it is
        here; else 0.
        """
        known, devices = (
            _owners(users, [layer.users for layer in self._layers]),
            _owners(anonymous, [layer.anonymous for layer in self._layers]),
        )
        without = np.fromiter(map(len, users), np.int64, len(users)) == 0
        alone = np.fromiter(map(len, anonymous), np.int64, len(anonymous)) == 0
        persons = np.where(without, devices, known)
        persons[(persons != devices) & ~alone] = _NOBODY
        return self.among(persons)

    def among(self, persons: Numbers) -> list[int]:
        """The persons, with 0 for those who are not here."""
        each, places = np.unique(persons, return_inverse=True)
        here = np.zeros(len(each), dtype=np.bool_)
        for _, chosen, _ in self.spots(each):
            here[chosen] = True
        found: list[int] = np.where(here[places], persons, _NOBODY).tolist()
        return found

    def spots(self, persons: Numbers) -> Spots:
        """The spots of those persons (ascending) who are here."""
        spots: Spots = []
        left = np.arange(len(persons))
        for layer in self._layers:
            if not len(left):
                break
            places, there = layer.find(persons[left])
            if there.any():
                spots.append((layer, left[there], places[there]))
                left = left[~there]
        return spots

    def activity(self, persons: Numbers, spots: Spots) -> Activity:
        """The activity of the persons at these spots, all of whom are here."""
        numbers = [np.empty(len(persons), dtype=np.int64) for _ in NUMBERS]
        keys = np.empty(len(persons), dtype=object)
        for layer, chosen, places in spots:
            for column, kept in zip(numbers, layer.activity, strict=True):
                column[chosen] = kept[places]
            keys[chosen] = layer.keys[places]
        return Activity._make((persons, *numbers, keys))

    def vouched(self, count: int, spots: Spots) -> NDArray[np.bool_]:
        """For each of so many persons whether they are vouched for; true for those not at these spots."""
        found = np.ones(count, dtype=np.bool_)
        for layer, chosen, places in spots:
            found[chosen] = layer.vouched[places]
        return found

    def put(self, activity: Activity, spots: Spots) -> None:
        """Replace their activity."""
        _, *numbers, keys = activity
        for layer, chosen, places in spots:
            for column, kept in zip(numbers, layer.activity, strict=True):
                kept[places] = column[chosen]
            layer.keys[places] = keys[chosen]

    def take(self, persons: Collection[int]) -> dict[int, Profile]:
        """Remove people: person → profile, of those that were here."""
        wanted = np.array(sorted(persons) if self._layers else [], dtype=np.int64)
        found: dict[int, Profile] = {}
        for layer, _, places in self.spots(wanted):
            found.update((profile.id, profile) for profile in layer.take(places))
        return found

    def forget(self, person: int, users: Collection[str] = (), anonymous: Collection[str] = ()) -> None:
        """A person was deleted, and so were the given ids: look-ups now go to the store."""
        named, devices = _hashes(users), _hashes(anonymous)
        for layer in self._layers:
            layer.forget(person)
            layer.users.forget(*named)
            layer.anonymous.forget(*devices)


def _named(values: Collection[str], layers: list[_Ids]) -> dict[str, int]:
    """The person of each value in any layer, topmost first."""
    return {value: person for value, person in zip(values, _owners(values, layers).tolist(), strict=True) if person}


def _owners(values: Collection[str], layers: list[_Ids]) -> Numbers:
    """The same as a column, 0 for none."""
    if not layers or not values:
        return np.full(len(values), _NOBODY)
    hashes, checks = _hashes(values)
    order = np.argsort(hashes)
    hashes, checks = hashes[order], checks[order]
    persons = np.full(len(order), _NOBODY)
    for layer in layers:
        left = np.flatnonzero(persons == _NOBODY)
        persons[left] = layer.find(hashes[left], checks[left])
    named = np.empty_like(persons)
    named[order] = persons
    return named


class _Ids:
    """Texts that name persons, as two 64-bit hashes keyed per process. The texts themselves are not kept."""

    def __init__(self, named: Mapping[str, int]) -> None:
        hashes, checks = _hashes(named)
        order = np.argsort(hashes)
        self._hashes, self._checks = hashes[order], checks[order]
        self._persons = np.fromiter(named.values(), np.int64, len(named))[order]

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, hashes: Numbers, checks: Numbers) -> Numbers:
        """The person of each, 0 if none. Fastest for hashes in order."""
        if not len(self):
            return np.full(len(hashes), _NOBODY)
        places = _places(self._hashes, hashes)
        return np.where(self._has(places, hashes, checks), self._persons[places], _NOBODY)

    def forget(self, hashes: Numbers, checks: Numbers) -> None:
        """Remove these."""
        if len(self):
            places = _places(self._hashes, hashes)
            self._persons[places[self._has(places, hashes, checks)]] = _NOBODY

    def _has(self, places: NDArray[np.intp], hashes: Numbers, checks: Numbers) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = (self._hashes[places] == hashes) & (self._checks[places] == checks)
        return same


class _Layer:
    """One generation. Removed people have no row."""

    def __init__(self, people: Collection[Profile], users: Mapping[str, int], anonymous: Mapping[str, int]) -> None:
        ids = np.fromiter(map(attrgetter("id"), people), np.int64, len(people))
        order = np.argsort(ids)
        self.users, self.anonymous = _Ids(users), _Ids(anonymous)
        self._ids: Numbers = ids[order]
        numbers = [np.array(column, dtype=np.int64)[order] for column in zip(*map(_numbers_of, people), strict=True)]
        own = [_objects(column)[order] for column in zip(*map(_own_words_of, people), strict=True)]
        self.activity, self._still = numbers[: len(NUMBERS)], numbers[len(NUMBERS) :]
        self.vouched = self._still[-1].astype(np.bool_) if self._still else np.zeros(0, dtype=np.bool_)
        self.keys, self._external = own or (_objects(()), _objects(()))
        shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._words = _objects([shared.setdefault(words, words) for words in map(_words_of, people)])[order]
        self._here = np.ones(len(order), dtype=np.bool_)

    def __len__(self) -> int:
        return max(len(self._ids), len(self.users), len(self.anonymous))

    def find(self, persons: Numbers) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Each one's row, and whether the layer has it."""
        if not len(self._ids):
            return np.zeros(len(persons), dtype=np.intp), np.zeros(len(persons), dtype=np.bool_)
        places = _places(self._ids, persons)
        return places, (self._ids[places] == persons) & self._here[places]

    def take(self, places: NDArray[np.intp]) -> list[Profile]:
        """New profiles of the people at these rows, who are removed."""
        self._here[places] = False
        columns = (self._ids, *self.activity, *self._still, self.keys, self._external, self._words)
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
                bool(vouched),
                about,
            )
            for id_, first, last, session, active, count, ms, version, made, vouched, key, external, words in zip(
                *(column[places].tolist() for column in columns), strict=True
            )
            for country, zone, language, origins, about in (words,)
        ]

    def forget(self, person: int) -> None:
        """Remove a person."""
        places, there = self.find(np.array([person], dtype=np.int64))
        self._here[places[there]] = False


def _objects(values: Sequence[Any]) -> Words:
    """An object column; its items may be tuples, which numpy would otherwise turn into a table."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _places(ascending: Numbers, wanted: Numbers) -> NDArray[np.intp]:
    """Where each of the wanted would be, always a valid index; ``ascending`` is not empty."""
    places = np.searchsorted(ascending, wanted)
    places[places == len(ascending)] = 0
    return places


def _hashes(values: Collection[str]) -> tuple[Numbers, Numbers]:
    """Two hashes of each; ids contain no NUL, so that the second is of a text that cannot be an id."""
    firsts = np.fromiter(map(hash, values), np.int64, len(values))
    return firsts, np.fromiter([hash(value + "\x00") for value in values], np.int64, len(values))
