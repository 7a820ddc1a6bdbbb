"""The door to reports. Lives in the worker, beside history; answers plain values for the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

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
    RfmReport,
    SegmentRow,
    SegmentsReport,
    SkippedReport,
)
from relance.core.time import DAY, MINUTE
from relance.events.service import EVENTS, resolved_events
from relance.journeys.service import Journeys
from relance.messaging.model import Message
from relance.messaging.service import Deliveries, Messages
from relance.segments.service import Segments
from relance.users.service import Directory

_ALL = 10_000  # definitions of one app: more than anyone has


class Past(Protocol):
    """The one thing reports need of history: ``events.service.History`` has it."""

    def run(self, select: Any) -> list[tuple[Any, ...]]: ...


class Sizes(Protocol):
    """The one thing reports need of live segments: ``segments.service.Live`` has it."""

    def size(self, app_id: int, segment_id: int) -> int: ...


class Reports:
    """Reports over the state store, history and live segments. Safe from any thread."""

    def __init__(self, engine: Engine, history: Past) -> None:
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
                answer = self.rfm(app, **arguments)
            case _:
                raise ReportNotFoundError("There is no such report.", report=report)
        plain: dict[str, Any] = msgspec.to_builtins(answer)
        return plain

    def overview(self, app: int, live: Sizes, now: int) -> OverviewReport:
        """The app at a glance; segments without their course."""
        table = EVENTS.c
        own = sa.func.sum(sa.case((table.kind == "derived", 1), else_=0))
        instants = (sa.func.min(table.occurred_at), sa.func.max(table.occurred_at))
        [(count, derived, first, last)] = self._history.run(sa.select(sa.func.count(), own, *instants).where(table.app_id == app))
        total = outcomes.sum_up(self._deliveries.figures(app), self._accounts.app(app).settings.currency)
        return OverviewReport(
            people=self._directory.count(app),
            events=count - int(derived or 0),
            derived=int(derived or 0),
            # On some engines an aggregate over nothing is 0 and not null: the count decides.
            first_event_at=int(first) if count else None,
            last_event_at=int(last) if count else None,
            segments=self._courses(app, live, now, now, DAY),
            journeys=self._journey_rows(app),
            messages=total,
            not_sent=total.skipped + total.failed,
        )

    def messages(self, app: int) -> MessagesReport:
        """What each message came to."""
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
            text = f"A report runs from since to until in at most {courses.MOST_POINTS} intervals of a minute or more."
            raise ReportInvalidError(text, path="every" if since < until else "since")
        return SegmentsReport(since, until, every, self._courses(app, live, since, until, every))

    def rfm(self, app: int, *, event: str = "Order Completed") -> RfmReport:
        """RFM cells of the people as they are today (after all merges), by the purchase event's name."""
        bought = resolved_events(
            EVENTS.c.app_id == app, EVENTS.c.event == event, EVENTS.c.kind == "track", columns=("person_id", "occurred_at")
        )
        person, occurred_at = bought.c.person_id, bought.c.occurred_at
        rows = self._history.run(sa.select(person, sa.func.count(), sa.func.max(occurred_at)).group_by(person))
        return rfm_report(event, {int(who): rfm.Buyer(int(count), int(last)) for who, count, last in rows})

    def _courses(self, app: int, live: Sizes, since: int, until: int, every: int) -> list[SegmentRow]:
        names = self._segment_names(app)
        sizes = {segment: live.size(app, segment) for segment in names}
        rows = self._history.run(courses.changes_query(app, since, every))
        changes = courses.read_changes(rows, since, every)
        return courses.courses(changes, self._segments.uptakes(app), names, sizes, since, until, every)

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


def rfm_report(event: str, buyers: Mapping[int, rfm.Buyer]) -> RfmReport:
    """The cells of these buyers, best first, empty ones too."""
    people: dict[rfm.Cell, int] = dict.fromkeys(rfm.Cell, 0)
    purchases: dict[rfm.Cell, int] = dict.fromkeys(rfm.Cell, 0)
    for person, scored in rfm.score(buyers).items():
        people[scored.cell] += 1
        purchases[scored.cell] += buyers[person].purchases
    cells = [CellRow(cell.value, people[cell], outcomes.rate(people[cell], len(buyers)), purchases[cell]) for cell in rfm.Cell]
    last = max((buyer.last_at for buyer in buyers.values()), default=None)
    as_of = None if last is None else (last // DAY + 1) * DAY
    return RfmReport(event, as_of, len(buyers), sum(purchases.values()), cells)
