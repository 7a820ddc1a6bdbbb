"""Profiles as one partition's live segments see them: only its own people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from relance.core.partitions import of_person
from relance.users.service import read_traits


def read_own_traits(partition: int, partitions: int) -> Any:
    """``read_traits`` restricted to one partition's people."""

    def read(connection: Connection, app_id: int, asked: frozenset[str] = frozenset()) -> Iterator[tuple[int, Mapping[str, Any]]]:
        for person, traits in read_traits(connection, app_id, asked):
            if of_person(person, partitions) == partition:
                yield person, traits

    return read
