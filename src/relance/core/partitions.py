"""Where a person lives: partitions share out person ids in blocks, so that an id tells its partition. Pure.

With one partition all of this is as if there were none: ids count from 1 upwards.
"""

from __future__ import annotations

from relance.core.ids import hash64

BLOCK = 4_096  # ids in a row of one partition: the live columns are kept in pages of as many
MOST = 56  # partitions; each keeps columns of its own, and has a bit in the flags of an event (64) that it sends on


Bounds = tuple[int, int, int]
"""``(modulus, low, high)``: an id belongs to a partition if ``low <= id % modulus <= high``."""


def of_person(person_id: int, partitions: int) -> int:
    """The partition that gave out a person's id, and that the person lives in."""
    return person_id // BLOCK % partitions


def of_name(app_id: int, name: str, partitions: int) -> int:
    """The partition that is first told of a user id or an anonymous id."""
    return hash64(app_id, name) % partitions if partitions > 1 else 0


def first_id(partition: int) -> int:
    """The id of the first person of a partition."""
    return partition * BLOCK or 1


def id_after(person_id: int, partitions: int) -> int:
    """The id that the same partition gives out next."""
    following = person_id + 1
    return following if following % BLOCK else following + (partitions - 1) * BLOCK


def bounds(partition: int, partitions: int) -> Bounds:
    """What tells a partition's ids from others, in Python and in any SQL."""
    return partitions * BLOCK, partition * BLOCK, (partition + 1) * BLOCK - 1
