"""Events: what happened, known names, rejections, and sending a single one from a server."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from relance.core.encoding import from_json, to_json
from relance.core.error_text import as_error_text
from relance.core.errors import InvalidError
from relance.events.intake import Origin, check
from relance.events.model import Note, Rejection
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.idempotency import message_id_for
from relance.web.api.pages import Page, page, read_cursor, read_history_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, OfPerson
from relance.web.api.settling import settle

Id = Annotated[str, Meta(min_length=1, max_length=255)]


class PastEvent(msgspec.Struct, frozen=True):
    """One event of history. ``person_id`` is the person it belongs to today; ``late`` events started nothing."""

    event: str
    kind: str
    person_id: int
    occurred_at: int
    received_at: int
    message_id: str
    late: bool
    properties: dict[str, Any]
    context: dict[str, Any]
    anonymous_id: str
    user_id: str
    position: str


class EventName(msgspec.Struct, frozen=True):
    """An event name, how often it occurred, and when first and last."""

    name: str
    count: int
    first_at: int
    last_at: int


class SetAside(msgspec.Struct, frozen=True):
    """A record that was rejected or corrected: why (``reason``, ``detail``), where (``path``), and what was sent."""

    id: int
    received_at: int
    kind: Annotated[str, Meta(description="`refusal`, or `note`: the event was taken, and this says what was mended about it.")]
    reason: str
    path: str
    detail: str
    payload: str
    message_id: str


class TrackedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event of one person, named by ``user_id`` or ``anonymous_id``."""

    event: Annotated[str, Meta(min_length=1, max_length=255, examples=["Order Completed"])]
    user_id: Annotated[Id, Meta(examples=["u-42"])] | None = None
    anonymous_id: Id | None = None
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}
    timestamp: Annotated[str, Meta(description="ISO 8601; now if left out.", max_length=40)] | None = None
    message_id: Annotated[Id, Meta(description="The same id is taken once; made up if left out.")] | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The event is stored and has settled."""

    message_id: str


def as_past_event(row: dict[str, Any]) -> PastEvent:
    """A row of history in the API's form; ``position`` is its place in a list."""
    place = f"{row['occurred_at']}.{row['partition']}.{row['position']}"
    shown = {name: row[name] for name in PastEvent.__struct_fields__ if name in row}
    shown |= {"properties": from_json(row["properties"]), "context": from_json(row["context"]), "position": place}
    return PastEvent(**shown)


@get("/events", operation_id="listEvents", summary="List events", responses=ERRORS)
async def list_events(
    app: AppId,
    services: Behind,
    name: Annotated[str | None, QueryParameter(description="Only events of this name.", max_length=255)] = None,
    person: OfPerson = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PastEvent]:
    """What happened in an app, newest first."""
    before = read_history_cursor(cursor)
    rows = await services.context.worker.call("events", app=app, event=name, person=person, before=before, limit=limit + 1)
    return page([as_past_event(row) for row in rows], limit, lambda event: event.position)


@get("/events/names", operation_id="listEventNames", summary="List event names", responses=ERRORS)
async def list_event_names(
    app: AppId,
    services: Behind,
    search: Annotated[str, QueryParameter(description="Only names that hold this, in any case.", max_length=255)] = "",
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Page[EventName]:
    """The event names an app has used, by name."""
    after = read_cursor(cursor, str) or ""
    rows = await services.context.worker.call("event_names", app=app, search=search, after=after, limit=limit + 1)
    return page([EventName(**row) for row in rows], limit, lambda one: one.name)


@post("/events", operation_id="trackEvent", summary="Track an event", responses=ERRORS)
async def track_event(request: Request[Any, Caller, Any], app: AppId, data: JSONBody[TrackedEvent], services: Behind) -> Accepted:
    """Accept one event from a server and answer once it has settled. For many events use the ingest routes."""
    settings, now = services.context.settings, services.context.clock.now()
    message = {
        "type": "track",
        "event": data.event,
        "userId": data.user_id,
        "anonymousId": data.anonymous_id,
        "properties": data.properties,
        "context": data.context,
        "messageId": data.message_id,
    } | ({} if data.timestamp is None else {"timestamp": data.timestamp})
    origin = Origin(app, now, make_id=lambda: message_id_for(request, app), largest=settings.event_bytes)
    notes: list[Rejection] = []
    checked = check(to_json(message).encode(), origin, notes=notes)
    # The caller reads this answer, so corrections that a stream of events would get silently are errors here.
    problems = [checked] if isinstance(checked, Rejection) else [one for one in notes if one.reason != Note.TRIMMED]
    if isinstance(checked, Rejection) or problems:
        raise InvalidError(as_error_text(problems[0].detail), path=problems[0].path, reason=problems[0].reason)
    await settle(services, [checked])
    return Accepted(checked.message_id)


@get("/rejected", operation_id="listRejected", summary="List what was set aside or mended", responses=ERRORS)
async def list_rejected(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[SetAside]:
    """Rejected records, and notes on what was corrected in accepted ones: newest first, with the reason."""
    after = read_cursor(cursor, int)
    rows = await services.context.worker.call("rejected", app=app, after=after, limit=limit + 1)
    return page([SetAside(**row) for row in rows], limit, lambda one: one.id)


router = Router(
    path="/apps/{app:int}", route_handlers=[list_events, list_event_names, track_event, list_rejected], tags=["Events"]
)
