"""The properties of many events of one name, as columns: each body is decoded once, and only what somebody asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from relance.segments.live.paged import Bools, Ids
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
_PLAIN_TYPES = (frozenset((int,)), frozenset((float,)), frozenset((int, float)))


class Bodies:
    """Columns by path (``cart.total``). A body that is no object has no properties."""

    def __init__(self, bodies: Texts, names: frozenset[str]) -> None:
        """``names`` are those of the outermost members that will be asked for."""
        self._bodies = bodies
        self._names = names
        self._members: dict[str, list[Any]] | None = None
        self._mappings: list[Mapping[str, Any]] | None = None
        self._values: dict[str, list[Any]] = {}
        self._numbers: dict[str, Numbers] = {}

    def __len__(self) -> int:
        return len(self._bodies)

    def values(self, path: str) -> list[Any]:
        """The value of each, None where it is missing."""
        found = self._values.get(path)
        if found is None:
            name, _, rest = path.partition(".")
            found = self._outermost()[name]
            if rest:
                found = [read_property(value, rest) if isinstance(value, Mapping) else None for value in found]
            self._values[path] = found
        return found

    def numbers(self, path: str) -> Numbers:
        """Each read as a number; NaN where it is none."""
        found = self._numbers.get(path)
        if found is None:
            found = self._numbers[path] = _numbers(self.values(path))
        return found

    def mappings(self) -> list[Mapping[str, Any]]:
        """All the properties of each."""
        if self._mappings is None:
            self._mappings = [read_body(body) for body in self._bodies]
        return self._mappings

    def _outermost(self) -> dict[str, list[Any]]:
        if self._members is None:
            self._members = _split(self._bodies, tuple(sorted(self._names)))
        return self._members


class Where:
    """Tests of properties, all of which an event must pass."""

    def __init__(self, predicates: Sequence[Predicate]) -> None:
        self._tests = [_column_tester(predicate) for predicate in predicates]
        self.names = names_of(predicate.property for predicate in predicates)

    def __bool__(self) -> bool:
        return bool(self._tests)

    def passing(self, bodies: Bodies) -> Bools:
        """Who passes."""
        answer = np.ones(len(bodies), np.bool_)
        for test in self._tests:
            answer &= test(bodies)
        return answer


def names_of(paths: Iterable[str]) -> frozenset[str]:
    """The outermost members that these paths begin with."""
    return frozenset(path.partition(".")[0] for path in paths)


def read_body(body: bytes | str) -> Mapping[str, Any]:
    """The properties of an event; what is no object has none."""
    decoded = _decode(body)
    return decoded if isinstance(decoded, dict) else {}


def amounts(numbers: Numbers) -> tuple[Ids, Ids]:
    """Where numbers are amounts, and these (``as_amount``)."""
    places = (np.abs(numbers) <= LARGEST_AMOUNT).nonzero()[0]
    return places, np.floor(numbers[places] * AMOUNT_UNITS + 0.5).astype(np.int64)


def _column_tester(predicate: Predicate) -> Callable[[Bodies], Bools]:
    path, is_, value = predicate.property, predicate.is_, predicate.value
    if is_ in _ORDER and isinstance(value, int | float):
        compare, wanted = _ORDER[is_], as_double(value)
        return lambda bodies: compare(bodies.numbers(path), wanted)
    test = tester(Predicate("value", is_, value))
    return lambda bodies: np.fromiter((test({"value": each}) for each in bodies.values(path)), np.bool_, len(bodies))


def _numbers(values: list[Any]) -> Numbers:
    if frozenset(map(type, values)) in _PLAIN_TYPES:
        try:
            return np.array(values, np.float64)
        except OverflowError:  # an integer larger than any double
            pass
    read = map(as_number, values)
    return np.array([np.nan if number is None else number for number in read], np.float64)


def _split(bodies: Texts, names: tuple[str, ...]) -> dict[str, list[Any]]:
    fields, decode = _decoder(names)
    if not bodies:
        return {name: [] for name in names}
    raw = [body.encode() if isinstance(body, str) else body for body in bodies]
    try:
        found = decode(b"[%b]" % b",".join(raw))
    except msgspec.ValidationError:  # not all of them are objects
        mappings = [read_body(body) for body in raw]
        return {name: [each.get(name) for each in mappings] for name in names}
    return {name: list(map(attrgetter(field), found)) for name, field in fields}


@lru_cache(maxsize=1_024)
def _decoder(names: tuple[str, ...]) -> tuple[list[tuple[str, str]], Callable[[bytes], list[Any]]]:
    """Decodes a list of objects into structs of the members that are asked for."""
    fields = [(name, f"m{place}") for place, name in enumerate(names)]
    shape = msgspec.defstruct(
        "Members", [(field, Any, None) for _, field in fields], rename={field: name for name, field in fields}, gc=False
    )
    return fields, msgspec.json.Decoder(list[shape]).decode  # type: ignore[valid-type]
