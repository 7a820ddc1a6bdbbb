"""Deletions that people asked for themselves on the preference page: looked at, and cancelled, by operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from relance.users.deletion_requests.model import VALID_FOR, DeletionRequest, DeletionState
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, OfPerson
from relance.web.api.services import Services

RequestId = Annotated[str, PathParameter(description="The deletion request.", min_length=1, max_length=64)]
OfState = Annotated[DeletionState | None, QueryParameter(name="state", description="Only requests of which this has become.")]


class DeletionRequestAnswer(msgspec.Struct, frozen=True):
    """A deletion that was asked for by the link of a mail. Instants are ms.

    `asked`: a mail asks whoever reads the address to confirm it, until `expires_at`; from then on it is `expired`.
    `scheduled`: it was confirmed at `confirmed_at` and takes place at `due_at`. `under_way`: it can no longer be cancelled.
    `done`, `cancelled`, `void` (the address was no longer the person's): at `ended_at`.
    """

    id: str
    person_id: int
    state: DeletionState
    asked_at: int
    expires_at: int
    confirmed_at: int | None
    due_at: int | None
    ended_at: int | None
    ended_by: Annotated[str, Meta(description="Who cancelled it: `link`, or as in the audit (`operator:1`); else empty.")]


def as_deletion_request(found: DeletionRequest, now: int) -> DeletionRequestAnswer:
    """A request in the API's form, as of ``now``."""
    about = {name: getattr(found, name) for name in DeletionRequestAnswer.__struct_fields__ if name != "expires_at"}
    return DeletionRequestAnswer(**about | {"state": found.state_at(now)}, expires_at=found.asked_at + VALID_FOR)


@get(
    "/",
    operation_id="listDeletionRequests",
    summary="List deletions that people asked for",
    responses=ERRORS,
    sync_to_thread=True,
)
def list_deletion_requests(
    app: AppId,
    services: Behind,
    in_state: OfState = None,
    person: OfPerson = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DeletionRequestAnswer]:
    """Deletions that were asked for by the links of mails, newest first. What a deleted person asked for stays."""
    services.accounts.app(app)
    before = read_cursor(cursor, tuple[int, str])
    now = services.context.clock.now()
    found = _found(services, app, in_state, person, before, limit + 1, now)
    return page([as_deletion_request(each, now) for each in found], limit, lambda each: (each.asked_at, each.id))


def _found(
    services: Services,
    app: int,
    state: DeletionState | None,
    person: int | None,
    before: tuple[int, str] | None,
    limit: int,
    now: int,
) -> Sequence[DeletionRequest]:
    if person is None:
        return services.deletion_requests.page(app, now, state=state, before=before, limit=limit)
    theirs = services.deletion_requests.of_person(app, person)  # a few: unconfirmed ones replace each other
    kept = [each for each in theirs if state is None or each.state_at(now) is state]
    return [each for each in kept if before is None or (each.asked_at, each.id) < before][:limit]


@post(
    "/{request_id:str}/cancel",
    operation_id="cancelDeletionRequest",
    summary="Cancel a deletion that a person asked for",
    responses=ERRORS,
    status_code=200,
    opt=OPERATOR,
)
async def cancel_deletion_request(
    request: Request[Any, Caller, Any], app: AppId, request_id: RequestId, services: Behind
) -> DeletionRequestAnswer:
    """Keep the person, against what they asked for: because they changed their mind, or somebody else read their mail.

    Operators only, and in the audit. Whoever has a link can ask again.
    """
    now = services.context.clock.now()
    cancel = services.deletion_requests.cancel_for
    return as_deletion_request(await sync_to_thread(cancel, app, request_id, request.auth.actor, now), now)


router = Router(
    path="/apps/{app:int}/deletion-requests", route_handlers=[list_deletion_requests, cancel_deletion_request], tags=["People"]
)
