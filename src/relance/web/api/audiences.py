"""Audiences: messages for many people at once, how far they have come, and what an operator does about one that is stopped."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import PathParameter
from msgspec import Meta

from relance.accounts.audited import AuditAction
from relance.infra.clock import RealClock
from relance.messaging.audiences.model import Audience
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, Cursor, Limit
from relance.web.api.services import Services, definitions_changed

AudienceId = Annotated[int, PathParameter(name="audience", description="The audience.", ge=1, le=LARGEST_ID)]


class AudienceState(StrEnum):
    """Where an audience stands."""

    GOES_ON = "goes_on"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class AudienceAnswer(msgspec.Struct, frozen=True):
    """A message for many people. Of ``size`` people ``entered`` have come into the queue. Instants are ms; null: not (yet).

    ``rendered`` and ``failed`` count messages up to the last one that could not be rendered; both are 0 where all could, or since
    the audience was resumed.
    """

    id: int
    message_id: int
    channel: str
    lane: str
    state: AudienceState
    created_at: int
    size: int
    entered: int
    rendered: int
    failed: int
    stopped_at: Annotated[int | None, Meta(description="Since when nothing leaves, since too many messages failed.")]
    cancelled_at: int | None


@get("/", operation_id="listAudiences", summary="List audiences", responses=ERRORS, sync_to_thread=True)
def list_audiences(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[AudienceAnswer]:
    """An app's audiences, newest first.

    One stops by itself when more of its messages (of at least 100) fail to be rendered than `render_error_percent` of the app
    says. What waits keeps waiting until an operator resumes or cancels it.
    """
    services.accounts.app(app)
    found = services.audiences.page(app, before=read_cursor(cursor, int), limit=limit + 1)
    return page([_answer(each) for each in found], limit, lambda each: each.id)


@post(
    "/{audience:int}/resume",
    operation_id="resumeAudience",
    summary="Resume an audience",
    responses=ERRORS,
    opt=OPERATOR,
    status_code=200,
)
async def resume_audience(
    request: Request[Any, Caller, Any], app: AppId, audience: AudienceId, services: Behind
) -> AudienceAnswer:
    """Let a stopped audience go on; only a signed-in operator may. Failures are counted anew. 409 if it is not stopped."""

    def resume() -> AudienceAnswer:
        found = services.audiences.resume(app, audience)
        _note(services, app, request.auth.actor, "audience.resumed", audience)
        return _answer(found)

    answer = await sync_to_thread(resume)
    await definitions_changed(services)  # wakes the dispatcher
    return answer


@post(
    "/{audience:int}/cancel",
    operation_id="cancelAudience",
    summary="Cancel an audience",
    responses=ERRORS,
    opt=OPERATOR,
    status_code=200,
)
async def cancel_audience(
    request: Request[Any, Caller, Any], app: AppId, audience: AudienceId, services: Behind
) -> AudienceAnswer:
    """Send an audience's message to nobody any more; only a signed-in operator may. 409 if it is cancelled already.

    What waits for an attempt is skipped as `audience_cancelled`; people whose turn had not come get no delivery at all.
    """

    def cancel() -> AudienceAnswer:
        found = services.audiences.cancel(app, audience, services.context.clock.now())
        _note(services, app, request.auth.actor, "audience.cancelled", audience)
        return _answer(found)

    answer = await sync_to_thread(cancel)
    await definitions_changed(services)
    return answer


def _note(services: Services, app: int, actor: str, action: AuditAction, audience: int) -> None:
    services.accounts.note(app, actor, action, f"audience:{audience}", {}, RealClock().now())


def _answer(found: Audience) -> AudienceAnswer:
    shown = {name: getattr(found, name) for name in AudienceAnswer.__struct_fields__ if name != "state"}
    if found.cancelled_at is not None:
        state = AudienceState.CANCELLED
    else:
        state = AudienceState.GOES_ON if found.stopped_at is None else AudienceState.STOPPED
    return AudienceAnswer(**shown, state=state)


router = Router(
    path="/apps/{app:int}/audiences", route_handlers=[list_audiences, resume_audience, cancel_audience], tags=["Sending"]
)
