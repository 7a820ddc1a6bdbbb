"""A segment's versions: who made them, what changed, and restoring one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from relance.journeys.service import refuse_missing
from relance.segments.model import SegmentState
from relance.segments.rule.difference import Difference, Renaming, difference
from relance.segments.service import NEWEST, parse_rule, to_data
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.naming import refuse_unknown
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, SegmentId
from relance.web.api.segments import SegmentAnswer, sized
from relance.web.api.sentences import Sentences, in_words
from relance.web.api.services import Services, definitions_changed

Later = Annotated[int, PathParameter(description="The other version.", ge=1, le=NEWEST)]
Earlier = Annotated[int, PathParameter(description="The earlier version.", ge=1, le=NEWEST)]


class SaidCondition(msgspec.Struct, frozen=True):
    """A condition, also in words."""

    condition: dict[str, Any]
    sentence: Sentences


class DifferenceAnswer(msgspec.Struct, frozen=True):
    """The difference between two versions. ``regrouped``: the remaining conditions are combined differently (and, or, not).

    ``meaning_changed`` is false if only spelling or order differ.
    """

    renamed: Renaming | None
    added: list[SaidCondition]
    removed: list[SaidCondition]
    regrouped: bool
    meaning_changed: bool


class VersionAnswer(msgspec.Struct, frozen=True):
    """A segment after one edit. ``created_by`` made the edit: ``operator:<id>`` or ``key:<id>``.

    ``author`` is its author's name, ``sentence`` the rule in words. ``difference`` is what the edit changed; null for the first
    version. ``archived``: the edit that archived the segment.
    """

    version: int
    name: str
    rule: dict[str, Any]
    created_at: int
    created_by: str
    author: str
    archived: bool
    sentence: Sentences
    difference: DifferenceAnswer | None


class Restoration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version to restore. With ``announce``, journeys and webhooks get who enters and leaves by it."""

    version: Annotated[int, Meta(ge=1, description="The version that was read; 409 if it is no longer the current one.")]
    announce: bool | None = None


@get("/segments/{segment:int}/versions", operation_id="listSegmentVersions", summary="List versions", responses=ERRORS)
async def list_versions(
    app: AppId, segment: SegmentId, services: Behind, cursor: Cursor = None, limit: Limit = 50
) -> Page[VersionAnswer]:
    """Every version of a segment, newest first: who, when, and the difference."""
    before = min(read_cursor(cursor, int) or NEWEST, NEWEST)
    found = await sync_to_thread(services.segments.get, app, segment)
    # One more to detect the end, and one more to compare with.
    versions = await sync_to_thread(services.segments.versions, app, segment, before, limit + 2)
    ends_at = found.version if found.state is SegmentState.ARCHIVED else 0
    edits = [(newer, older) for newer, older in pairwise([*versions, None]) if newer is not None][: limit + 1]
    differences = [
        None if older is None else difference(older.name, older.rule, newer.name, newer.rule) for newer, older in edits
    ]
    said = await _differences(services, app, [one for one in differences if one is not None])
    sentences = await in_words(services, app, [newer.rule for newer, _ in edits])
    authors = await sync_to_thread(services.accounts.called, app, {newer.created_by for newer, _ in edits})
    answers = [
        VersionAnswer(
            version=version.version,
            name=version.name,
            rule=to_data(version.rule),
            created_at=version.created_at,
            created_by=version.created_by,
            author=authors[version.created_by],
            archived=version.version == ends_at,
            sentence=sentence,
            difference=None if change is None else said.pop(0),
        )
        for (version, _), change, sentence in zip(edits, differences, sentences, strict=True)
    ]
    return page(answers, limit, lambda one: one.version)


@get(
    "/segments/{segment:int}/versions/{earlier:int}/difference/{later:int}",
    operation_id="compareSegmentVersions",
    summary="Compare two versions",
    responses=ERRORS,
)
async def compare_versions(app: AppId, segment: SegmentId, earlier: Earlier, later: Later, services: Behind) -> DifferenceAnswer:
    """The difference between two versions, in words; either may be the newer one."""
    before, after = [
        await sync_to_thread(services.segments.version, app, segment, min(number, NEWEST)) for number in (earlier, later)
    ]
    (differences,) = await _differences(services, app, [difference(before.name, before.rule, after.name, after.rule)])
    return differences


async def _differences(services: Services, app: int, found: Sequence[Difference]) -> list[DifferenceAnswer]:
    """Differences with every condition in words."""
    data = [condition for each in found for condition in (*each.added, *each.removed)]
    sentences = iter(await in_words(services, app, [parse_rule(each) for each in data]))
    return [
        DifferenceAnswer(
            each.renamed,
            [SaidCondition(condition, next(sentences)) for condition in each.added],
            [SaidCondition(condition, next(sentences)) for condition in each.removed],
            each.regrouped,
            each.meaning_changed,
        )
        for each in found
    ]


@post(
    "/segments/{segment:int}/versions/{earlier:int}/restore",
    operation_id="restoreSegmentVersion",
    summary="Restore a version",
    responses=ERRORS,
    status_code=200,
)
async def restore_version(
    request: Request[Any, Caller, Any],
    app: AppId,
    segment: SegmentId,
    earlier: Earlier,
    data: JSONBody[Restoration],
    services: Behind,
) -> SegmentAnswer:
    """Restore the name and rule of an earlier version, as a new edit; people enter and leave at once."""
    now, author = services.context.clock.now(), request.auth.actor
    former = await sync_to_thread(services.segments.version, app, segment, min(earlier, NEWEST))
    await sync_to_thread(refuse_unknown, services, app, former.rule)
    restored = await sync_to_thread(
        services.segments.restore,
        app,
        segment,
        data.version,
        min(earlier, NEWEST),
        now,
        author,
        announce=bool(data.announce),
        check=lambda connection, rule: refuse_missing(connection, app, rule),
    )
    await definitions_changed(services)
    return await sized(services, restored)


router = Router(path="/apps/{app:int}", route_handlers=[list_versions, compare_versions, restore_version], tags=["Segments"])
