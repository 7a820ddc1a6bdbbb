"""Reports."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from relance.analytics.model import MessagesReport, OverviewReport, RfmReport, SegmentsReport, SkippedReport
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind
from relance.web.api.services import Services

Instant = Annotated[int | None, QueryParameter(description="An instant in ms.", ge=0, le=253_402_300_799_999)]
Length = Annotated[int, QueryParameter(description="Length of an interval in ms.", ge=60_000, le=31_622_400_000)]
EventName = Annotated[str, QueryParameter(description="The event that counts as a purchase.", min_length=1, max_length=255)]

AmountName = Annotated[
    str | None,
    QueryParameter(description="The property that says what was spent: `total`.", min_length=1, max_length=255),
]


class Latency(msgspec.Struct, frozen=True):
    """A duration in real ms; null before the first measurement."""

    p50_ms: float | None
    p99_ms: float | None
    count: int


class LatencyReport(msgspec.Struct, frozen=True):
    """From acceptance to later steps, since the worker started."""

    event_to_segment: Latency
    event_to_message: Latency


async def ask(services: Services, app: int, report: str, **arguments: Any) -> Any:
    """A report's plain values, from the worker."""
    return await services.context.worker.call("report", app=app, report=report, arguments=arguments)


@get("/overview", operation_id="getOverview", summary="An app at a glance", responses=ERRORS)
async def get_overview(app: AppId, services: Behind) -> OverviewReport:
    """People, events, segment sizes, runs by node, and the results of messages."""
    return msgspec.convert(await ask(services, app, "overview"), OverviewReport)


@get("/messages", operation_id="getMessagesReport", summary="What messages came to", responses=ERRORS)
async def get_messages(app: AppId, services: Behind) -> MessagesReport:
    """Sent, opened, clicked, converted, revenue: by message, by channel and in total."""
    return msgspec.convert(await ask(services, app, "messages"), MessagesReport)


@get("/skipped", operation_id="getSkippedReport", summary="What was not sent, and why", responses=ERRORS)
async def get_skipped(app: AppId, services: Behind) -> SkippedReport:
    """Everything skipped, by reason and by message."""
    return msgspec.convert(await ask(services, app, "skipped"), SkippedReport)


@get("/segments", operation_id="getSegmentsReport", summary="Segments over time", responses=ERRORS)
async def get_segments(
    app: AppId, services: Behind, since: Instant = None, until: Instant = None, every: Length = 86_400_000
) -> SegmentsReport:
    """Size, entered and left by interval; by default the last 30 days. Intervals of ``every`` ms start at ``since``: for days of
    a time zone, pass one of its midnights; days on which clocks change are not adjusted.
    """
    report = await ask(services, app, "segments", since=since, until=until, every=every)
    return msgspec.convert(report, SegmentsReport)


@get("/rfm", operation_id="getRfmReport", summary="RFM cells", responses=ERRORS)
async def get_rfm(app: AppId, services: Behind, event: EventName = "Order Completed", amount: AmountName = None) -> RfmReport:
    """How recently and how often people bought, as ten named cells; empty below 100 buyers or 60 days."""
    return msgspec.convert(await ask(services, app, "rfm", event=event, amount=amount), RfmReport)


@get("/latency", operation_id="getLatencyReport", summary="How fast it was", responses=ERRORS)
async def get_latency(app: AppId, services: Behind) -> LatencyReport:  # noqa: ARG001 - the path says whose key it is
    """Real time from an event's acceptance to segments and to the message, on this server."""
    stats = await services.context.worker.call("stats")
    return msgspec.convert(stats["latency"], LatencyReport)


router = Router(
    path="/apps/{app:int}/reports",
    route_handlers=[get_overview, get_messages, get_skipped, get_segments, get_rfm, get_latency],
    tags=["Reports"],
)
