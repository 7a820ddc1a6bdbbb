"""Which partition's log a record goes to. Pure: the same on every machine.

A record that names a person by id goes to that person's partition; any other follows its first id, the user id before the
anonymous one. Only the tick can resolve the person; it forwards events of people who live elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from relance.core.partitions import of_name, of_person
from relance.events.model import Event, Kind

_BY_BODY = {Kind.MERGE.value: "into", Kind.DELETE.value: "person"}
_decode = msgspec.json.Decoder(dict[str, object]).decode


def partition_of(event: Event, partitions: int) -> int:
    """Where the record is settled first."""
    person = event.person_id or _person_in(event)
    if person:
        return of_person(person, partitions)
    return of_name(event.app_id, event.user_id or event.anonymous_id, partitions)


def parted(events: Sequence[Event], partitions: int) -> list[tuple[int, Sequence[Event]]]:
    """The events by partition, each in order; partitions ascending."""
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(partition_of(event, partitions), []).append(event)
    return sorted(found.items())


def _person_in(event: Event) -> int:
    """The person named in the body of a command without ids; 0 if none."""
    name = _BY_BODY.get(event.kind)
    if name is None:
        return 0
    try:
        person = _decode(event.body).get(name)
    except msgspec.DecodeError:
        return 0
    return person if isinstance(person, int) and not isinstance(person, bool) and person > 0 else 0
