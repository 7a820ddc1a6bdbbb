"""Public interface of reports. Lives in the worker, beside history; returns plain values for the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts.service import Accounts
from relance.analytics import courses, outcomes, rfm
from relance.analytics.errors import ReportInvalidError, ReportNotFoundError
from relance.analytics.model import (
    CellRow,
    JourneyRow,
    MessagesReport,
    NodeRow,
    OverviewReport,
    RfmLeast,
    RfmReport,
    SegmentRow,
    SegmentsReport,
    SkippedReport,
)
from relance.analytics.orders import order_named
from relance.core.error_text import ErrorText
from relance.core.time import DAY, MINUTE
from relance.events.model import Kind, Name
from relance.events.service import EVENTS, NO_COLUMNS, resolved_events
from relance.journeys.service import Journeys
from relance.messaging.model import Message
from relance.messaging.service import Deliveries, Messages
from relance.segments.query.constructs import wide_sum
from relance.segments.query.found import EventProperties
from relance.segments.query.values import as_amount
from relance.segments.rule.values import AMOUNT_UNITS
from relance.segments.service import Segments
from relance.users.service import Directory

_ALL = 10_000  # definitions of one app, more than any has


class ReportHistory(Protocol):
    """What reports need of history; ``events.past.History`` has it."""

    def run(self, select: Any) -> list[tuple[Any, ...]]: ...


class Sizes(Protocol):
    """What reports need of live segments; ``segments.membership.Live`` has it."""

    def size(self, app_id: int, segment_id: int) -> int: ...


class Reports:
    """Reports over the state store, history and live segments. Thread-safe."""

    def __init__(self, engine: Engine, history: ReportHistory) -> None:
        self._history = history
        self._accounts = Accounts(engine)
        self._directory = Directory(engine)
        self._segments = Segments(engine)
        self._messages = Messages(engine)
        self._deliveries = Deliveries(engine)
        self._journeys = Journeys(engine)

    def report(self, app: int, report: str, arguments: Mapping[str, Any], *, live: Sizes, now: int) -> dict[str, Any]:
        """The report of that name as plain values. Raises ``ReportNotFoundError``, ``ReportInvalidError``."""
        match report:
            case "overview":
                answer: msgspec.Struct = self.overview(app, live, now)
            case "messages":
                answer = self.messages(app)
            case "skipped":
                answer = self.skipped(app)
            case "segments":
                answer = self.segments(app, live, now, **arguments)
            case "rfm":
                answer = self.rfm(app, **arguments, zone=self._accounts.app(app).settings.timezone)
            case _:
                raise ReportNotFoundError(ErrorText("report_not_found", "There is no such report."), report=report)
        plain: dict[str, Any] = msgspec.to_builtins(answer)
        return plain

    def overview(self, app: int, live: Sizes, now: int) -> OverviewReport:
        """The app at a glance; segments without their sizes over time."""
        table = EVENTS.c
        own = sa.func.sum(sa.case((table.kind == "derived", 1), else_=0))
        instants = (sa.func.min(table.occurred_at), sa.func.max(table.occurred_at))
        [(count, derived, first, last)] = self._history.run(sa.select(sa.func.count(), own, *instants).where(table.app_id == app))
        total = outcomes.sum_up(self._deliveries.figures(app), self._accounts.app(app).settings.currency)
        return OverviewReport(
            people=self._directory.count(app),
            events=count - int(derived or 0),
            derived=int(derived or 0),
            # Some engines aggregate no rows to 0 instead of null: the count decides.
            first_event_at=int(first) if count else None,
            last_event_at=int(last) if count else None,
            segments=self._courses(app, live, now, now, DAY),
            journeys=self._journey_rows(app),
            messages=total,
            not_sent=total.skipped + total.failed,
        )

    def messages(self, app: int) -> MessagesReport:
        """The results of each message."""
        currency = self._accounts.app(app).settings.currency
        return outcomes.messages_report(self._deliveries.figures(app), self._messages_by_id(app), currency)

    def skipped(self, app: int) -> SkippedReport:
        """Everything that was not sent, and why."""
        return outcomes.skipped_report(self._deliveries.skipped(app), self._messages_by_id(app))

    def segments(
        self, app: int, live: Sizes, now: int, *, since: int | None = None, until: int | None = None, every: int = DAY
    ) -> SegmentsReport:
        """Segments from ``since`` to ``until`` in intervals of ``every`` ms; by default the last 30 days by day (UTC)."""
        until = (now // DAY + 1) * DAY if until is None else until
        since = until - 30 * DAY if since is None else since
        if every < MINUTE or since >= until or (until - since) // every > courses.MOST_POINTS:
            text = ErrorText(
                "course_intervals",
                "A report must run from since to a later until in at most {most:,} intervals of a minute or more (got {got:,}).",
                most=courses.MOST_POINTS,
                got=max(0, until - since) // max(1, every),
            )
            raise ReportInvalidError(text, path="every" if since < until else "since")
        return SegmentsReport(since, until, every, self._courses(app, live, since, until, every))

    def rfm(self, app: int, *, event: str = "Order Completed", amount: str | None = None, zone: str = "UTC") -> RfmReport:
        """RFM cells of today's people (after all merges), by the name of the purchase event; days are of ``zone``."""
        rows = self._history.run(purchases_query(app, event, amount))
        days = day_of(zone)
        first = min((int(row[3]) for row in rows), default=0)
        buyers = {
            int(who): rfm.Buyer(int(count), int(last), int(spent or 0) / AMOUNT_UNITS) for who, count, last, _, spent in rows
        }
        return rfm_report(event, amount, buyers, first, days, start_of(zone))

    def _courses(self, app: int, live: Sizes, since: int, until: int, every: int) -> list[SegmentRow]:
        names = self._segment_names(app)
        sizes = {segment: live.size(app, segment) for segment in names}
        rows = self._history.run(courses.changes_query(app, since, every))
        changes = courses.read_changes(rows, since, every)
        return courses.courses(changes, self._segments.activations(app), names, sizes, since, until, every)

    def _segment_names(self, app: int) -> dict[int, str]:
        names: dict[int, str] = {}
        after: int | None = 0
        while after is not None:
            found = self._segments.page(app, after)
            names.update((segment.id, segment.name) for segment in found.items)
            after = found.next
        return names

    def _journey_rows(self, app: int) -> list[JourneyRow]:
        rows = []
        for journey in self._journeys.page(app, limit=_ALL):
            nodes: dict[str, tuple[int, int, int]] = {}
            for count in self._journeys.counts(app, journey.id):
                arrived, waiting, stopped = nodes.get(count.node, (0, 0, 0))
                nodes[count.node] = arrived + count.arrived, waiting + count.waiting, stopped + count.stopped
            shown = [NodeRow(node, *sums) for node, sums in nodes.items()]
            rows.append(JourneyRow(journey.id, journey.name, journey.state.value, shown))
        return rows

    def _messages_by_id(self, app: int) -> dict[int, Message]:
        return {message.id: message for message in self._messages.page(app, limit=_ALL)}


_WITHOUT_ORDERS = frozenset(("page", "screen", Name.SESSION_STARTED.value))  # frequent, and never reported twice


def purchases_query(app: int, event: str, amount: str | None) -> sa.Select[Any]:
    """(person, purchases, last, first, spent in ten-thousandths); an order reported twice counts as one purchase.

    Events that name no order count individually: several may share a message id.
    """
    rule = (EVENTS.c.app_id == app, EVENTS.c.event == event)
    own = sa.or_(EVENTS.c.kind != Kind.DERIVED.value, EVENTS.c.event == Name.SESSION_STARTED.value)
    ids = ("message_id", "user_id", "anonymous_id")
    resolved = resolved_events(*rule, own, columns=("person_id", "occurred_at", *ids, "properties"))
    properties = EventProperties(resolved, app, event, NO_COLUMNS)
    key = sa.func.concat(" ", resolved.c.message_id, "\n", resolved.c.user_id, "\n", resolved.c.anonymous_id, type_=sa.Text)
    purchase = key if event in _WITHOUT_ORDERS else sa.func.coalesce(order_named(properties), key)
    worth = sa.func.coalesce(as_amount(properties, amount), 0) if amount else sa.literal(0, sa.BigInteger)
    each = (
        sa.select(
            resolved.c.person_id,
            purchase.label("purchase"),
            sa.func.min(resolved.c.occurred_at).label("occurred_at"),
            sa.func.max(worth).label("worth"),
        )
        .group_by(resolved.c.person_id, purchase)
        .subquery("purchases")
    )
    instant = each.c.occurred_at
    columns = (each.c.person_id, sa.func.count(), sa.func.max(instant), sa.func.min(instant), wide_sum(each.c.worth))
    return sa.select(*columns).group_by(each.c.person_id)


def day_of(zone: str) -> Callable[[int], int]:
    """Numbers the days of a time zone; the first of 1970 is 0."""
    place = ZoneInfo(zone)
    return lambda instant: datetime.fromtimestamp(instant / 1000, place).date().toordinal() - _EPOCH


def start_of(zone: str) -> Callable[[int], int]:
    """The start of a numbered day, in ms."""
    place = ZoneInfo(zone)

    def start(day: int) -> int:
        found = date.fromordinal(day + _EPOCH)
        return int(datetime(found.year, found.month, found.day, tzinfo=place).timestamp() * 1000)

    return start


_EPOCH = date(1970, 1, 1).toordinal()


def rfm_report(
    event: str,
    amount: str | None,
    buyers: Mapping[int, rfm.Buyer],
    first_at: int,
    days: Callable[[int], int] = rfm.utc_day,
    start: Callable[[int], int] = DAY.__mul__,
) -> RfmReport:
    """The cells of these buyers, best first, including empty ones; none if there are too few buyers. ``first_at``: the first
    purchase.
    """
    last = max((buyer.last_at for buyer in buyers.values()), default=None)
    span = 0 if last is None else days(last) - days(first_at) + 1
    ready = len(buyers) >= rfm.LEAST_BUYERS and span >= rfm.LEAST_DAYS
    found: dict[rfm.Cell, list[rfm.Buyer]] = {cell: [] for cell in rfm.Cell}
    for person, scored in (rfm.score(buyers, days) if ready else {}).items():
        found[scored.cell].append(buyers[person])
    return RfmReport(
        event=event,
        amount=amount,
        as_of=None if last is None else start(days(last) + 1),
        people=len(buyers),
        purchases=sum(buyer.purchases for buyer in buyers.values()),
        spent=_spent(buyers.values()) if amount else None,
        days=span,
        ready=ready,
        least=RfmLeast(rfm.LEAST_BUYERS, rfm.LEAST_DAYS),
        cells=[_cell(cell, of, len(buyers), amount) for cell, of in found.items()] if ready else [],
    )


def _cell(cell: rfm.Cell, of: list[rfm.Buyer], people: int, amount: str | None) -> CellRow:
    purchases, spent = sum(buyer.purchases for buyer in of), _spent(of) if amount else None
    return CellRow(cell.value, len(of), outcomes.rate(len(of), people), purchases, spent)


def _spent(buyers: Iterable[rfm.Buyer]) -> float:
    return round(sum(buyer.spent for buyer in buyers), 4)
