"""What people do with messages comes back as events: here it is written to the deliveries, and conversions are credited."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from relance.channels.registry import KINDS
from relance.events.model import Batch, Event, Flag, Kind, Name
from relance.messaging import store
from relance.messaging.complaints.service import weigh
from relance.messaging.credit import service as credit
from relance.messaging.credit.conversion_records import REFUND_EVENT, conversion_record, refund
from relance.messaging.derived import TESTED_PREFIX, silence
from relance.messaging.soft_bounces import SENDER, SOFT, is_given_up
from relance.users.facts import one_spelling
from relance.users.model import SubscriptionState
from relance.users.reach import read_named
from relance.users.suppressing import suppress_reached
from relance.users.suppression.model import AddressKey, NewSuppression, SuppressionReason, outranks

COLUMNS: dict[str, str] = {
    Name.MESSAGE_DELIVERED.value: "delivered_at",
    Name.MESSAGE_OPENED.value: "opened_at",
    Name.MESSAGE_CLICKED.value: "clicked_at",
    Name.MESSAGE_DISMISSED.value: "dismissed_at",
    Name.MESSAGE_BOUNCED.value: "bounced_at",
    Name.MESSAGE_COMPLAINED.value: "complained_at",
    Name.MESSAGE_UNSUBSCRIBED.value: "unsubscribed_at",
}

#: (channel, column) → all columns that such engagement fills.
IMPLIED: dict[tuple[str, str], tuple[str, ...]] = {
    (kind.name, "clicked_at"): ("opened_at", "clicked_at") for kind in KINDS.values() if kind.click_opens
}
_ENGAGEMENT = frozenset((*COLUMNS, Name.MESSAGE_TESTED.value))
_SEEN = frozenset(("opened_at", "clicked_at"))
HARD = "hard"
_GRAVITY = {"": 0, SENDER: 1, SOFT: 2, HARD: 3}
_LOOKED_AT = 4  # times as many messages as may come back are looked at, for those through the sender's fault among them


class _Named(msgspec.Struct):
    delivery: str = ""
    what: str = ""  # of a test
    soft: bool = False  # of a bounce: the address may be reached another time
    bounce: str = ""  # … or was not to blame


class _Engagement(NamedTuple):
    """The delivery that an event is about, the column it fills, and of a bounce what it was about."""

    delivery: str
    column: str
    bounce: str


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
        self.soft: list[tuple[dict[str, Any], int]] = []  # deliveries that came back, and when
        self.complained: list[tuple[int, str, int]] = []  # app, sending domain, when
        self.suppressed: dict[int, dict[AddressKey, NewSuppression]] = {}  # by app
        self.keyed_by: dict[tuple[int, str], list[str]] | None = None  # read once somebody reaches a goal
        for index in found:
            event = batch.events[index]
            if event.name in _ENGAGEMENT:
                if event.kind == Kind.DERIVED:  # anybody with a write key can send an event of that name
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
        self._give_up()
        weigh(self.connection, {each[:2] for each in self.complained}, max((each[2] for each in self.complained), default=0))
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
        if column == "bounced_at":
            self._bounce(row, named.bounce, instant)
        elif column == "complained_at" and row["address"]:
            self._suppress(row, SuppressionReason.COMPLAINED, instant)
            if not row["is_test"]:
                self.complained.append((event.app_id, row["sending_domain"], instant))
        for name in IMPLIED.get((row["channel"], column), (column,)):
            if row[name] is None or instant < row[name]:
                row[name] = instant
                self.changed[row["id"]] = row
        if column == "clicked_at":
            self.heard.clicks.append((row["id"], instant))
        if column in _SEEN and not row["is_test"]:
            self.heard.look_again(event.app_id, person_id, instant)

    def _bounce(self, row: dict[str, Any], bounce: str, instant: int) -> None:
        """A bounce for good counts whatever came before; one through the sender's fault least."""
        if graver(row["bounce_type"], bounce) != row["bounce_type"]:
            row["bounce_type"] = bounce
            self.changed[row["id"]] = row
        if bounce == HARD and row["address"]:
            self._suppress(row, SuppressionReason.BOUNCED, instant)
        elif bounce == SOFT and row["address"] and KINDS[row["channel"]].most_soft_bounces:
            self.soft.append((row, instant))

    def _give_up(self) -> None:
        """Suppress the addresses that have sent back too many in a row since they last changed: owner, or being allowed again."""
        for row, instant in self.soft:
            where = (row["app_id"], row["channel"], row["address"])
            most = KINDS[row["channel"]].most_soft_bounces
            since = next((each.updated_at for each in read_named(self.connection, *where[:2], [row["address"]])), 0)
            sent = store.sent_to(self.connection, row["app_id"], row["person_id"], *where[1:], since, most * _LOOKED_AT)
            if is_given_up(sent, row["id"], most):
                self._suppress(row, SuppressionReason.BOUNCED, instant)

    def _suppress(self, row: dict[str, Any], reason: SuppressionReason, instant: int) -> None:
        """At once, since the person may be deleted with the next event; the state of their subscription follows by an event."""
        key = row["channel"], one_spelling(row["channel"], row["address"])
        listed = self.suppressed.setdefault(row["app_id"], {})
        if key not in listed or outranks(reason, listed[key].reason):
            listed[key] = NewSuppression(reason.value, instant, delivery_id=row["id"])
        where = (row["channel"], row["address"], SubscriptionState.SUPPRESSED.value)
        self.events.append(silence(row["id"], row["app_id"], row["person_id"], *where, instant, reason.value))


def graver(one: str, other: str) -> str:
    """The bounce type that counts where a message came back as both."""
    return other if _GRAVITY[other] > _GRAVITY[one] else one


def _named(event: Event) -> _Engagement:
    """The delivery an event is about, and the column it fills; empty where it says neither."""
    try:
        named = _decode_named(event.body)
    except (msgspec.DecodeError, RecursionError):
        return _Engagement("", "", "")
    name = TESTED_PREFIX + named.what if event.name == Name.MESSAGE_TESTED else event.name
    bounce = (SENDER if named.bounce == SENDER else SOFT) if named.soft else HARD
    return _Engagement(named.delivery, COLUMNS.get(name, ""), bounce)
