"""Which events are kept, and the newest of them by person: the tables and all their SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.infra.bulk import inserting
from relance.infra.database import STATE, among, fetched
from relance.messaging.recent.model import Recent, pack, signed, unpack, unsigned

#: The event names of an app whose newest are kept. They are filled with what history has from ``filled_to`` up to ``fill_to``;
#: ``fill_to`` NULL: not begun. ``counted``: instants are kept, too.
KEPT_EVENTS = sa.Table(
    "kept_events",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("counted", sa.Boolean, nullable=False),
    sa.Column("filled_to", sa.BigInteger, nullable=False),
    sa.Column("fill_to", sa.BigInteger),
)
RECENT_EVENTS = sa.Table(
    "recent_events",
    STATE,
    sa.Column("app_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.Text, primary_key=True),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("occurred_at", sa.BigInteger, nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("properties", sa.Text, nullable=False),
    sa.Column("instants", sa.LargeBinary, nullable=False),
)
_FIELDS = ("app_id", "event", "person_id", "occurred_at", "number", "properties", "instants")
_write = inserting(
    RECENT_EVENTS,
    _FIELDS,
    "ON CONFLICT (app_id, event, person_id) DO UPDATE SET occurred_at = excluded.occurred_at, number = excluded.number,"
    " properties = excluded.properties, instants = excluded.instants",
)
_AT_ONCE = 500  # rows in one statement
_ALL = sa.select(*(KEPT_EVENTS.c[name] for name in ("app_id", "event", "counted", "filled_to", "fill_to"))).order_by(
    KEPT_EVENTS.c.app_id, KEPT_EVENTS.c.event
)

Key = tuple[int, str, int]
"""App, event, person."""


class KeptEvent(NamedTuple):
    """An event whose newest are kept; positions of history that it is filled with (``filled_to`` of ``fill_to``)."""

    app_id: int
    event: str
    counted: bool
    filled_to: int = 0
    fill_to: int | None = None

    @property
    def is_filled(self) -> bool:
        return self.fill_to is not None and self.filled_to >= self.fill_to


def kept_events(connection: Connection) -> list[KeptEvent]:
    """Of all apps, in order."""
    return [
        KeptEvent(app_id, event, bool(counted), *filled)  # SQLite has numbers
        for app_id, event, counted, *filled in fetched(connection, _ALL)
    ]


def write_kept(connection: Connection, kept: KeptEvent) -> None:
    """Keep an event, or how far it is filled."""
    forget_kept(connection, kept)
    connection.execute(sa.insert(KEPT_EVENTS), kept._asdict())


def forget_kept(connection: Connection, kept: KeptEvent) -> None:
    """Keep an event no longer; its rows go by ``delete_some``."""
    mine = (KEPT_EVENTS.c.app_id == kept.app_id, KEPT_EVENTS.c.event == kept.event)
    connection.execute(sa.delete(KEPT_EVENTS).where(*mine))


def note_filled(connection: Connection, kept: KeptEvent) -> bool:
    """How far an event is filled, if it still is kept as it was when that began."""
    table = KEPT_EVENTS.c
    mine = (table.app_id == kept.app_id, table.event == kept.event, table.counted == kept.counted)
    values = {"filled_to": kept.filled_to, "fill_to": kept.fill_to}
    return connection.execute(sa.update(KEPT_EVENTS).where(*mine).values(values)).rowcount == 1


def read(connection: Connection, app_id: int, events: Collection[str], persons: Collection[int]) -> dict[tuple[str, int], Recent]:
    """(event, person) → the newest of these events of these people."""
    found: dict[tuple[str, int], Recent] = {}
    columns = [RECENT_EVENTS.c[name] for name in _FIELDS[1:]]
    for event in sorted(events):
        mine = (RECENT_EVENTS.c.app_id == app_id, RECENT_EVENTS.c.event == event)
        query = sa.select(*columns).where(*mine, among(connection, RECENT_EVENTS.c.person_id, sorted(persons)))
        for name, person, occurred_at, number, properties, instants in fetched(connection, query):
            found[name, person] = Recent((occurred_at, unsigned(number)), properties, unpack(bytes(instants)))
    return found


def write(connection: Connection, recents: Mapping[Key, Recent]) -> None:
    """Write rows over what is there."""
    rows = [
        (*key, each.last[0], signed(each.last[1]), each.properties, pack(each.instants)) for key, each in sorted(recents.items())
    ]
    for start in range(0, len(rows), _AT_ONCE):
        _write.run(connection, rows[start : start + _AT_ONCE])


def delete_of_person(connection: Connection, app_id: int, person_id: int, events: Iterable[str]) -> None:
    """Delete all rows of a person, of these events."""
    table = RECENT_EVENTS.c
    for event in sorted(events):
        connection.execute(
            sa.delete(RECENT_EVENTS).where(table.app_id == app_id, table.event == event, table.person_id == person_id)
        )


def delete_some(connection: Connection, app_id: int, event: str, most: int) -> int:
    """Delete up to so many rows of an event that is not kept any more; returns how many."""
    table = RECENT_EVENTS.c
    mine = (table.app_id == app_id, table.event == event)
    persons = list(connection.execute(sa.select(table.person_id).where(*mine).limit(most)).scalars())
    if persons:
        connection.execute(sa.delete(RECENT_EVENTS).where(*mine, among(connection, table.person_id, persons)))
    return len(persons)
