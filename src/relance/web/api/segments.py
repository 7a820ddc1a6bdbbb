"""Segments: rules, previews, and members."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_308_PERMANENT_REDIRECT
from msgspec import Meta
from sqlalchemy.engine import Connection

from relance.core.forms import KindForm
from relance.infra.database import reading
from relance.journeys.service import dependents_of_segment, refuse_missing
from relance.restraint.service import caps_for_segment
from relance.segments.model import Cost, Dependent, Segment, SegmentState, Stage
from relance.segments.rule.forms import condition_forms
from relance.segments.rule.schema import rule_schema
from relance.segments.service import parse_rule, to_data
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.naming import refuse_unknown
from relance.web.api.pages import Page, read_cursor, write_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, PersonId, SegmentId
from relance.web.api.sentences import Sentences, in_words
from relance.web.api.services import Services, defaults_of, definitions_changed

SegmentName = Annotated[str, Meta(min_length=1, max_length=200, examples=["Bought twice in 30 days"])]
RuleForm = Annotated[
    dict[str, Any],
    Meta(
        description='`{"all": […]}`, `{"any": […]}`, `{"not": {…}}`, or a condition with a `kind`; see the rules of segments.',
        examples=[{"kind": "behaviour", "event": "Order Completed", "compare": ">=", "value": 2, "window": {"last": "30d"}}],
    ),
]
ReadVersion = Annotated[
    int | None, QueryParameter(description="The version that was read; 409 if it is no longer the current one.", ge=1)
]


class SegmentProgress(msgspec.Struct, frozen=True):
    """The progress of a new or edited segment towards being live, filled from history while events keep arriving. Times are real
    (ms).

    ``share`` is the progress from 0 to 1: ``read`` of ``events`` events of history are read, ``people`` are decided. A new one
    (``is_new``) has no members until then, an edited one those of its former rule. After ``tries`` failures (``error`` is the
    newest) it started over.
    """

    is_new: bool
    stage: Stage
    share: float
    read: int
    events: int
    people: int
    began_at: int | None
    expected_at: int | None
    tries: int
    error: str


class SegmentAnswer(msgspec.Struct, frozen=True):
    """A segment. ``size`` is its current number of members; null until it is built. ``building`` is the progress of a new or
    edited rule; null once that is live. ``created_by`` created it; ``sentence`` is the rule in words.
    """

    id: int
    app_id: int
    name: str
    rule: dict[str, Any]
    version: int
    state: SegmentState
    size: int | None
    created_at: int
    updated_at: int
    created_by: str
    sentence: Sentences
    building: SegmentProgress | None = None


class SegmentCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new segment. With ``announce``, webhooks get its initial members as entering."""

    name: SegmentName
    rule: RuleForm
    announce: bool | None = None


class SegmentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a segment; omitted fields stay as they are.

    With ``announce``, journeys and webhooks get who enters and leaves by the new rule, as if it had happened on its own; without
    it, no journey starts and no webhook is called.
    """

    version: Annotated[int, Meta(ge=1)]
    name: SegmentName | None = None
    rule: RuleForm | None = None
    announce: bool | None = None


class RulePreviewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule to try."""

    rule: RuleForm


class Reach(msgspec.Struct, frozen=True):
    """Of the people examined (all up to 10,000, otherwise 10,000 spread evenly), how many have an address, by channel.

    Only subscribed addresses count. Whether a message may be sent there depends on consent.
    """

    of: int
    channels: dict[str, int]


class Sampled(msgspec.Struct, frozen=True):
    """One of the matching people."""

    id: int
    external_id: str | None
    traits: dict[str, Any]


class PreviewAnswer(msgspec.Struct, frozen=True):
    """The people a rule would match now: their number, the first 20 (``sample`` by id), and how many are reachable."""

    count: int
    sample: list[int]
    people: list[Sampled]
    reach: Reach


class Dependents(msgspec.Struct, frozen=True):
    """What depends on a segment."""

    items: list[Dependent]


class Members(msgspec.Struct, frozen=True):
    """Members of a segment, by id, and their total number."""

    items: list[int]
    next: str | None
    size: int


class Membership(msgspec.Struct, frozen=True):
    """A segment that a person is in."""

    segment_id: int
    name: str


class Memberships(msgspec.Struct, frozen=True):
    """The segments a person is in."""

    items: list[Membership]


def as_answer(segment: Segment, size: int | None, sentence: Sentences, building: SegmentProgress | None = None) -> SegmentAnswer:
    """A segment in the API's form."""
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
        created_by=segment.created_by,
        sentence=sentence,
        building=building,
    )


def dependents_of(services: Services, app: int, segment: int) -> list[Dependent]:
    """What depends on a segment: other segments, and journeys."""
    journeys = services.journeys.depending_on_segment(app, segment)
    caps = [Dependent("cap", each.id, each.name) for each in services.caps.list(app) if segment in each.segments]
    return [
        *services.segments.dependents(app, segment),
        *(Dependent("journey", each.id, each.name) for each in journeys),
        *caps,
    ]


def _others(connection: Connection, app: int, segment: int) -> list[Dependent]:
    """What depends on a segment, other segments apart."""
    return [*dependents_of_segment(connection, app, segment), *caps_for_segment(connection, app, segment)]


async def checked_rule(services: Services, app: int, rule: Any) -> dict[str, Any]:
    """A rule to try, with the app's zone and country filled in, as JSON. Raises ``RuleError``."""
    defaults = await sync_to_thread(defaults_of, services, app)
    parsed = await sync_to_thread(services.segments.checked, app, rule, defaults)
    await sync_to_thread(refuse_unknown, services, app, parsed)
    return to_data(parsed)


async def sized(services: Services, segment: Segment) -> SegmentAnswer:
    """A segment with its live size and its rule in words."""
    (sentence,) = await in_words(services, segment.app_id, [segment.rule])
    building = (await building_of(services, segment.app_id)).get(segment.id)
    return as_answer(segment, (await sizes_of(services, segment.app_id)).get(segment.id), sentence, building)


async def sizes_of(services: Services, app: int) -> dict[int, int]:
    """The live sizes of an app's segments."""
    return dict(await services.context.worker.call("segment_sizes", app=app))


async def building_of(services: Services, app: int) -> dict[int, SegmentProgress]:
    """The segments of an app that are not live yet."""
    return progress_of(await services.context.worker.call("segments_building", app=app))


def progress_of(rows: list[dict[str, Any]]) -> dict[int, SegmentProgress]:
    """The worker's progress reports, by segment id."""
    return {row["segment"]: msgspec.convert(row, SegmentProgress) for row in rows}


@get("/segments", operation_id="listSegments", summary="List segments", responses=ERRORS)
async def list_segments(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[SegmentAnswer]:
    """The segments of an app with their sizes, without archived ones."""
    after = read_cursor(cursor, int) or 0
    found = await sync_to_thread(services.segments.page, app, after, limit)
    sizes, building = await sizes_of(services, app), await building_of(services, app)
    said = await in_words(services, app, [segment.rule for segment in found.items])
    items = [
        as_answer(segment, sizes.get(segment.id), sentence, building.get(segment.id))
        for segment, sentence in zip(found.items, said, strict=True)
    ]
    return Page(items, None if found.next is None else write_cursor(found.next))


@post("/segments", operation_id="createSegment", summary="Create a segment", responses=ERRORS)
async def create_segment(
    request: Request[Any, Caller, Any], app: AppId, data: JSONBody[SegmentCreation], services: Behind
) -> SegmentAnswer:
    """Create a segment. Its members are available when this returns, unless history is long: then ``building`` is its progress.

    Days and dates without a zone get the app's; comparisons of countries get its default country.
    """
    now = services.context.clock.now()
    defaults = await sync_to_thread(defaults_of, services, app)
    await sync_to_thread(refuse_unknown, services, app, parse_rule(data.rule))
    author = request.auth.actor
    made = await sync_to_thread(
        services.segments.create,
        app,
        data.name,
        data.rule,
        now,
        author,
        defaults=defaults,
        announce=bool(data.announce),
        check=lambda connection, rule: refuse_missing(connection, app, rule),
    )
    await definitions_changed(services)
    return await sized(services, made)


@post("/segments/preview", operation_id="previewSegment", summary="Preview a rule", responses=ERRORS, status_code=200)
async def preview_segment(app: AppId, data: JSONBody[RulePreviewRequest], services: Behind) -> PreviewAnswer:
    """How many people a rule would match now, some of them, and how many are reachable, without saving it."""
    rule = await checked_rule(services, app, data.rule)
    found = await services.context.worker.call("preview", app=app, rule=rule)
    profiles = await sync_to_thread(services.directory.profiles, app, found["sample"])
    people = [Sampled(each.id, each.external_id, each.traits) for each in map(profiles.get, found["sample"]) if each is not None]
    return PreviewAnswer(found["count"], found["sample"], people, msgspec.convert(found["reach"], Reach))


@post("/segments/preview/cost", operation_id="priceRule", summary="Cost of keeping a rule", responses=ERRORS, status_code=200)
async def price_rule(app: AppId, data: JSONBody[RulePreviewRequest], services: Behind) -> Cost:
    """The cost of keeping a rule live: conditions that are live already are free; others cost memory, and reading
    history once.
    """
    rule = await checked_rule(services, app, data.rule)
    return msgspec.convert(await services.context.worker.call("cost", app=app, rule=rule), Cost)


@post("/segments/sentence", operation_id="sayRule", summary="Say a rule in words", responses=ERRORS, status_code=200)
async def say_rule(app: AppId, data: JSONBody[RulePreviewRequest], services: Behind) -> Sentences:
    """The rule as a sentence, immediately and without counting."""
    (sentence,) = await in_words(services, app, [parse_rule(data.rule)])
    return sentence


@get("/segments/rule-schema", operation_id="getRuleSchema", summary="The JSON Schema of rules", responses=ERRORS)
async def get_rule_schema(app: AppId) -> dict[str, Any]:  # noqa: ARG001 - the path says whose key it is
    """The rule language as JSON Schema (2020-12), for editors and generators. Whatever it refuses is refused here."""
    return rule_schema()


@get(
    "/segments/conditions",
    operation_id="listConditionKinds",
    summary="Kinds of conditions",
    responses=ERRORS,
    sync_to_thread=False,
)
def list_condition_kinds(app: AppId) -> list[KindForm]:  # noqa: ARG001 - the path says whose key it is
    """The kinds of conditions with their fields, as forms: what each field holds, and its initial value."""
    return condition_forms()


@get("/segments/{segment:int}", operation_id="getSegment", summary="Read a segment", responses=ERRORS)
async def get_segment(app: AppId, segment: SegmentId, services: Behind) -> SegmentAnswer:
    """One segment with its rule and size."""
    return await sized(services, await sync_to_thread(services.segments.get, app, segment))


@patch("/segments/{segment:int}", operation_id="changeSegment", summary="Change a segment", responses=ERRORS)
async def change_segment(
    request: Request[Any, Caller, Any], app: AppId, segment: SegmentId, data: JSONBody[SegmentChange], services: Behind
) -> SegmentAnswer:
    """Change name or rule; with a new rule, people enter and leave at once, or after it is built from a long history."""
    now, author = services.context.clock.now(), request.auth.actor
    defaults = await sync_to_thread(defaults_of, services, app)
    if data.rule is not None:
        await sync_to_thread(refuse_unknown, services, app, parse_rule(data.rule))
    changed = await sync_to_thread(
        services.segments.update,
        app,
        segment,
        data.version,
        now,
        name=data.name,
        rule=data.rule,
        author=author,
        defaults=defaults,
        announce=bool(data.announce),
        check=lambda connection, rule: refuse_missing(connection, app, rule),
    )
    await definitions_changed(services)
    return await sized(services, changed)


@delete("/segments/{segment:int}", operation_id="archiveSegment", summary="Archive a segment", responses=ERRORS)
async def archive_segment(
    request: Request[Any, Caller, Any], app: AppId, segment: SegmentId, services: Behind, version: ReadVersion = None
) -> None:
    """Archive a segment: it loses all members and is no longer listed. Refused while a segment, journey or cap depends on it."""
    now, author = services.context.clock.now(), request.auth.actor
    seen = version or (await sync_to_thread(services.segments.get, app, segment)).version
    archive = partial(services.segments.archive, others=lambda connection: _others(connection, app, segment))
    await sync_to_thread(archive, app, segment, seen, now, author)
    await definitions_changed(services)


@get(
    "/segments/{segment:int}/dependents",
    operation_id="listSegmentDependents",
    summary="List what depends on it",
    responses=ERRORS,
)
async def list_dependents(app: AppId, segment: SegmentId, services: Behind) -> Dependents:
    """The segments and journeys that depend on a segment, which cannot be archived while there are any."""
    await sync_to_thread(services.segments.get, app, segment)
    return Dependents(await sync_to_thread(dependents_of, services, app, segment))


@get("/segments/{segment:int}/users", include_in_schema=False, status_code=HTTP_308_PERMANENT_REDIRECT)
async def redirect_to_dependents(app: AppId, segment: SegmentId) -> Redirect:
    """The former address of the dependents, for one version."""
    return Redirect(f"/api/v1/apps/{app}/segments/{segment}/dependents", status_code=HTTP_308_PERMANENT_REDIRECT)


@get("/segments/{segment:int}/members", operation_id="listMembers", summary="List members", responses=ERRORS)
async def list_members(app: AppId, segment: SegmentId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Members:
    """The ids of a segment's current members; 409 (``segment_building``) while a new one is being built."""
    after = read_cursor(cursor, int) or 0
    await sync_to_thread(services.segments.get, app, segment)
    found = await services.context.worker.call("members", app=app, segment=segment, cursor=after, limit=limit)
    following = None if found["next"] is None else write_cursor(found["next"])
    return Members(found["persons"], following, found["size"])


@get("/people/{person:int}/memberships", operation_id="listMemberships", summary="List memberships", responses=ERRORS)
async def list_memberships(app: AppId, person: PersonId, services: Behind) -> Memberships:
    """The segments a person is in."""
    return Memberships(await memberships_of(services, app, person))


async def memberships_of(services: Services, app: int, person: int) -> list[Membership]:
    """The segments a person is in, with their names. Raises ``PersonNotFoundError``."""
    ids = await services.context.worker.call("memberships", app=app, person=person)
    root, names = await sync_to_thread(_root_and_names, services, app, person, ids)
    if root != person:  # a merged person is in none: read again for the current one
        ids = await services.context.worker.call("memberships", app=app, person=root)
        names = await sync_to_thread(services.segments.names, app, ids)
    return [Membership(segment, names[segment]) for segment in ids]


def _root_and_names(services: Services, app: int, person: int, segments: list[int]) -> tuple[int, dict[int, str]]:
    """The current person of an id, and the names of these segments: one thread and one transaction for both."""
    with reading(services.context.state) as connection:
        return services.directory.resolve(app, person, connection), services.segments.names(app, segments, connection)


router = Router(
    path="/apps/{app:int}",
    route_handlers=[
        list_segments,
        create_segment,
        preview_segment,
        price_rule,
        get_rule_schema,
        list_condition_kinds,
        say_rule,
        get_segment,
        change_segment,
        archive_segment,
        list_dependents,
        redirect_to_dependents,
        list_members,
        list_memberships,
    ],
    tags=["Segments"],
)
