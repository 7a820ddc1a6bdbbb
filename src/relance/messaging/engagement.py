"""What people do with messages comes back as events: here it is written to the deliveries, and conversions are credited."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.events.causes import causes_of
from relance.events.model import Batch, Event, Flag, Name
from relance.messaging import store
from relance.messaging.attribution import Touch, credit
from relance.messaging.derived import about_delivery, silence
from relance.messaging.model import LONGEST_GOAL, SkipReason
from relance.users.model import SubscriptionState

COLUMNS: dict[str, str] = {
    Name.MESSAGE_DELIVERED.value: "delivered_at",
    Name.MESSAGE_OPENED.value: "opened_at",
    Name.MESSAGE_CLICKED.value: "clicked_at",
    Name.MESSAGE_DISMISSED.value: "dismissed_at",
    Name.MESSAGE_BOUNCED.value: "bounced_at",
    Name.MESSAGE_UNSUBSCRIBED.value: "unsubscribed_at",
}


class _Named(msgspec.Struct):
    delivery: str = ""


_decode_named = msgspec.json.Decoder(_Named).decode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def observe(connection: Connection, batch: Batch) -> list[Event]:
    """Write the batch's engagement to the deliveries and credit its conversions, in the order of the log.

    The first of each kind of engagement counts. Only imported events credit nothing: a late purchase is still one.
    Returns conversions, and the commands that take an address which bounced out of use.
    """
    goals = store.goal_events(connection)
    if not goals:
        return []
    watched = frozenset(COLUMNS).union(*goals.values())
    found = [index for index, event in enumerate(batch.events) if event.name in watched]
    if not found:
        return []
    return _Observation(connection, batch, found, goals).run()


class _Observation:
    """The work on one batch: deliveries loaded once, changed in memory, written once."""

    def __init__(self, connection: Connection, batch: Batch, found: list[int], goals: dict[int, set[str]]) -> None:
        self.connection = connection
        self.batch = batch
        self.named: dict[int, str] = {}  # index → the delivery an engagement event names
        self.buying: list[int] = []  # indexes of conversions
        self.rows: dict[str, dict[str, Any]] = {}
        self.of_person: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self.changed: dict[str, dict[str, Any]] = {}
        self.events: list[Event] = []
        for index in found:
            event = batch.events[index]
            if event.name in COLUMNS:
                self.named[index] = _delivery_of(event)
            elif event.name in goals.get(event.app_id, ()) and not event.flags & Flag.IMPORTED:
                self.buying.append(index)

    def run(self) -> list[Event]:
        self._load()
        if not self.rows:
            return []
        buying = set(self.buying)
        for index in sorted((*self.named, *self.buying)):
            if index in buying:
                self._convert(self.batch.events[index], self.batch.persons[index])
            else:
                self._engage(self.batch.events[index], self.batch.persons[index], self.named[index])
        store.write_engagement(self.connection, [self.changed[key] for key in sorted(self.changed)])
        return self.events

    def _load(self) -> None:
        self._keep(store.touched_by_id(self.connection, (each for each in self.named.values() if each)))
        by_app: dict[int, list[int]] = {}
        for index in self.buying:
            by_app.setdefault(self.batch.events[index].app_id, []).append(index)
        for app_id, indexes in by_app.items():
            since = min(self.batch.events[index].occurred_at for index in indexes) - LONGEST_GOAL
            persons = {self.batch.persons[index] for index in indexes}
            self._keep(store.touched_by_person(self.connection, app_id, persons, since))

    def _keep(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            if row["id"] not in self.rows:
                self.rows[row["id"]] = row
                self.of_person.setdefault((row["app_id"], row["person_id"]), []).append(row)

    def _engage(self, event: Event, person_id: int, delivery_id: str) -> None:
        row = self.rows.get(delivery_id)
        column = COLUMNS[event.name]
        if row is None or row["person_id"] != person_id or row["app_id"] != event.app_id or row[column] is not None:
            return
        row[column] = event.occurred_at
        self.changed[delivery_id] = row
        if column == "bounced_at" and row["address"]:
            state = SubscriptionState.SUPPRESSED.value
            where = (row["channel"], row["address"], state)
            self.events.append(silence(delivery_id, event.app_id, person_id, *where, event.occurred_at, SkipReason.BOUNCED.value))

    def _convert(self, event: Event, person_id: int) -> None:
        rows = self.of_person.get((event.app_id, person_id), [])
        given = credit((_touch(row) for row in rows if _may_take_credit(row)), event.name, event.occurred_at)
        if given is None:
            return
        row = self.rows[given.delivery_id]
        revenue = revenue_of(event.body)
        if row["converted_at"] is None:
            row["converted_at"], row["direct"] = event.occurred_at, given.direct
        row["conversions"] += 1
        row["revenue"] += revenue
        self.changed[given.delivery_id] = row
        self.events.append(
            about_delivery(
                Name.MESSAGE_CONVERTED,
                f"{event.app_id}/{event.message_id}",
                event.app_id,
                person_id,
                event.occurred_at,
                causes=causes_of(event),
                delivery=given.delivery_id,
                message=row["message_id"],
                channel=row["channel"],
                journey=row["journey_id"] or None,
                node=row["node"],
                event=event.name,
                direct=given.direct,
                revenue=revenue,
            )
        )


def _may_take_credit(row: dict[str, Any]) -> bool:
    return row["sent_at"] is not None and not row["is_test"]


def _touch(row: dict[str, Any]) -> Touch:
    return Touch(row["id"], row["goal_event"], row["goal_length"], row["sent_at"], row["opened_at"], row["clicked_at"])


def _delivery_of(event: Event) -> str:
    try:
        return _decode_named(event.body).delivery
    except (msgspec.DecodeError, RecursionError):
        return ""


def revenue_of(body: bytes) -> float:
    """What a conversion brought: the property ``total``, else ``revenue``, if it is a finite number; else 0."""
    try:
        properties = _decode(body)
    except (msgspec.DecodeError, RecursionError):
        return 0.0
    for name in ("total", "revenue"):
        value = properties.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except OverflowError:
                continue
            if math.isfinite(number):
                return number
    return 0.0
