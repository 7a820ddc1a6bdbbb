"""Who is credited with what, after a tick's events: conversions as the events that came in so far make them.

A conversion's instant is the earliest told, its amount that of the best word (``worth``); whose it is, what was clicked before it
and what was given back are all looked up anew whenever one of them changes. So the figures are the same in whatever order events
arrive: a click that comes after the purchase it led to, an order that a browser told before anybody knew who it was, a refund
before its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.events.causes import NO_CAUSES, Causes, causes_of
from relance.events.model import Event, Name
from relance.messaging import store as deliveries
from relance.messaging.attribution import Credit, Touch, credit
from relance.messaging.credit import store
from relance.messaging.credit.conversion_records import ConversionRecord, Refund
from relance.messaging.credit.worth import NO_AMOUNT, weigh
from relance.messaging.derived import about_delivery
from relance.messaging.model import LONGEST_GOAL, as_money

_FREE: dict[str, Any] = {**NO_AMOUNT, "refunded": 0, "delivery_id": "", "direct": False}

_UNKNOWN: dict[str, Causes] = {}


class Heard(msgspec.Struct):
    """What a batch has told. ``seen`` holds each person's earliest click or opening: what came after it is looked at anew."""

    conversion_records: list[tuple[Event, int, ConversionRecord]] = msgspec.field(default_factory=list)  # with the person
    refunds: list[tuple[int, Refund]] = msgspec.field(default_factory=list)  # with the app
    clicks: list[tuple[str, int]] = msgspec.field(default_factory=list)  # (delivery, instant)
    seen: dict[tuple[int, int], int] = msgspec.field(default_factory=dict)  # (app, person) → instant

    def look_again(self, app_id: int, person_id: int, instant: int) -> None:
        """The person saw a message at this instant."""
        key = (app_id, person_id)
        self.seen[key] = min(instant, self.seen.get(key, instant))


def settle(connection: Connection, heard: Heard) -> list[Event]:
    """Write what was heard, credit what it touches; returns the conversions that are credited for the first time.

    Engagement must have been written to the deliveries.
    """
    store.add_clicks(connection, heard.clicks)
    concerned = _again(connection, heard.seen)
    if heard.refunds:
        store.add_refunds(connection, [{"app_id": app_id, **msgspec.structs.asdict(refund)} for app_id, refund in heard.refunds])
        for app_id in sorted({app_id for app_id, _ in heard.refunds}):
            concerned |= store.of_orders(connection, app_id, (refund.order_key for of, refund in heard.refunds if of == app_id))
    concerned.update(record.conversion_id for _, _, record in heard.conversion_records)
    if not concerned:
        return []
    found = store.conversions(connection, concerned)
    told = _told(heard.conversion_records, found)
    store.add_people(connection, ((event.app_id, person, each.conversion_id) for event, person, each in heard.conversion_records))
    store.add_keys(connection, ((each.conversion_id, *key) for _, _, each in heard.conversion_records for key in each.keys))
    causes = {record.conversion_id: causes_of(event) for event, _, record in heard.conversion_records}
    return _credit(connection, found | told, changed=set(told), causes=causes)


def of_person(connection: Connection, app_id: int, person_id: int) -> list[Event]:
    """Credit all that is known of a person anew: others became part of them."""
    return _credit(connection, store.conversions(connection, _again(connection, {(app_id, person_id): 0})), changed=set())


def _again(connection: Connection, seen: Mapping[tuple[int, int], int]) -> set[str]:
    """Conversions that happened after their person saw a message, and came in before that was told."""
    found: set[str] = set()
    for app_id in sorted({app_id for app_id, _ in seen}):
        theirs = {person: instant for (of, person), instant in seen.items() if of == app_id}
        later = store.of_people_since(connection, app_id, theirs, min(theirs.values()))
        found.update(conversion for conversion, person, instant in later if instant >= theirs[person])
    return found


def _told(
    conversion_records: Iterable[tuple[Event, int, ConversionRecord]], found: Mapping[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The conversions as these words leave them: the earliest instant, the amount of the best word."""
    told: dict[str, dict[str, Any]] = {}
    for event, _, record in conversion_records:
        key = record.conversion_id
        row = told.get(key) or found.get(key)
        if row is None:
            fixed = {"id": key, "app_id": event.app_id, "event": event.name, "order_key": record.order_key}
            row = {**fixed, "occurred_at": event.occurred_at, **_FREE}
        told[key] = row
        row["occurred_at"] = min(row["occurred_at"], event.occurred_at)
        weigh(row, record.amount, record.currency, event.occurred_at)
    return told


def refunded(amount: int | None, currency: str, refunds: Iterable[tuple[int | None, str]]) -> int:
    """What is taken off an amount: all refunds in its currency (or in none), never more than there is."""
    if amount is None:
        return 0
    taken = 0
    for given, of in refunds:
        if of and currency and of != currency:
            continue
        taken += amount if given is None else given
    return min(amount, taken)


def _credit(
    connection: Connection, rows: Mapping[str, dict[str, Any]], changed: set[str], causes: Mapping[str, Causes] = _UNKNOWN
) -> list[Event]:
    if not rows:
        return []
    touched = _Touched(connection, rows)
    refunds = store.refunds_of(connection, (row["order_key"] for row in rows.values() if row["order_key"]))
    first: list[str] = []
    concerned: set[str] = set()
    for key in sorted(rows):
        row = rows[key]
        given = touched.credit(row)
        now: tuple[str, bool] = (given.delivery_id, given.direct) if given else ("", False)
        before = (row["delivery_id"], row["direct"])
        taken = refunded(row["amount"], row["currency"], refunds.get(row["order_key"], ()))
        if now != before or taken != row["refunded"]:
            changed.add(key)
        if now != before:
            concerned.update(each for each in (now[0], before[0]) if each)
            if not before[0]:
                first.append(key)
        elif key in changed and now[0]:
            concerned.add(now[0])  # its instant may be another
        row["delivery_id"], row["direct"] = now
        row["refunded"] = taken
    store.write_conversions(connection, [rows[key] for key in sorted(changed)])
    if concerned:
        deliveries.write_conversions(connection, store.totals(connection, concerned))
    return [_converted(rows[key], touched.rows[rows[key]["delivery_id"]], causes.get(key, NO_CAUSES)) for key in first]


class _Touched:
    """The deliveries that may be credited with some conversions: sent to their people in time, or credited so far."""

    def __init__(self, connection: Connection, rows: Mapping[str, dict[str, Any]]) -> None:
        self.connection = connection
        self.people = store.people_of(connection, rows)
        self.rows: dict[str, dict[str, Any]] = {}
        self.of_person: dict[tuple[int, int], list[str]] = {}
        for app_id in sorted({row["app_id"] for row in rows.values()}):
            theirs = [row for row in rows.values() if row["app_id"] == app_id]
            persons = {person for row in theirs for person in self.people.get(row["id"], ())}
            since = min(row["occurred_at"] for row in theirs) - LONGEST_GOAL
            self._keep(deliveries.touched_by_person(connection, app_id, persons, since))
        self._keep(deliveries.touched_by_id(connection, (row["delivery_id"] for row in rows.values() if row["delivery_id"])))

    def _keep(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            if row["id"] not in self.rows:
                self.rows[row["id"]] = row
                self.of_person.setdefault((row["app_id"], row["person_id"]), []).append(row["id"])

    def credit(self, row: Mapping[str, Any]) -> Credit | None:
        """The credit of one conversion, or None."""
        ids = {each for person in self.people.get(row["id"], ()) for each in self.of_person.get((row["app_id"], person), ())}
        if row["delivery_id"] in self.rows:
            ids.add(row["delivery_id"])
        if not ids:
            return None
        candidates = [self.rows[each] for each in sorted(ids)]
        event, occurred_at = row["event"], row["occurred_at"]
        in_time = [each for each in candidates if _touch(each, None).may_take(event, occurred_at)]
        clicked = [each["id"] for each in in_time if each["clicked_at"] is not None]
        last = store.last_clicks(self.connection, clicked, occurred_at) if clicked else {}
        return credit((_touch(each, last.get(each["id"])) for each in in_time), event, occurred_at)


def _touch(row: Mapping[str, Any], clicked_at: int | None) -> Touch:
    return Touch(row["id"], row["goal_event"], row["goal_length"], row["sent_at"], row["opened_at"], clicked_at)


def _converted(row: Mapping[str, Any], delivery: Mapping[str, Any], causes: Causes) -> Event:
    return about_delivery(
        Name.MESSAGE_CONVERTED,
        row["id"],
        row["app_id"],
        delivery["person_id"],
        row["occurred_at"],
        causes=causes,
        delivery=delivery["id"],
        message=delivery["message_id"],
        channel=delivery["channel"],
        journey=delivery["journey_id"] or None,
        run=delivery["run_id"],
        node=delivery["node"],
        event=row["event"],
        direct=row["direct"],
        revenue=as_money((row["amount"] or 0) - row["refunded"]),
        currency=row["currency"],
    )
