"""History and profiles as one partition's live segments are to see them: its own people, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from relance.core.partitions import bounds, of_person
from relance.events.past import History
from relance.events.service import PropertyColumns
from relance.users.service import read_traits

_PERSON = "person_id"


class PartialHistory:
    """History with only the people of a partition in it.

    A query that tells of people of today has them in its first column, ``person_id``. Any other, and whatever is read as
    ``arrays``, says itself which rows it is about.
    """

    def __init__(self, history: History, partition: int, partitions: int) -> None:
        self._history = history
        self._modulus, self._low, self._high = bounds(partition, partitions)

    @property
    def columns(self) -> PropertyColumns:
        return self._history.columns

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return self._history.run(self._own(select))

    def arrays(self, select: sa.Select[Any]) -> list[NDArray[Any] | np.ma.MaskedArray[Any, Any]]:
        return self._history.arrays(select)

    def _own(self, select: sa.Select[Any]) -> sa.Select[Any]:
        first = next(iter(select.selected_columns))
        if first.name != _PERSON:
            return select
        rows = select.subquery("everywhere")
        own = sa.select(rows).where((rows.c[_PERSON] % self._modulus).between(self._low, self._high))
        return own.order_by(rows.c[_PERSON])


def read_own_traits(partition: int, partitions: int) -> Any:
    """``read_traits`` for the people of a partition."""

    def read(connection: Connection, app_id: int, asked: frozenset[str] = frozenset()) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for person, traits in read_traits(connection, app_id, asked):
            if of_person(person, partitions) == partition:
                yield person, traits

    return read
