"""How a segment came to be what it is: its versions, who made them, what changed, and the way back."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from relance.segments.model import State, Version
from relance.segments.rule.difference import Difference, difference
from relance.segments.service import NEWEST, to_data
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, SegmentId
from relance.web.api.segments import SegmentAnswer, sized
from relance.web.api.services import definitions_changed

Earlier = Annotated[int, PathParameter(description="The version to go back to.", ge=1, le=NEWEST)]


class VersionAnswer(msgspec.Struct, frozen=True):
    """A segment as it stood after one edit. ``created_by`` made the edit: ``operator:<id>`` or ``key:<id>``.

    ``difference`` is what the edit changed; null for the first version. ``archived``: it was the one that archived the segment.
    """

    version: int
    name: str
    rule: dict[str, Any]
    created_at: int
    created_by: str
    archived: bool
    difference: Difference | None


class Restoration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way back."""

    version: Annotated[int, Meta(ge=1, description="The version that was read; 409 if it is no longer the current one.")]


@get("/segments/{segment:int}/versions", operation_id="listSegmentVersions", summary="List versions", responses=ERRORS)
async def list_versions(
    app: AppId, segment: SegmentId, services: Behind, cursor: Cursor = None, limit: Limit = 50
) -> Page[VersionAnswer]:
    """What every edit of a segment made of it, newest first: who, when, and the difference."""
    before = min(read_cursor(cursor, int) or NEWEST, NEWEST)
    found = await sync_to_thread(services.segments.get, app, segment)
    # One more for the page's end, and one more for the difference from it.
    versions = await sync_to_thread(services.segments.versions, app, segment, before, limit + 2)
    ends_at = found.version if found.state is State.ARCHIVED else 0
    answers = [_answer(newer, older, ends_at) for newer, older in pairwise([*versions, None]) if newer is not None]
    return page(answers[: limit + 1], limit, lambda one: one.version)


def _answer(version: Version, older: Version | None, ends_at: int) -> VersionAnswer:
    return VersionAnswer(
        version=version.version,
        name=version.name,
        rule=to_data(version.rule),
        created_at=version.created_at,
        created_by=version.created_by,
        archived=version.version == ends_at,
        difference=None if older is None else difference(older.name, older.rule, version.name, version.rule),
    )


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
    """Give a segment the name and rule of an earlier version, as a new edit; people enter and leave at once."""
    now, author = services.context.clock.now(), request.auth.actor
    restored = await sync_to_thread(services.segments.restore, app, segment, data.version, min(earlier, NEWEST), now, author)
    await definitions_changed(services)
    return await sized(services, restored)


router = Router(path="/apps/{app:int}", route_handlers=[list_versions, restore_version], tags=["Segments"])
