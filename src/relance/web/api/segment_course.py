"""Segments over time: who entered and left, their size, and how fresh the data is."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Literal

import msgspec
from litestar import Router, get
from litestar.concurrency import sync_to_thread
from litestar.params import QueryParameter

from relance.analytics.model import Edited, SegmentPoint, SegmentsReport
from relance.core.error_text import ErrorText
from relance.segments.errors import SegmentNotFoundError
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, SegmentId
from relance.web.api.reports import Instant, Length, ask
from relance.web.api.segments import SegmentProgress, progress_of

_END_OF_TIME = 1 << 62

Change = Literal["entered", "left", "merged"]
Direction = Annotated[Change | None, QueryParameter(description="Only those who entered, who left, or who merged.")]


class MembershipChange(msgspec.Struct, frozen=True):
    """Someone entered or left, at the instant (ms) at which it became true. ``late``: caused by late or imported events only.

    ``merged``: a member was merged into ``person_id``, who may be a member, too; the segment has one fewer although nobody left.
    """

    person_id: int
    change: Change
    occurred_at: int
    late: bool


class Course(msgspec.Struct, frozen=True):
    """One segment from ``since`` to ``until`` in intervals of ``every`` ms: entered, left, merged, and the size at the end of
    each.

    ``edited`` are its initial members, and people moved by unannounced edits of its rule; together with entered minus left and
    merged this is its growth. Before its creation its size is 0.
    """

    since: int
    until: int
    every: int
    size: int
    entered: int
    left: int
    merged: int
    edited: Edited
    points: list[SegmentPoint]


class SegmentFreshness(msgspec.Struct, frozen=True):
    """One segment: ``live`` and accurate as of ``true_until`` (ms); ``building`` while it has no members yet; or ``updating``
    while its former rule still applies. ``progress`` is that of the latter two.
    """

    segment_id: int
    name: str
    state: Literal["live", "building", "updating"]
    true_until: int | None
    progress: SegmentProgress | None = None


class LaidOut(msgspec.Struct, frozen=True):
    """A property used by rules, and the share of its past that is in typed columns (0 to 1): until it is 1, previews
    read JSON.
    """

    property: str
    share: float


class Freshness(msgspec.Struct, frozen=True):
    """How far segments are behind: ``lag_ms`` is 0 if nothing is overdue. ``late`` is the alarm: more than ``late_after_ms``.

    ``waiting`` counts groups of accepted events that have not settled. The lag is the age of the oldest of them, or of the oldest
    unprocessed instant at which something fell due through time alone, whichever is older. ``columns`` are the property columns
    for all apps' rules on this server.
    """

    now: int
    lag_ms: int
    late: bool
    late_after_ms: int
    waiting: int
    segments: list[SegmentFreshness]
    columns: list[LaidOut] = []


@get("/segments/{segment:int}/changes", operation_id="listSegmentChanges", summary="List who entered and left", responses=ERRORS)
async def list_changes(
    app: AppId,
    segment: SegmentId,
    services: Behind,
    since: Instant = None,
    until: Instant = None,
    change: Direction = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MembershipChange]:
    """Who entered and left in a period, newest first; by default everything known. Unannounced edits are not included."""
    before = read_cursor(cursor, tuple[int, int, int])
    await sync_to_thread(services.segments.get, app, segment)
    rows = await services.context.worker.call(
        "segment_changes",
        app=app,
        segment=segment,
        since=since or 0,
        until=_END_OF_TIME if until is None else until,
        change=change,
        before=before,
        limit=limit + 1,
    )
    places = page(rows, limit, lambda row: row["place"])
    items = [MembershipChange(row["person"], row["change"], row["occurred_at"], row["late"]) for row in places.items]
    return Page(items, places.next)


@get("/segments/{segment:int}/course", operation_id="getSegmentCourse", summary="Size over time", responses=ERRORS)
async def get_course(
    app: AppId, segment: SegmentId, services: Behind, since: Instant = None, until: Instant = None, every: Length = 86_400_000
) -> Course:
    """Size, entered, left and edited of one segment by interval; by default the last 30 days. Not for archived segments."""
    await sync_to_thread(services.segments.get, app, segment)
    report = msgspec.convert(await ask(services, app, "segments", since=since, until=until, every=every), SegmentsReport)
    row = next((row for row in report.segments if row.segment_id == segment), None)
    if row is None:
        raise SegmentNotFoundError(ErrorText("segment_archived", "The segment was archived."), segment=segment)
    ever = (row.size, row.entered, row.left, row.merged, row.edited)
    return Course(report.since, report.until, report.every, *ever, row.points)


@get("/segments/freshness", operation_id="getSegmentFreshness", summary="How fresh segments are", responses=ERRORS)
async def get_freshness(app: AppId, services: Behind) -> Freshness:
    """Up to when each segment is accurate, and whether any has fallen behind."""
    found = await services.context.worker.call("freshness", app=app)
    live, progress = set(found["live"]), progress_of(found["building"])
    segments = []
    after: int | None = 0
    while after is not None:
        listed = await sync_to_thread(services.segments.page, app, after, 200)
        for each in listed.items:
            true_until = found["true_until"] if each.id in live else None
            state = _state(each.id, live, progress)
            segments.append(SegmentFreshness(each.id, each.name, state, true_until, progress.get(each.id)))
        after = listed.next
    lag = found["now"] - found["true_until"]
    most = services.context.settings.late_after_ms
    columns = msgspec.convert(found["columns"], list[LaidOut])
    return Freshness(found["now"], lag, lag > most, most, found["waiting"], segments, columns)


def _state(segment: int, live: Container[int], progress: Container[int]) -> Literal["live", "building", "updating"]:
    if segment not in live:
        return "building"
    return "updating" if segment in progress else "live"


router = Router(path="/apps/{app:int}", route_handlers=[list_changes, get_course, get_freshness], tags=["Segments"])
