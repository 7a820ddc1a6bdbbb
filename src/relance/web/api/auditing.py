"""The app's audit: its entries, and the middleware that writes those that no service writes itself.

Recorded here: whatever sends to people, ends something, or takes data out of the server.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Router, get
from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import override

from relance.accounts.audited import AuditAction
from relance.accounts.model import AuditEntry
from relance.infra.clock import RealClock
from relance.web.api.authentication import OPERATOR, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit
from relance.web.api.services import services_of

#: Operation → its action in the audit, and the path parameter that names the object.
NOTED: dict[str, tuple[AuditAction, str]] = {
    "publishJourney": ("journey.published", "journey"),
    "pauseJourney": ("journey.paused", "journey"),
    "resumeJourney": ("journey.resumed", "journey"),
    "archiveJourney": ("journey.archived", "journey"),
    "deleteJourney": ("journey.deleted", "journey"),
    "archiveMessage": ("message.archived", "message"),
    "restoreMessage": ("message.restored", "message"),
    "deleteMessage": ("message.deleted", "message"),
    "archiveSegment": ("segment.archived", "segment"),
    "archiveList": ("list.archived", "list_id"),
    "exportMembers": ("segment.exported", "segment"),
    "exportPerson": ("person.exported", "person"),
    "exportHeldBack": ("held_back.exported", "app"),
    "exportSuppressions": ("suppression.exported", "app"),
}


class AuditLine(msgspec.Struct, frozen=True):
    """One entry: who did what, to what, when (ms). ``name`` and ``target_name`` are the current names of actor and target if
    these are operators or keys; otherwise they are as given. ``detail`` depends on the action.
    """

    id: int
    actor: str
    name: str
    action: str
    target: str
    target_name: str
    detail: dict[str, object]
    occurred_at: int


@get("/audit", operation_id="listAudit", summary="List who did what", responses=ERRORS, opt=OPERATOR, sync_to_thread=True)
def list_audit(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[AuditLine]:
    """Who changed, published, archived, deleted or exported what in the app, and who signed in, newest first. Operators only."""
    services.accounts.app(app)
    before = read_cursor(cursor, int)
    found = services.accounts.audit(app, before, limit + 1, operators=True)
    names = services.accounts.called(app, {one for each in found for one in (each.actor, each.target)})
    return page([_line(each, names) for each in found], limit, lambda line: line.id)


def _line(entry: AuditEntry, names: dict[str, str]) -> AuditLine:
    who, what = names[entry.actor], names[entry.target]
    return AuditLine(entry.id, entry.actor, who, entry.action, entry.target, what, entry.detail, entry.occurred_at)


class Audit(ASGIMiddleware):
    """Writes an entry after each ``NOTED`` operation. Inside ``Idempotency``: a repeated answer is not a new act."""

    scopes = (ScopeType.HTTP,)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        handler = scope["route_handler"]
        operation = handler.operation_id if isinstance(handler, HTTPRouteHandler) else None
        if not isinstance(operation, str) or operation not in NOTED or "auth" not in scope:
            await next_app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        caller: Caller = scope["auth"]
        parameters: dict[str, Any] = dict(scope["path_params"])
        action, parameter = NOTED[operation]
        target = f"{parameter.removesuffix('_id')}:{parameters[parameter]}"

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                accounts = services_of(request.app).accounts
                await sync_to_thread(accounts.note, parameters["app"], caller.actor, action, target, {}, RealClock().now())
            await send(message)

        await next_app(scope, receive, noting)


router = Router(path="/apps/{app:int}", route_handlers=[list_audit], tags=["Audit"])
