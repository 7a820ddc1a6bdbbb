"""Counts figures again from history, and heals what is kept: all in the caller's transaction, so that a crash leaves the old.

History tells what became of each delivery. Where the delivery is on the record, the record is set right; the others are counted
among those that were trimmed. Events of deleted people are gone: their sums (``KeptOrigin.ERASED``) stay as they are, and so do
their rows on the record. What brought money is credited by records of its own (``credit``), which are added up again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from relance.core.ids import stable_id
from relance.events.model import Kind, Name
from relance.events.service import EVENTS, read_outbox, resolved_events
from relance.messaging.credit import service as credit
from relance.messaging.figures import store
from relance.messaging.figures.store import KeptOrigin
from relance.messaging.figures.tally import FigureSums
from relance.messaging.figures.told import NAMES, ToldDelivery, ToldRow, differences, fold
from relance.messaging.store import ENGAGEMENT

AT_ONCE = 200_000  # events that are held at once, about
#: Where the delivery stands in the body of every event about one: ``{"delivery":"…``.
_DELIVERY_AT = 14
_DIGITS = "0123456789abcdef"

Report = Callable[[int, int], None]
"""Is told how many parts of the work are done, and of how many."""


class FiguresHistory(Protocol):
    """What counting again needs of history; ``events.past.History`` has it."""

    def run(self, select: Any) -> list[tuple[Any, ...]]: ...


class Rebuilt(NamedTuple):
    """What counting again came to: the deliveries that history tells of, those of them whose record was otherwise; the figures
    that are kept of trimmed ones, and how many of these were otherwise.
    """

    deliveries: int
    healed: int
    figures: int
    changed: int


def rebuild(connection: Connection, history: FiguresHistory, upto: Mapping[int, int], report: Report) -> Rebuilt:
    """Count all figures again. ``upto``: partition → the position up to which it has settled."""
    unsettled = {told for each in read_outbox(connection) for told in _deliveries_in(each.name, each.occurred_at, each.body)}
    settled = sa.or_(*(sa.and_(EVENTS.c.partition == each, EVENTS.c.position <= last) for each, last in sorted(upto.items())))
    parts = _parts(history)
    sums, count, healed = FigureSums(), 0, 0
    for number, part in enumerate(parts):
        report(number, len(parts))
        found = fold(_told(history, settled, *part))
        found = {key: each for key, each in found.items() if key not in unsettled}
        healed += _heal(connection, found, sums)
        count += len(found)
    report(len(parts), len(parts))
    healed += credit.add_up(connection)
    before = store.kept_sums(connection, KeptOrigin.TRIMMED)
    changed = sum(before.counts[key] != sums.counts[key] for key in {*before.counts, *sums.counts})
    store.replace(connection, sums, KeptOrigin.TRIMMED)
    return Rebuilt(count, healed, len(sums.counts), changed)


def erase(connection: Connection, history: FiguresHistory, app_id: int, persons: Collection[int]) -> None:
    """Before history forgets these persons: what was trimmed of theirs is counted apart, since it cannot be told again."""
    if not store.has_any(connection, app_id):
        return
    found = fold(_told(history, EVENTS.c.app_id == app_id, EVENTS.c.person_id.in_(sorted(persons))))
    there = store.on_record(connection, found)
    sums = FigureSums()
    for key, told in found.items():
        if key not in there and told.state:
            sums.add(told.place, told.channel, told.course)
    store.add(connection, sums, KeptOrigin.TRIMMED, -1)
    store.add(connection, sums, KeptOrigin.ERASED)


def past_delivery(history: FiguresHistory, delivery_id: str) -> dict[str, Any] | None:
    """What the event of its sending tells of a delivery: app, person by now, message and channel; None if there is none."""
    name = Name.MESSAGE_SENT.value
    mine = (EVENTS.c.event == name, EVENTS.c.message_id == stable_id(name, delivery_id), EVENTS.c.kind == Kind.DERIVED.value)
    events = resolved_events(*mine, columns=("app_id", "person_id", "properties"))
    for app_id, person_id, body in history.run(sa.select(events.c.app_id, events.c.person_id, events.c.properties).limit(1)):
        told = fold([ToldRow(app_id, name, 0, body)])[delivery_id]
        return {"app": app_id, "person": int(person_id), "message": told.place.message_id, "channel": told.channel}
    return None


def _parts(history: FiguresHistory) -> list[tuple[sa.ColumnElement[bool], ...]]:
    """Conditions that share the deliveries out, so that about ``AT_ONCE`` events are held at once."""
    [(count,)] = history.run(sa.select(sa.func.count()).where(*_ABOUT_DELIVERIES))
    length = 0
    while count > AT_ONCE * 16**length:
        length += 1
    beginnings = [""]
    for _ in range(length):
        beginnings = [each + digit for each in beginnings for digit in _DIGITS]
    there = sa.func.substring(EVENTS.c.properties, _DELIVERY_AT, length)
    return [(there == each,) if each else () for each in beginnings]


_ABOUT_DELIVERIES = (
    EVENTS.c.event.between(min(NAMES), max(NAMES)),  # a range is tested while reading
    EVENTS.c.event.in_(sorted(NAMES)),
    EVENTS.c.kind == Kind.DERIVED.value,
)


def _told(history: FiguresHistory, *conditions: sa.ColumnElement[bool]) -> Iterator[ToldRow]:
    columns = (EVENTS.c.app_id, EVENTS.c.event, EVENTS.c.occurred_at, EVENTS.c.properties)
    query = sa.select(*columns).where(*_ABOUT_DELIVERIES, *conditions)
    return (ToldRow(*row) for row in history.run(query.order_by(EVENTS.c.position, EVENTS.c.partition)))


def _deliveries_in(name: str, instant: int, body: bytes) -> Collection[str]:
    return fold([ToldRow(0, name, instant, body.decode())]) if name in NAMES else ()


def _heal(connection: Connection, found: Mapping[str, ToldDelivery], sums: FigureSums) -> int:
    """Set the record right where it has these deliveries, and count the others; returns how many were otherwise."""
    rows = store.on_record(connection, found)
    healed: list[tuple[str, Mapping[str, object]]] = []
    for key, told in found.items():
        row = rows.get(key)
        if row is None:
            if told.state:
                sums.add(told.place, told.channel, told.course)
        elif row["person_id"]:
            right = differences(told, row, ENGAGEMENT)
            if right:
                healed.append((key, right))
    store.set_right(connection, healed)
    return len(healed)
