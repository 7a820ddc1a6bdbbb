"""What people do with messages comes back as events: here it is written to the deliveries, and conversions are credited."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from relance.channels.registry import KINDS
from relance.events.model import Batch, Event, Flag, Name
from relance.messaging import store
from relance.messaging.credit import service as credit
from relance.messaging.credit.conversion_records import REFUND_EVENT, conversion_record, refund
from relance.messaging.derived import TESTED_PREFIX, silence
from relance.users.facts import one_spelling
from relance.users.model import SubscriptionState
from relance.users.suppressing import suppress_reached
from relance.users.suppression.model import AddressKey, NewSuppression, SuppressionReason, outranks

COLUMNS: dict[str, str] = {
    Name.MESSAGE_DELIVERED.value: "delivered_at",
    Name.MESSAGE_OPENED.value: "opened_at",
    Name.MESSAGE_CLICKED.value: "clicked_at",
    Name.MESSAGE_DISMISSED.value: "dismissed_at",
    Name.MESSAGE_BOUNCED.value: "bounced_at",
    Name.MESSAGE_UNSUBSCRIBED.value: "unsubscribed_at",
}

_IMPLIED: dict[tuple[str, str], tuple[str, ...]] = {
    (kind.name, "clicked_at"): ("opened_at", "clicked_at") for kind in KINDS.values() if kind.click_opens
}
_ENGAGEMENT = frozenset((*COLUMNS, Name.MESSAGE_TESTED.value))
_SEEN = frozenset(("opened_at", "clicked_at"))


class _Named(msgspec.Struct):
    delivery: str = ""
    what: str = ""  # of a test
    soft: bool = False  # of a bounce: the address may be reached another time


class _Engagement(NamedTuple):
    """The delivery that an event is about, the column it fills, and whether a bounce leaves the address as it is."""

    delivery: str
    column: str
    soft: bool


_decode_named = msgspec.json.Decoder(_Named).decode


def observe(connection: Connection, batch: Batch) -> list[Event]:
    """Write the batch's engagement to the deliveries and credit its conversions.

    Of each kind of engagement the earliest counts; all clicks are kept. Only imported events credit nothing: a late purchase is
    still one. Returns conversions, and the commands that take an address which bounced out of use.
    """
    goals = store.goal_events(connection)
    # Also where nothing has a goal: receipts are opened and bounce as other messages do.
    watched = _ENGAGEMENT.union(*goals.values(), (REFUND_EVENT,)) if goals else _ENGAGEMENT
    if not batch.may_have(watched):
        return []
    found = [index for index, event in enumerate(batch.events) if event.name in watched]
    if not found:
        return []
    return _Observation(connection, batch, found, goals).run()


class _Observation:
    """The work on one batch: deliveries loaded once, changed in memory, written once."""

    def __init__(self, connection: Connection, batch: Batch, found: list[int], goals: dict[int, set[str]]) -> None:
        self.connection = connection
        self.batch = batch
        self.named: dict[int, _Engagement] = {}  # by index
        self.changed: dict[str, dict[str, Any]] = {}
        self.heard = credit.Heard()
        self.events: list[Event] = []
        self.suppressed: dict[int, dict[AddressKey, NewSuppression]] = {}  # by app
        self.keyed_by: dict[tuple[int, str], list[str]] | None = None  # read once somebody reaches a goal
        for index in found:
            event = batch.events[index]
            if event.name in _ENGAGEMENT:
                self.named[index] = _named(event)
            elif event.app_id in goals and not event.flags & Flag.IMPORTED:
                self._hear(event, batch.persons[index], goals[event.app_id])

    def run(self) -> list[Event]:
        rows = {
            row["id"]: row
            for row in store.touched_by_id(self.connection, (each.delivery for each in self.named.values() if each.delivery))
        }
        for index, named in self.named.items():
            row = rows.get(named.delivery)
            if row is not None and named.column:
                self._engage(self.batch.events[index], self.batch.persons[index], row, named)
        store.write_engagement(self.connection, [self.changed[key] for key in sorted(self.changed)])
        for app_id, new in self.suppressed.items():
            suppress_reached(self.connection, app_id, new)
        return self.events + credit.settle(self.connection, self.heard)

    def _hear(self, event: Event, person_id: int, goals: set[str]) -> None:
        if event.name in goals:
            if self.keyed_by is None:
                self.keyed_by = store.goal_keys(self.connection)
            keyed_by = self.keyed_by.get((event.app_id, event.name), ())
            self.heard.conversion_records.append((event, person_id, conversion_record(event, keyed_by)))
        if event.name == REFUND_EVENT:
            given = refund(event)
            if given is not None:
                self.heard.refunds.append((event.app_id, given))

    def _engage(self, event: Event, person_id: int, row: dict[str, Any], named: _Engagement) -> None:
        column = named.column
        if row["person_id"] != person_id or row["app_id"] != event.app_id:
            return
        instant = event.occurred_at
        if column == "bounced_at" and not named.soft and row["address"]:
            self._suppress(row, SuppressionReason.BOUNCED, instant)
        for name in _IMPLIED.get((row["channel"], column), (column,)):
            if row[name] is None or instant < row[name]:
                row[name] = instant
                self.changed[row["id"]] = row
        if column == "clicked_at":
            self.heard.clicks.append((row["id"], instant))
        if column in _SEEN and not row["is_test"]:
            self.heard.look_again(event.app_id, person_id, instant)

    def _suppress(self, row: dict[str, Any], reason: SuppressionReason, instant: int) -> None:
        """At once, since the person may be deleted with the next event; the state of their subscription follows by an event."""
        key = row["channel"], one_spelling(row["channel"], row["address"])
        listed = self.suppressed.setdefault(row["app_id"], {})
        if key not in listed or outranks(reason, listed[key].reason):
            listed[key] = NewSuppression(reason.value, instant, delivery_id=row["id"])
        where = (row["channel"], row["address"], SubscriptionState.SUPPRESSED.value)
        self.events.append(silence(row["id"], row["app_id"], row["person_id"], *where, instant, reason.value))


def _named(event: Event) -> _Engagement:
    """The delivery an event is about, and the column it fills; empty where it says neither."""
    try:
        named = _decode_named(event.body)
    except (msgspec.DecodeError, RecursionError):
        return _Engagement("", "", soft=False)
    name = TESTED_PREFIX + named.what if event.name == Name.MESSAGE_TESTED else event.name
    return _Engagement(named.delivery, COLUMNS.get(name, ""), named.soft)
