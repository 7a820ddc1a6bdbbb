"""Which partition a person belongs to. Person ids are handed out in blocks, so that an id implies its partition. Pure.

With a single partition ids simply count up from 1.
"""

from __future__ import annotations

from relance.core.ids import hash64

BLOCK = 4_096  # consecutive ids of one partition; live columns use pages of the same size
MOST = 56  # partitions; each has columns of its own, and a bit in an event's flags (64) that marks what it forwarded


Bounds = tuple[int, int, int]
"""``(modulus, low, high)``: an id belongs to a partition if ``low <= id % modulus <= high``."""


def of_person(person_id: int, partitions: int) -> int:
    """The partition that created a person's id, where that person lives."""
    return person_id // BLOCK % partitions


def of_name(app_id: int, name: str, partitions: int) -> int:
    """The partition that sees a user id or an anonymous id first."""
    return hash64(app_id, name) % partitions if partitions > 1 else 0


def first_id(partition: int) -> int:
    """The id of the first person of a partition."""
    return partition * BLOCK or 1


def id_after(person_id: int, partitions: int) -> int:
    """The next id of the same partition."""
    following = person_id + 1
    return following if following % BLOCK else following + (partitions - 1) * BLOCK


def bounds(partition: int, partitions: int) -> Bounds:
    """The range of a partition's ids, as a test that works in Python and in any SQL."""
    return partitions * BLOCK, partition * BLOCK, (partition + 1) * BLOCK - 1
