"""Events and merges as the columns of history's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from relance.events.batch_columns import columns_of
from relance.events.history_spots import spot_columns
from relance.events.model import Batch, HistoryMerge
from relance.events.seen import message_hashes

Column = npt.NDArray[Any]
#: Columns by name, in the order of the table.
Rows = dict[str, Column]


def event_rows(partition: int, batch: Batch) -> Rows:
    """A batch as columns."""
    events = batch.events
    columns = columns_of(batch)
    hashes = np.array(batch.hashes, dtype=np.uint64) if batch.hashes else message_hashes(events)
    latitudes, longitudes = spot_columns([e.context for e in events])
    return {
        "app_id": columns.app_id.astype(np.int32),
        "event": np.array(columns.names, dtype=object)[columns.name],
        "person_id": columns.person,
        "occurred_at": columns.occurred_at,
        "received_at": columns.received_at,
        "partition": np.full(len(events), partition, dtype=np.int32),
        "position": columns.position,
        "message_hash": hashes,
        "message_id": np.array([e.message_id for e in events], dtype=object),
        "kind": np.array([e.kind for e in events], dtype=object),
        "late": columns.late,
        "properties": np.array([e.body.decode() for e in events], dtype=object),
        "context": np.array([e.context.decode() for e in events], dtype=object),
        "anonymous_id": np.array([e.anonymous_id for e in events], dtype=object),
        "user_id": np.array([e.user_id for e in events], dtype=object),
        "latitude": latitudes,
        "longitude": longitudes,
    }


def merged_rows(merges: Sequence[HistoryMerge], root_of: Mapping[tuple[int, int], int]) -> dict[tuple[int, int, int], int]:
    """(app, person, position) → root, for each merge and for each person that had been folded into its ``from_id``.

    ``root_of`` knows the roots of everyone near: of those named, and of those who share a root with them.
    """
    known = dict(root_of)
    members: dict[tuple[int, int], list[int]] = {}
    for (app_id, person), root in known.items():
        members.setdefault((app_id, root), []).append(person)
    rows: dict[tuple[int, int, int], int] = {}  # one row a person and position
    for one in merges:
        source = known.get((one.app_id, one.from_id), one.from_id)
        target = known.get((one.app_id, one.into_id), one.into_id)
        if source == target:
            continue
        moved = [source, *members.pop((one.app_id, source), ())]
        members.setdefault((one.app_id, target), []).extend(moved)
        for person in moved:
            known[one.app_id, person] = target
            rows[one.app_id, person, one.position] = target
    return rows


def merge_rows(partition: int, rows: Mapping[tuple[int, int, int], int]) -> Rows | None:
    """What ``merged_rows`` gave as columns; None where nothing is merged."""
    if not rows:
        return None
    columns = np.array([(*key, into) for key, into in rows.items()], dtype=np.int64).T
    app_ids, persons, positions, intos = (np.ascontiguousarray(column) for column in columns)
    merged = {"app_id": app_ids.astype(np.int32), "from_id": persons, "into_id": intos}
    return merged | {"partition": np.full(len(rows), partition, dtype=np.int32), "position": positions}
