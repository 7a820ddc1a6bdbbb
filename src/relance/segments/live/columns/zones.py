"""Each person's own time zone, maintained while a condition depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from relance.segments.live.columns.person_column import Ids, PersonColumn
from relance.segments.rule.own_zone import own_zone


class Zones:
    """A small number per person; 0 is an unknown zone."""

    def __init__(self) -> None:
        self._number = PersonColumn(np.int16, 0)
        self._names = [""]
        self._numbers = {"": 0}

    def put(self, people: Ids, traits: list[Mapping[str, Any]]) -> Ids:
        """Set zones from these people's traits; returns where one changed."""
        numbers = np.array([self._number_of(own_zone(each)) for each in traits], np.int16)
        changed: Ids = (numbers != self._number.get(people)).nonzero()[0]
        self._number.set(people[changed], numbers[changed])
        return changed

    def of(self, person: int) -> str:
        """The person's zone; "" if unknown."""
        return self._names[int(self._number.one(person))]

    def forget(self, person: int) -> None:
        self._number.set(np.array([person]), 0)

    def _number_of(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        return number

    @property
    def nbytes(self) -> int:
        return self._number.nbytes
