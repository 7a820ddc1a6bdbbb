"""Properties of many events of one name as columns: each body is decoded once, and only for the members needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from relance.core.paths import path_names, path_of
from relance.segments.live.columns.person_column import Bools, Ids
from relance.segments.live.columns.value_hash import Identities, ValueHashes
from relance.segments.rule.conditions import Predicate
from relance.segments.rule.predicate import read_property, tester
from relance.segments.rule.values import AMOUNT_UNITS, LARGEST_AMOUNT, as_double, as_number

Texts = Sequence[bytes] | Sequence[str]
Numbers = NDArray[np.float64]

_decode = msgspec.json.Decoder().decode
_ORDER: dict[str, Callable[[Numbers, float], Bools]] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}
_PLAIN_TYPES = frozenset((int, float))


class Bodies:
    """Columns by path (``cart.total``). A body that is not an object has no properties."""

    def __init__(self, bodies: Texts, names: frozenset[str]) -> None:
        """``names`` are the outermost members that will be needed."""
        self._read = _Read(bodies, names)
        self._places: Ids | None = None

    def at(self, places: Ids) -> Bodies:
        """The bodies at these places, sharing the decoding with all others."""
        some = copy(self)
        some._places = places if self._places is None else self._places[places]
        return some

    def __len__(self) -> int:
        return len(self._read) if self._places is None else self._places.size

    def values(self, path: str) -> list[Any]:
        """The value of each, None if missing."""
        found = self._read.values(path)
        return found if self._places is None else [found[place] for place in self._places.tolist()]

    def numbers(self, path: str) -> Numbers:
        """Each as a number; NaN if it is not one."""
        found = self._read.numbers(path)
        return found if self._places is None else found[self._places]

    def identities(self, path: str, identities: Identities) -> ValueHashes:
        """Hashes that identify the values."""
        found = self._read.identities(path, identities)
        return found if self._places is None else ValueHashes(found.bits[self._places], found.known[self._places])

    def mappings(self) -> list[Mapping[str, Any]]:
        """All properties of each."""
        return [self._read.mapping(place) for place in (range(len(self)) if self._places is None else self._places.tolist())]


class _Read:
    """The columns decoded so far, for all bodies."""

    def __init__(self, bodies: Texts, names: frozenset[str]) -> None:
        self._bodies = bodies
        self._names = names
        self._members: dict[str, list[Any]] | None = None
        self._mappings: dict[int, Mapping[str, Any]] = {}
        self._values: dict[str, list[Any]] = {}
        self._numbers: dict[str, Numbers] = {}
        self._identities: dict[str, ValueHashes] = {}

    def __len__(self) -> int:
        return len(self._bodies)

    def values(self, path: str) -> list[Any]:
        found = self._values.get(path)
        if found is None:
            name, *rest = path_names(path)
            found = self._outermost()[name]
            if rest:
                within = path_of(*rest)
                found = [read_property(value, within) if isinstance(value, Mapping) else None for value in found]
            self._values[path] = found
        return found

    def numbers(self, path: str) -> Numbers:
        found = self._numbers.get(path)
        if found is None:
            found = self._numbers[path] = _numbers(self.values(path))
        return found

    def identities(self, path: str, identities: Identities) -> ValueHashes:
        found = self._identities.get(path)
        if found is None:
            found = self._identities[path] = identities.column(self.values(path))
        return found

    def mapping(self, place: int) -> Mapping[str, Any]:
        found = self._mappings.get(place)
        if found is None:
            found = self._mappings[place] = read_body(self._bodies[place])
        return found

    def _outermost(self) -> dict[str, list[Any]]:
        if self._members is None:
            self._members = _split(self._bodies, tuple(sorted(self._names)))
        return self._members


class Where:
    """Tests on properties, all of which an event must pass."""

    def __init__(self, predicates: Sequence[Predicate]) -> None:
        self._tests = [_column_tester(predicate) for predicate in predicates]
        self.names = names_of(predicate.property for predicate in predicates)

    def __bool__(self) -> bool:
        return bool(self._tests)

    def passing(self, bodies: Bodies) -> Bools:
        """Which events pass."""
        answer = np.ones(len(bodies), np.bool_)
        for test in self._tests:
            answer &= test(bodies)
        return answer


def names_of(paths: Iterable[str]) -> frozenset[str]:
    """The outermost members of these paths."""
    return frozenset(path_names(path)[0] for path in paths)


def read_body(body: bytes | str) -> Mapping[str, Any]:
    """An event's properties; none if it is not an object."""
    decoded = _decode(body)
    return decoded if isinstance(decoded, dict) else {}


def amounts(numbers: Numbers) -> tuple[Ids, Ids]:
    """For numbers that are amounts: these (``as_amount``)."""
    places = (np.abs(numbers) <= LARGEST_AMOUNT).nonzero()[0]
    return places, np.floor(numbers[places] * AMOUNT_UNITS + 0.5).astype(np.int64)


def _column_tester(predicate: Predicate) -> Callable[[Bodies], Bools]:
    path, is_, value = predicate.property, predicate.is_, predicate.value
    if is_ in _ORDER and isinstance(value, int | float):
        compare, wanted = _ORDER[is_], as_double(value)
        return lambda bodies: compare(bodies.numbers(path), wanted)
    test = tester(msgspec.structs.replace(predicate, property="value"))
    return lambda bodies: np.fromiter((test({"value": each}) for each in bodies.values(path)), np.bool_, len(bodies))


def _numbers(values: list[Any]) -> Numbers:
    plain = _PLAIN_TYPES
    if not plain.issuperset(map(type, values)):
        values = [value if type(value) in plain else as_number(value) for value in values]
    try:
        return np.array(values, np.float64)  # None is NaN
    except OverflowError:  # an integer larger than any double
        return np.array([as_number(value) for value in values], np.float64)


def _split(bodies: Texts, names: tuple[str, ...]) -> dict[str, list[Any]]:
    fields, decode = _decoder(names)
    if not bodies:
        return {name: [] for name in names}
    raw = cast("Sequence[bytes]", bodies if isinstance(bodies[0], bytes) else [cast("str", body).encode() for body in bodies])
    try:
        found = decode(b"[%b]" % b",".join(raw))
    except msgspec.ValidationError:  # some are not objects
        mappings = [read_body(body) for body in raw]
        return {name: [each.get(name) for each in mappings] for name in names}
    return {name: list(map(attrgetter(field), found)) for name, field in fields}


@lru_cache(maxsize=1_024)
def _decoder(names: tuple[str, ...]) -> tuple[list[tuple[str, str]], Callable[[bytes], list[Any]]]:
    """Decodes a list of objects into structs of the needed members."""
    fields = [(name, f"m{place}") for place, name in enumerate(names)]
    shape = msgspec.defstruct(
        "Members", [(field, Any, None) for _, field in fields], rename={field: name for name, field in fields}, gc=False
    )
    return fields, msgspec.json.Decoder(list[shape]).decode  # type: ignore[valid-type]
