"""``POST /v1/…``: read, check, write to the log, answer. A bare ASGI application, because nothing else is called as often.

The framework's routing alone costs three times as much as all of this, so ``relance.web.app`` hands requests over before it. An
answer is sent only after the events are on disk.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from functools import lru_cache
from typing import NamedTuple

from litestar.types import HTTPScope, Receive, Send

from relance.accounts.identity_tokens import unproven
from relance.accounts.model import Key, KeyKind
from relance.core.error_text import ErrorText, as_error_text
from relance.core.errors import ForbiddenError, NotFoundError, RelanceError, UnauthorizedError
from relance.events.flows import Flow
from relance.events.intake import Origin, check, noted
from relance.events.model import Event, Kind, Rejection
from relance.events.voices import Browser
from relance.infra.clock import RealClock
from relance.web.context import Context
from relance.web.errors import Problem, problem_of, unexpected
from relance.web.ingest.answers import send_json, send_preflight, send_problem, taken
from relance.web.ingest.body import ClientGone, read_body
from relance.web.ingest.cutting import members_of
from relance.web.ingest.envelope import Envelope, open_batch, open_single
from relance.web.ingest.notebook import Notebook
from relance.web.ingest.settings import key_of_settings_path, settings_for
from relance.web.limits import RateLimit

PREFIX = "/v1/"


class Route(NamedTuple):
    """What an address implies about its messages. ``kind`` is empty for batches, whose messages carry it."""

    kind: str = ""
    imported: bool = False


# An address that the caller chose by its Host header is for nobody else: no cache keeps it, whatever it makes of "private".
_OF_THIS_HOST = [(b"cache-control", b"no-store"), (b"vary", b"host")]
_KEPT_SHORTLY = [(b"cache-control", b"private, max-age=60")]
ROUTES = {
    "/v1/batch": Route(),
    "/v1/b": Route(),
    "/v1/import": Route(imported=True),
    **{f"/v1/{kind}": Route(kind) for kind in (Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.IDENTIFY, Kind.GROUP)},
    **{f"/v1/{kind[0]}": Route(kind) for kind in (Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.IDENTIFY, Kind.GROUP)},
    "/v1/alias": Route(Kind.ALIAS),
    "/v1/a": Route(Kind.ALIAS),
}


class Ingest:
    """The ASGI application for everything under ``/v1/``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._limit = RateLimit(context.settings.requests_per_second)
        self._notebook = Notebook()

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        try:
            problem = await self._answer(scope, receive, send)
        except ClientGone:
            return
        except RelanceError as error:
            problem = problem_of(error)
        except Exception as error:  # last resort: whatever it is, the client gets the common shape
            problem = unexpected(error)
        if problem is not None:
            await send_problem(send, problem)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> Problem | None:
        path, method = scope["path"], scope["method"]
        route = ROUTES.get(path) or ROUTES.get(path.rstrip("/"))
        key = None if route else key_of_settings_path(path)
        if route is None and key is None:
            raise NotFoundError(ErrorText("address_unknown", "There is nothing at this address."))
        if method == "OPTIONS":
            await send_preflight(send, scope["headers"])
        elif route is not None and method == "POST":
            return await self._take(route, scope, receive, send)
        elif key is not None and method in ("GET", "HEAD"):
            self._key_of(key)
            await send_json(
                send,
                200,
                settings_for(key, scope, self._context.settings.base_url, self._context.push_key),
                _KEPT_SHORTLY if self._context.settings.base_url else _OF_THIS_HOST,
            )
        else:
            return Problem(
                405, "method_not_allowed", ErrorText("method_unknown", "This address does not take {method}.", method=method), {}
            )
        return None

    async def _take(self, route: Route, scope: HTTPScope, receive: Receive, send: Send) -> Problem | None:
        authorization = encoding = b""
        for name, text in scope["headers"]:
            if name == b"authorization":
                authorization = text
            elif name == b"content-encoding":
                encoding = text
        settings = self._context.settings
        given = _key_of_basic(authorization)
        key = self._admit(given, route) if given else None
        body = await read_body(receive, encoding, settings.batch_bytes)
        envelope = open_single(body) if route.kind else open_batch(body)
        key = key or self._admit(envelope.write_key, route)

        received_at = self._context.clock.now()
        origin = Origin(
            key.app_id,
            received_at,
            _random_id,
            envelope.sent_at,
            envelope.context,
            route.imported,
            settings.event_bytes,
            envelope.may_hold_nul,
            self._browser(key.app_id) if key.kind is KeyKind.BROWSER else None,
        )
        notes: list[tuple[int | None, Rejection]] = []
        if envelope.mended:
            notes += [(None, one) for one in noted(origin, envelope.mended, _without_messages(body))]
        events, rejected = _check_all(envelope, origin, route.kind, notes)
        if events or rejected or notes:
            aside = [one for _, one in rejected]
            flow = Flow.IMPORT if route.imported else Flow.LIVE
            await self._context.log.append(events, aside + self._notebook.kept(notes) if notes else aside, flow)
        if route.kind and rejected:
            one = rejected[0][1]
            return Problem(400, one.reason, as_error_text(one.detail), {"path": one.path})
        await send_json(send, 200, taken(len(events), rejected, notes))
        return None

    def _admit(self, text: str, route: Route) -> Key:
        key = self._key_of(text)
        self._limit.take(text)
        self._context.log.check_room(key.app_id)
        if route.imported and key.kind is KeyKind.BROWSER:
            raise ForbiddenError(
                ErrorText("browser_key_imports", "This is a browser key: history is imported by a server, with a write key.")
            )
        return key

    def _key_of(self, text: str) -> Key:
        key = self._context.accounts.sending_key(text) if text else None
        if key is None:
            raise UnauthorizedError(ErrorText("write_key_unknown", "The write key is missing, unknown or revoked."))
        return key

    def _browser(self, app_id: int) -> Browser:
        """The app's trust settings for a browser. Tokens expire in real time, whatever the program's clock says."""
        vouching, now = self._context.accounts.vouching(app_id), RealClock().now()
        return Browser(lambda token, user_id: unproven(token, user_id, vouching.secrets, now), vouching.trusts_unsigned)


def _without_messages(body: bytes) -> bytes:
    """The raw fields beside the messages: shown with notes about them."""
    beside = [
        b'"' + name + b'":' + text for name, text in (members_of(body) or {}).items() if name not in (b"batch", b"writeKey")
    ]
    return b"{" + b",".join(beside) + b"}"


def _check_all(
    envelope: Envelope, origin: Origin, kind: str, notes: list[tuple[int | None, Rejection]]
) -> tuple[list[Event], list[tuple[int, Rejection]]]:
    events: list[Event] = []
    rejected: list[tuple[int, Rejection]] = []
    noted: list[Rejection] = []
    for index, message in enumerate(envelope.messages):
        checked = check(message, origin, kind, noted)
        if noted:
            notes += [(index, one) for one in noted]
            noted.clear()
        if type(checked) is Event:
            events.append(checked)
        else:
            rejected.append((index, checked))  # type: ignore[arg-type]
    return events, rejected


@lru_cache(maxsize=1_024)
def _key_of_basic(authorization: bytes) -> str:
    """The user name of Basic authentication; empty if there is none, since the key may be in the body."""
    scheme, _, credentials = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        raise UnauthorizedError(
            ErrorText(
                "authorization_unreadable",
                "The Authorization header cannot be read: send Basic, with the write key as user name.",
            )
        ) from None


def _random_id() -> str:
    return uuid.uuid4().hex
