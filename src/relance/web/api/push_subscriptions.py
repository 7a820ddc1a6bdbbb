"""Subscriptions to push that browsers made with another system's key: taken over with the key, so that nobody is asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Request, Router, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.channels.addresses import is_public_host, read_url
from relance.channels.registry import KINDS
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.ids import stable_id
from relance.core.mismatch import mismatch
from relance.core.tables import decoded, read_table
from relance.core.trimming import trimmed
from relance.events.flows import Flow
from relance.events.model import Event, Flag, Kind
from relance.pipeline.errors import NotSettledError
from relance.web.api.authentication import RAW, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind
from relance.web.api.services import Services
from relance.web.api.settling import settle

BULK = 1_000
LARGEST_FILE = 10_000_000  # bytes
MOST_ROWS = 50_000
MOST_SHOWN = 100  # refused rows that an answer names
Text = Annotated[str, Meta(max_length=2_048)]
Id = Annotated[str, Meta(max_length=255)]

#: What columns of other systems' exports hold.
_COLUMNS = {
    "identifier": "endpoint",
    "web_p256": "p256dh",
    "web_auth": "auth",
    "external_user_id": "user_id",
    "external_id": "user_id",
    "applicationserverkey": "key",
    "vapid_public_key": "key",
}
_CHECKS: Sequence[Callable[[Any], object]] = [each.check_device for each in KINDS.values() if each.check_device is not None]


class PushSubscriptionRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One browser's subscription and whose it is; without an id it is a visitor of whom nothing else is known.

    `key` is the public key it was made with: of an active provider of the type `vapid`; it may be left out where there is one.
    """

    endpoint: Text
    p256dh: Text
    auth: Text
    key: Text = ""
    user_id: Id = ""
    anonymous_id: Id = ""


class PushSubscriptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subscriptions to take over."""

    subscriptions: Annotated[list[PushSubscriptionRow], Meta(min_length=1, max_length=BULK)]


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that was not taken. `place` is its index in the list, or its line in the file; `path` the field."""

    place: int
    path: str
    message: str
    reason: str


class Imported(msgspec.Struct, frozen=True):
    """How many were taken and refused; `rows` names the first 100 refused ones."""

    imported: int
    refused: int
    rows: list[RefusedRow]


class _Row(NamedTuple):
    """A row to take, or why it cannot be."""

    place: int
    read: PushSubscriptionRow | InvalidError


@post(
    "/push-subscriptions",
    operation_id="importPushSubscriptions",
    summary="Take over push subscriptions",
    responses=ERRORS,
    status_code=200,
)
async def import_push_subscriptions(app: AppId, data: JSONBody[PushSubscriptions], services: Behind) -> Imported:
    """Take over up to 1,000 browsers that subscribed with another system's key. They are asked nothing.

    First add the key pair as a provider of the type `vapid`. Taking over the same again changes nothing.
    """
    return await _take(services, app, [_Row(place, each) for place, each in enumerate(data.subscriptions)])


@post(
    "/push-subscriptions/file",
    operation_id="importPushSubscriptionFile",
    summary="Take over push subscriptions from a file",
    responses=ERRORS,
    status_code=200,
    opt=RAW,
    request_max_body_size=LARGEST_FILE,
)
async def import_push_subscription_file(request: Request[Any, Caller, Any], app: AppId, services: Behind) -> Imported:
    """The same from a CSV file with a first line of names, or from NDJSON with an object a line (the raw body, up to 10 MB).

    Columns are named as the fields, or as OneSignal's export names them (`identifier`, `web_p256`, `web_auth`,
    `external_user_id`); others are ignored.
    """
    rows = await sync_to_thread(_rows_of, await request.body())
    return await _take(services, app, rows)


async def _take(services: Services, app: int, rows: Sequence[_Row]) -> Imported:
    keys = await sync_to_thread(services.providers.keys, app)
    settings = services.context.settings
    trusted = f"{settings.url}/" if settings.sandbox else None
    events, refused = await sync_to_thread(_events_of, app, rows, keys, trusted, services.context.clock.now())
    for start in range(0, len(events) - BULK, BULK):
        await services.context.log.append(events[start : start + BULK], flow=Flow.API)
    if events:
        last = (len(events) - 1) // BULK * BULK
        try:
            await settle(services, events[last:])
        except NotSettledError:
            if len(events) <= BULK:
                raise
    return Imported(len(events), len(refused), refused[:MOST_SHOWN])


def _events_of(
    app: int, rows: Sequence[_Row], keys: Sequence[str], trusted: str | None, now: int
) -> tuple[list[Event], list[RefusedRow]]:
    """``trusted``: addresses that begin like this are the sandbox's."""
    events, refused = [], []
    for place, read in rows:
        try:
            if isinstance(read, InvalidError):
                raise read
            if trusted is None or not read.endpoint.strip().startswith(trusted):
                _check_endpoint(read.endpoint.strip())
            events.append(_event_of(app, read, keys, now))
        except InvalidError as error:
            refused.append(RefusedRow(place, str(error.data.get("path", "")), error.message, error.text.reason))
    return events, refused


def _event_of(app: int, row: PushSubscriptionRow, keys: Sequence[str], now: int) -> Event:
    """What the browser would have told, said on its behalf: it is no visit."""
    endpoint = row.endpoint.strip()
    subscription = {
        "endpoint": endpoint,
        "keys": {"p256dh": row.p256dh.strip(), "auth": row.auth.strip()},
        "applicationServerKey": _key_of(row, keys),
    }
    for check in _CHECKS:
        check(subscription)
    user, visitor = trimmed(row.user_id), trimmed(row.anonymous_id)
    if not user and not visitor:
        visitor = stable_id("push subscription", app, endpoint)
    return Event(
        app_id=app,
        kind=Kind.IDENTIFY.value,
        name="",
        message_id=stable_id("push subscription", app, to_json(subscription), user, visitor),
        user_id=user,
        anonymous_id=visitor,
        occurred_at=now,
        received_at=now,
        body=b"{}",
        context=to_json({"device": {"push": subscription}}).encode(),
        flags=Flag.BACKGROUND,
    )


def _check_endpoint(endpoint: str) -> None:
    """Refuse what nothing could be posted to, before anybody counts on it. Raises ``InvalidError``."""
    try:
        url = read_url(endpoint)
    except ValueError:
        url = None
    if url is None or url.scheme != "https" or url.user is not None or url.password is not None:
        raise InvalidError(
            ErrorText("push_endpoint", "{got!r} is no address of a push service: it begins with https://.", got=endpoint[:100]),
            path="endpoint",
        )
    if not is_public_host(url.raw_host or ""):
        raise InvalidError(
            ErrorText("push_endpoint_private", "{got!r} is no public address.", got=endpoint[:100]), path="endpoint"
        )


def _key_of(row: PushSubscriptionRow, keys: Sequence[str]) -> str:
    """The key as it is written everywhere. Raises ``InvalidError`` where the app does not hold it."""
    named = row.key.strip().rstrip("=").replace("+", "-").replace("/", "_")
    if not keys:
        raise InvalidError(
            ErrorText("push_key_none", "First add the key pair of the other system as a provider of the type vapid."), path="key"
        )
    if not named and len(keys) == 1:
        return keys[0]
    if named not in keys:
        raise InvalidError(
            ErrorText(
                "push_key_unknown",
                "Key {got!r} is not one of the app's active keys: add it as a provider of the type vapid.",
                got=named[:100],
            ),
            path="key",
        )
    return named


def _rows_of(raw: bytes) -> list[_Row]:
    """The rows of a file. Raises ``InvalidError`` for one that is none."""
    text = decoded(raw, "The file", may_say=False)
    rows = list(_of_lines(text) if text.lstrip().startswith("{") else _of_table(text))
    if not rows:
        raise InvalidError(
            ErrorText(
                "rows_none", "The file has no rows: a CSV file names its columns in the first line and begins with the second."
            ),
            path="",
        )
    if len(rows) > MOST_ROWS:
        raise InvalidError(
            ErrorText(
                "rows_limit",
                "The file must have at most {most:,} rows (got {got:,}): cut it into pieces.",
                most=MOST_ROWS,
                got=len(rows),
            ),
            path="",
        )
    return rows


def _of_lines(text: str) -> Iterator[_Row]:
    for line, each in enumerate(text.splitlines(), 1):
        if not each.strip():
            continue
        try:
            given = msgspec.json.decode(each)
        except (msgspec.DecodeError, RecursionError):
            given = None
        if isinstance(given, dict):
            yield _Row(line, _read({str(name): value for name, value in given.items()}))
        else:
            yield _Row(line, InvalidError(ErrorText("line_object", "This line is not a JSON object."), path=""))


def _of_table(text: str) -> Iterator[_Row]:
    table = read_table(text, "The file")
    if not table.rows:
        return
    names = [each.strip() for each in table.rows[0]]
    for cells, line in zip(table.rows[1:], table.lines[1:], strict=True):
        yield _Row(line, _read(dict(zip(names, cells, strict=False))))


def _read(given: Mapping[str, Any]) -> PushSubscriptionRow | InvalidError:
    fields = PushSubscriptionRow.__struct_fields__
    named = {_COLUMNS.get(name.lower(), name.lower()): value for name, value in given.items() if value is not None}
    known = {name: value for name, value in named.items() if name in fields}
    try:
        return msgspec.convert(known, PushSubscriptionRow)
    except msgspec.ValidationError as error:
        place, text = mismatch(error, known)
        return InvalidError(text, path=place.removeprefix("."))


router = Router(
    path="/apps/{app:int}", route_handlers=[import_push_subscriptions, import_push_subscription_file], tags=["Providers"]
)
