"""A tick's batch as columns: made once, read by history and by live segments."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from relance.events.model import Batch

Column = npt.NDArray[Any]

_APP, _NAME, _OCCURRED_AT, _RECEIVED_AT = map(attrgetter, ("app_id", "name", "occurred_at", "received_at"))


class BatchColumns(NamedTuple):
    """One place an event, in log order. ``name`` counts in ``names``, the distinct names of the events."""

    app_id: Column
    person: Column
    occurred_at: Column
    received_at: Column
    late: Column
    position: Column
    name: Column
    names: tuple[str, ...]


def columns_of(batch: Batch) -> BatchColumns:
    """The batch's columns, which stay with it."""
    if not isinstance(batch.columns, BatchColumns):
        batch.columns = _made(batch)
    return batch.columns


def _made(batch: Batch) -> BatchColumns:
    events, count = batch.events, len(batch.events)
    position = np.array(batch.positions, np.int64) if batch.positions else np.arange(count) + batch.first_position
    app_id, occurred_at, received_at = (
        np.fromiter(map(read, events), np.int64, count) for read in (_APP, _OCCURRED_AT, _RECEIVED_AT)
    )
    written = list(map(_NAME, events))
    codes = {name: code for code, name in enumerate(dict.fromkeys(written))}
    name = np.fromiter(map(codes.__getitem__, written), np.int64, count)
    late, person = np.array(batch.late, np.bool_), np.array(batch.persons, np.int64)
    return BatchColumns(app_id, person, occurred_at, received_at, late, position, name, tuple(codes))
