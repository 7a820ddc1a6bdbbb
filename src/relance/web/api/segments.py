"""Segments: rules, who would be in, and who is in."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from relance.segments.model import Preview, Segment, State
from relance.segments.rule import parse_rule, to_data
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, read_cursor, write_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, PersonId, SegmentId
from relance.web.api.sentences import Sentences, in_words
from relance.web.api.services import Services, definitions_changed

SegmentName = Annotated[str, Meta(min_length=1, max_length=200, examples=["Bought twice in 30 days"])]
RuleForm = Annotated[
    dict[str, Any],
    Meta(
        description='`{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`: `behaviour` or `trait`.',
        examples=[{"kind": "behaviour", "event": "Order Completed", "compare": ">=", "value": 2, "window": {"last": "30d"}}],
    ),
]
ReadVersion = Annotated[
    int | None, QueryParameter(description="The version that was read; 409 if it is no longer the current one.", ge=1)
]


class SegmentAnswer(msgspec.Struct, frozen=True):
    """A segment. ``size`` is the number of people in it now; null until the worker has built it. ``sentence`` is the rule."""

    id: int
    app_id: int
    name: str
    rule: dict[str, Any]
    version: int
    state: State
    size: int | None
    created_at: int
    updated_at: int
    sentence: Sentences


class SegmentCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new segment."""

    name: SegmentName
    rule: RuleForm


class SegmentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a segment: what is left out stays."""

    version: Annotated[int, Meta(ge=1)]
    name: SegmentName | None = None
    rule: RuleForm | None = None


class PreviewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule to try."""

    rule: RuleForm


class Members(msgspec.Struct, frozen=True):
    """People in a segment, by id, and how many there are in all."""

    items: list[int]
    next: str | None
    size: int


class Membership(msgspec.Struct, frozen=True):
    """One segment that a person is in."""

    segment_id: int
    name: str


class Memberships(msgspec.Struct, frozen=True):
    """The segments that a person is in."""

    items: list[Membership]


def as_answer(segment: Segment, size: int | None, sentence: Sentences) -> SegmentAnswer:
    """A segment as the API shows it."""
    return SegmentAnswer(
        id=segment.id,
        app_id=segment.app_id,
        name=segment.name,
        rule=to_data(segment.rule),
        version=segment.version,
        state=segment.state,
        size=size,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
        sentence=sentence,
    )


async def sizes_of(services: Services, app: int) -> dict[int, int]:
    """The live size of every segment of an app."""
    return dict(await services.context.worker.call("segment_sizes", app=app))


async def _sized(services: Services, segment: Segment) -> SegmentAnswer:
    (sentence,) = await in_words(services, segment.app_id, [segment.rule])
    return as_answer(segment, (await sizes_of(services, segment.app_id)).get(segment.id), sentence)


@get("/segments", operation_id="listSegments", summary="List segments", responses=ERRORS)
async def list_segments(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[SegmentAnswer]:
    """The segments of an app with their sizes; archived ones are not listed."""
    after = read_cursor(cursor, int) or 0
    found = await sync_to_thread(services.segments.page, app, after, limit)
    sizes = await sizes_of(services, app)
    said = await in_words(services, app, [segment.rule for segment in found.items])
    items = [as_answer(segment, sizes.get(segment.id), sentence) for segment, sentence in zip(found.items, said, strict=True)]
    return Page(items, None if found.next is None else write_cursor(found.next))


@post("/segments", operation_id="createSegment", summary="Create a segment", responses=ERRORS)
async def create_segment(
    request: Request[Any, Caller, Any], app: AppId, data: JSONBody[SegmentCreation], services: Behind
) -> SegmentAnswer:
    """Make a segment; its members are there when this answers."""
    now = services.context.clock.now()
    made = await sync_to_thread(services.segments.create, app, data.name, data.rule, now, request.auth.actor)
    await definitions_changed(services)
    return await _sized(services, made)


@post("/segments/preview", operation_id="previewSegment", summary="Preview a rule", responses=ERRORS, status_code=200)
async def preview_segment(app: AppId, data: JSONBody[PreviewRequest], services: Behind) -> Preview:
    """How many people a rule would hold now, and some of them, without keeping it."""
    rule = to_data(parse_rule(data.rule))
    return msgspec.convert(await services.context.worker.call("preview", app=app, rule=rule), Preview)


@post("/segments/sentence", operation_id="sayRule", summary="Say a rule in words", responses=ERRORS, status_code=200)
async def say_rule(app: AppId, data: JSONBody[PreviewRequest], services: Behind) -> Sentences:
    """The rule as a sentence, at once: nothing is counted."""
    (sentence,) = await in_words(services, app, [parse_rule(data.rule)])
    return sentence


@get("/segments/{segment:int}", operation_id="getSegment", summary="Read a segment", responses=ERRORS)
async def get_segment(app: AppId, segment: SegmentId, services: Behind) -> SegmentAnswer:
    """One segment with its rule and size."""
    return await _sized(services, await sync_to_thread(services.segments.get, app, segment))


@patch("/segments/{segment:int}", operation_id="changeSegment", summary="Change a segment", responses=ERRORS)
async def change_segment(
    request: Request[Any, Caller, Any], app: AppId, segment: SegmentId, data: JSONBody[SegmentChange], services: Behind
) -> SegmentAnswer:
    """Change name or rule; with a new rule, people enter and leave at once."""
    now = services.context.clock.now()
    changed = await sync_to_thread(
        services.segments.update, app, segment, data.version, now, name=data.name, rule=data.rule, author=request.auth.actor
    )
    await definitions_changed(services)
    return await _sized(services, changed)


@delete("/segments/{segment:int}", operation_id="archiveSegment", summary="Archive a segment", responses=ERRORS)
async def archive_segment(
    request: Request[Any, Caller, Any], app: AppId, segment: SegmentId, services: Behind, version: ReadVersion = None
) -> None:
    """Archive a segment: everybody leaves it, and it is listed no more."""
    now, author = services.context.clock.now(), request.auth.actor
    seen = version or (await sync_to_thread(services.segments.get, app, segment)).version
    await sync_to_thread(services.segments.archive, app, segment, seen, now, author)
    await definitions_changed(services)


@get("/segments/{segment:int}/members", operation_id="listMembers", summary="List members", responses=ERRORS)
async def list_members(app: AppId, segment: SegmentId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Members:
    """The ids of the people in a segment now."""
    after = read_cursor(cursor, int) or 0
    await sync_to_thread(services.segments.get, app, segment)
    found = await services.context.worker.call("members", app=app, segment=segment, cursor=after, limit=limit)
    following = None if found["next"] is None else write_cursor(found["next"])
    return Members(found["persons"], following, found["size"])


@get("/people/{person:int}/memberships", operation_id="listMemberships", summary="List memberships", responses=ERRORS)
async def list_memberships(app: AppId, person: PersonId, services: Behind) -> Memberships:
    """The segments a person is in now."""
    found = await sync_to_thread(services.directory.get, app, person)
    return Memberships(await memberships_of(services, app, found.id))


async def memberships_of(services: Services, app: int, person: int) -> list[Membership]:
    """The segments a person is in, with their names."""
    ids = await services.context.worker.call("memberships", app=app, person=person)
    segments = [await sync_to_thread(services.segments.get, app, segment) for segment in ids]
    return [Membership(segment.id, segment.name) for segment in segments]


router = Router(
    path="/apps/{app:int}",
    route_handlers=[
        list_segments,
        create_segment,
        preview_segment,
        say_rule,
        get_segment,
        change_segment,
        archive_segment,
        list_members,
        list_memberships,
    ],
    tags=["Segments"],
)
