"""Suggestions for writing rules: properties with their kinds and values, from a sample of what arrived.

The sample of an event is its newest occurrences in the 30 days before the last one; that of traits is the newest people. Samples
are cached for a minute, so that typing queries history once.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from relance.core.encoding import from_json
from relance.core.time import DAY
from relance.events.service import EVENTS
from relance.infra.database import reading
from relance.pipeline.partition_context import PartitionContext
from relance.users.service import newest_traits

Kind = Literal["text", "number", "boolean", "date", "list"]

SAMPLE = 2_000  # events, or people
REACH = 30 * DAY
KEPT_SECONDS = 60.0
MOST_KEPT = 64  # samples
MOST_PROPERTIES = 200
MOST_VALUES = 50
MOST_DEPTH = 4
LONGEST_VALUE = 200  # characters; longer texts are not offered


class Property(msgspec.Struct, frozen=True):
    """A property that arrived: its path with dots, its kinds of value, most frequent first, and in how many records."""

    name: str
    kinds: list[Kind]
    count: int


class SampledValue(msgspec.Struct, frozen=True):
    """A value that arrived, and in how many records of the sample."""

    value: Any
    count: int


class Sample:
    """Counts over a sample of bodies."""

    def __init__(self, bodies: Iterable[Mapping[str, Any]]) -> None:
        self.size = 0
        self._counts: Counter[str] = Counter()
        self._kinds: dict[str, Counter[Kind]] = {}
        self._values: dict[str, Counter[Any]] = {}
        for body in bodies:
            self.size += 1
            for name, value in _leaves(body, "", 1):
                self._note(name, value)

    def _note(self, name: str, value: Any) -> None:
        kind = _kind(value)
        if kind is None or (name not in self._counts and len(self._counts) >= 10 * MOST_PROPERTIES):
            return
        self._counts[name] += 1
        self._kinds.setdefault(name, Counter())[kind] += 1
        seen = self._values.setdefault(name, Counter())
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | int | float | bool) and not (isinstance(one, str) and len(one) > LONGEST_VALUE):
                seen[type(one) is bool, one] += 1  # True is not 1

    def properties(self) -> list[Property]:
        """Most frequent first."""
        found = sorted(self._counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_PROPERTIES]
        return [Property(name, [kind for kind, _ in self._kinds[name].most_common()], count) for name, count in found]

    def values(self, name: str) -> list[SampledValue]:
        """Most frequent first; a property whose values never repeat fills the list."""
        found = sorted(self._values.get(name, Counter()).items(), key=lambda each: (-each[1], str(each[0][1])))
        return [SampledValue(value, count) for (_, value), count in found[:MOST_VALUES]]


class Suggestions:
    """Samples of all apps. Thread-safe."""

    def __init__(self, parts: PartitionContext) -> None:
        self._parts = parts
        self._kept: OrderedDict[tuple[int, str | None], tuple[float, Sample]] = OrderedDict()
        self._lock = threading.Lock()

    def properties(self, app: int, event: str | None = None) -> dict[str, Any]:
        """Properties of an event, or of people if none is given."""
        sample = self._sample(app, event)
        return {"sampled": sample.size, "items": msgspec.to_builtins(sample.properties())}

    def values(self, app: int, of: str, event: str | None = None) -> dict[str, Any]:
        """Values of one property."""
        sample = self._sample(app, event)
        return {"sampled": sample.size, "items": msgspec.to_builtins(sample.values(of))}

    def _sample(self, app: int, event: str | None) -> Sample:
        key, now = (app, event), time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and now - kept[0] < KEPT_SECONDS:
                return kept[1]
        sample = Sample(self._of_people(app) if event is None else self._of_event(app, event))
        with self._lock:
            self._kept[key] = (now, sample)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return sample

    def _of_event(self, app: int, event: str) -> Iterator[Mapping[str, Any]]:
        mine = (EVENTS.c.app_id == app, EVENTS.c.event == event)
        last = self._parts.history.run(sa.select(sa.func.max(EVENTS.c.occurred_at)).where(*mine))[0][0]
        if last:  # one engine returns NULL for no rows, the other 0
            recent = sa.select(EVENTS.c.properties).where(*mine, EVENTS.c.occurred_at > last - REACH)
            for (text,) in self._parts.history.run(recent.order_by(EVENTS.c.occurred_at.desc()).limit(SAMPLE)):
                yield from_json(text)

    def _of_people(self, app: int) -> list[dict[str, Any]]:
        with reading(self._parts.state) as connection:
            return newest_traits(connection, app, SAMPLE)


def _leaves(value: Mapping[str, Any], path: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        here = f"{path}{name}"
        if isinstance(inner, Mapping):
            if depth < MOST_DEPTH:
                yield from _leaves(inner, f"{here}.", depth + 1)
        else:
            yield here, inner


def _kind(value: Any) -> Kind | None:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "list"
    if not isinstance(value, str):
        return None
    looks_dated = len(value) >= 10 and value[:4].isdigit() and value[4] == value[7] == "-"
    return "date" if looks_dated and value[5:7].isdigit() and value[8:10].isdigit() else "text"
