"""The suppression list: addresses to which an app sends nothing, whatever the message."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, BinaryIO, cast

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from msgspec import Meta

from relance.accounts.audited import AuditAction
from relance.channels.registry import Channel
from relance.core.spreadsheets import defused
from relance.core.table_stream import stream_rows
from relance.events.model import Event, Kind
from relance.infra.clock import RealClock
from relance.pipeline.errors import NotSettledError, WorkerGoneError
from relance.users.model import GENERAL, SubscriptionState
from relance.users.suppressing import refuse_complained
from relance.users.suppression.file import COLUMNS, BadRow, GoodRow, read_rows
from relance.users.suppression.model import (
    ADDRESS_LIMIT,
    COMPLAINED,
    NOTE_LIMIT,
    AddressKey,
    NewSuppression,
    Suppression,
    SuppressionReason,
)
from relance.users.suppression.service import canonical
from relance.web.api.authentication import OPERATOR, RAW, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.exporting import FILE, RawGiven
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, Cursor, Limit
from relance.web.api.services import Services
from relance.web.api.settling import WAIT_SECONDS, command, settle

AnyRequest = Request[Any, Caller, Any]
LARGEST_FILE = 50_000_000  # bytes
_AT_ONCE = 1_000  # rows of a file per transaction
_PAGE = 2_000  # rows of an export per query
_IN_MEMORY = 1_000_000  # bytes of a file
MOST_BAD = 100  # bad lines that are listed

SuppressionId = Annotated[int, PathParameter(description="The entry of the suppression list.", ge=1, le=LARGEST_ID)]
OfChannel = Annotated[Channel | None, QueryParameter(description="Only addresses of this channel.")]
OfReason = Annotated[SuppressionReason | None, QueryParameter(description="Only addresses listed for this reason.")]
Beginning = Annotated[str | None, QueryParameter(description="How the address begins.", max_length=320)]
LiftsComplaint = Annotated[
    bool,
    QueryParameter(description="True to remove an address whose reader complained: only if they asked for messages again."),
]
_EMAIL = Channel("email")
FileChannel = Annotated[Channel, QueryParameter(description="The channel of rows that name none.")]
Encoding = Annotated[
    str,
    QueryParameter(description="As `windows-1252`; without one what the file's first bytes say, else UTF-8.", max_length=40),
]


Country = Annotated[
    str,
    Meta(
        description="By whose rules a phone number without + and country code is read (ISO 3166); empty: the app's own country.",
        max_length=2,
        examples=["FR"],
    ),
]
FileCountry = Annotated[
    str,
    QueryParameter(
        description="By whose rules phone numbers of rows that name no country are read (ISO 3166); empty: the app's own.",
        max_length=2,
    ),
]


class SuppressionAnswer(msgspec.Struct, frozen=True):
    """One address that nothing is sent to. ``name`` is the current name of who added it."""

    id: int
    channel: str
    address: Annotated[
        str | None,
        Meta(description="Null once its person was deleted: only a keyed hash of the address is left, which still holds."),
    ]
    reason: SuppressionReason
    note: str
    added_by: Annotated[str, Meta(description="As in the audit (`operator:1`, `key:2`); empty where Relance added it itself.")]
    name: str
    added_at: int
    delivery_id: Annotated[str, Meta(description="The message that bounced or was complained about; else empty.")]


class NewSuppressionEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address that nothing is to be sent to."""

    address: Annotated[str, Meta(min_length=1, max_length=ADDRESS_LIMIT, examples=["lea@example.com"])]
    channel: Channel = _EMAIL
    country: Country = ""
    note: Annotated[str, Meta(max_length=NOTE_LIMIT)] = ""


class SuppressionCount(msgspec.Struct, frozen=True):
    """How many addresses of a channel are listed for a reason."""

    channel: str
    reason: str
    addresses: int


class SuppressionCounts(msgspec.Struct, frozen=True):
    """How many addresses are on the list."""

    items: list[SuppressionCount]


class BadLine(msgspec.Struct, frozen=True):
    """A line of a file that was left out, and why."""

    line: int
    message: str
    reason: str | None
    parameters: dict[str, Any]


class SuppressionsImported(msgspec.Struct, frozen=True):
    """What became of a file's rows. ``bad`` lists the first 100 bad lines; ``bad_lines`` is how many there are."""

    added: int
    already: int
    bad_lines: int
    bad: list[BadLine]


@get("/", operation_id="listSuppressions", summary="List suppressed addresses", responses=ERRORS, sync_to_thread=True)
def list_suppressions(
    app: AppId,
    services: Behind,
    channel: OfChannel = None,
    reason: OfReason = None,
    address: Beginning = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[SuppressionAnswer]:
    """The addresses that nothing is sent to, newest first."""
    found = services.suppressions.page(
        app,
        before=read_cursor(cursor, int),
        limit=limit + 1,
        channel=channel,
        reason=reason,
        beginning=address or "",
    )
    names = services.accounts.called(app, {each.added_by for each in found})
    return page([_answer(each, names) for each in found], limit, lambda each: each.id)


@get("/counts", operation_id="countSuppressions", summary="Count suppressed addresses", responses=ERRORS, sync_to_thread=True)
def count_suppressions(app: AppId, services: Behind) -> SuppressionCounts:
    """How many addresses are suppressed, by channel and reason."""
    found = services.suppressions.counts(app)
    return SuppressionCounts([SuppressionCount(*key, addresses) for key, addresses in sorted(found.items())])


@get(
    "/{suppression:int}",
    operation_id="getSuppression",
    summary="Read a suppressed address",
    responses=ERRORS,
    sync_to_thread=True,
)
def get_suppression(app: AppId, suppression: SuppressionId, services: Behind) -> SuppressionAnswer:
    """One entry of the suppression list."""
    found = services.suppressions.get(app, suppression)
    return _answer(found, services.accounts.called(app, [found.added_by]))


@post("/", operation_id="addSuppression", summary="Suppress an address", responses=ERRORS)
async def add_suppression(
    request: AnyRequest, app: AppId, data: JSONBody[NewSuppressionEntry], services: Behind
) -> SuppressionAnswer:
    """Put an address on the list: at once, and for whoever has it now or later. One that is on it stays as it is."""

    def add() -> tuple[Suppression, list[Event]]:
        key = data.channel.value, canonical(data.channel, data.address, _country(services, app, data.country))
        new = NewSuppression(SuppressionReason.MANUAL.value, RealClock().now(), request.auth.actor, data.note)
        added = services.suppressions.add(app, {key: new})
        entry = services.suppressions.find(app, *key)
        if added:
            _note(request, services, app, "suppression.added", entry)
        return entry, _commands(request, services, app, {key: new.reason})

    entry, events = await sync_to_thread(add)
    if events:
        await settle(services, events)
    return _answer(entry, await sync_to_thread(services.accounts.called, app, [entry.added_by]))


@delete(
    "/{suppression:int}",
    operation_id="removeSuppression",
    summary="Allow a suppressed address again",
    responses=ERRORS,
    opt=OPERATOR,
)
async def remove_suppression(
    request: AnyRequest, app: AppId, suppression: SuppressionId, services: Behind, lift_complaint: LiftsComplaint = False
) -> None:
    """Take an address off the list; only a signed-in operator may.

    Consent is asked for as before: who complained has also said no to marketing, and stays unsubscribed from it. 409
    (`complaint_stands`) for a complaint without `lift_complaint`.
    """

    def remove() -> list[Event]:
        entry = services.suppressions.remove(app, suppression, lifts_complaint=lift_complaint)
        _note(request, services, app, "suppression.removed", entry)
        return _commands(request, services, app, {(entry.channel, entry.address): ""} if entry.address else {})

    events = await sync_to_thread(remove)
    if events:
        await settle(services, events)


@get("/export", operation_id="exportSuppressions", summary="Export suppressed addresses", responses=ERRORS | FILE)
async def export_suppressions(app: AppId, services: Behind, raw: RawGiven = False) -> Stream:
    """The list as CSV, which an import takes. Addresses of deleted people are not known any more and are left out."""
    headers = {"content-disposition": 'attachment; filename="suppressions.csv"', "cache-control": "no-store"}
    return Stream(_lines(services, app, raw=raw), media_type="text/csv", headers=headers)


async def _lines(services: Services, app: int, *, raw: bool) -> AsyncIterator[bytes]:
    yield _csv([COLUMNS])
    before: int | None = None
    while found := await sync_to_thread(services.suppressions.page, app, before=before, limit=_PAGE):
        rows = [_cells(each) for each in found if each.address]
        yield _csv(rows if raw else map(defused, rows))
        before = found[-1].id


def _cells(each: Suppression) -> tuple[str, ...]:
    added_at = datetime.fromtimestamp(each.added_at / 1_000, UTC).isoformat(timespec="seconds")
    return each.channel, each.address, each.reason.value, each.note, each.added_by, added_at


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


@post(
    "/import",
    operation_id="importSuppressions",
    summary="Suppress the addresses of a file",
    responses=ERRORS,
    status_code=200,
    opt=RAW,
    request_max_body_size=LARGEST_FILE,
)
async def import_suppressions(
    request: AnyRequest,
    app: AppId,
    services: Behind,
    channel: FileChannel = _EMAIL,
    country: FileCountry = "",
    encoding: Encoding = "",
) -> SuppressionsImported:
    """Put the addresses of a CSV file (the raw body, up to 50 MB) on the list.

    The first row may name the columns: `address` (or `email`, `phone`), and if you like `channel`, `country`, `reason` and
    `note`; capitals, spaces, hyphens and underscores make no difference. Without such a row the first column has the addresses.
    Bad lines are left out and listed; a file that cannot be read to its end changes nothing.
    """
    by_rules_of = await sync_to_thread(_country, services, app, country)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        async for piece in request.stream():
            await sync_to_thread(spooled.write, piece)
        file = cast("BinaryIO", spooled)
        await sync_to_thread(_check_readable, file, encoding)
        rows = _rows(file, encoding, channel, request.auth.actor, by_rules_of)
        added, already, bad_lines, bad, offset = 0, 0, 0, list[BadLine](), 0
        while some := await sync_to_thread(_some, rows):
            good = {each.key: each.new for each in some if isinstance(each, GoodRow)}
            fresh, events = await sync_to_thread(_add, request, services, app, good)
            if events:
                offset = await services.context.log.append(events)
            added, already = added + fresh, already + len(good) - fresh
            wrong = [each for each in some if isinstance(each, BadRow)]
            bad_lines += len(wrong)
            bad += [_bad_line(each) for each in wrong[: MOST_BAD - len(bad)]]
    if offset:
        await _wait(services, offset)
    detail: dict[str, object] = {"added": added}
    await sync_to_thread(
        services.accounts.note, app, request.auth.actor, "suppression.imported", f"app:{app}", detail, RealClock().now()
    )
    return SuppressionsImported(added, already, bad_lines, bad)


async def _wait(services: Services, offset: int) -> None:
    """Until the subscriptions show it, if that does not take long: the list holds already."""
    with suppress(WorkerGoneError, NotSettledError):
        await services.context.worker.call("settled", offset=offset, timeout=WAIT_SECONDS)


def _check_readable(file: BinaryIO, encoding: str) -> None:
    """Raises ``InvalidError`` with the line that cannot be read."""
    file.seek(0)
    for _ in stream_rows(file, "The file", encoding):
        pass
    file.seek(0)


def _country(services: Services, app: int, given: str) -> str:
    """The country that was given, else the app's own. Raises ``NotFoundError`` for an unknown app."""
    own = services.accounts.app(app).settings.country
    return given.upper() or own


def _rows(file: BinaryIO, encoding: str, channel: Channel, by: str, country: str) -> Iterator[GoodRow | BadRow]:
    return read_rows(stream_rows(file, "The file", encoding), channel.value, canonical, by, RealClock().now(), country)


def _some(rows: Iterator[GoodRow | BadRow]) -> list[GoodRow | BadRow]:
    return list(islice(rows, _AT_ONCE))


def _add(request: AnyRequest, services: Services, app: int, good: dict[AddressKey, NewSuppression]) -> tuple[int, list[Event]]:
    refuse_complained(services.context.state, app, good)
    fresh = services.suppressions.add(app, good) if good else set()
    return len(fresh), _commands(request, services, app, {key: each.reason for key, each in good.items()})


def _bad_line(row: BadRow) -> BadLine:
    return BadLine(row.line, **row.text.plain())


def _commands(request: AnyRequest, services: Services, app: int, changed: dict[AddressKey, str]) -> list[Event]:
    """What tells the subscriptions of whoever has these addresses: address → why it is listed now; empty: it no longer is."""
    return [
        command(request, services, app, Kind.EDIT, each.person_id, _edit(each.channel, each.address, reason))
        for each in services.directory.holders(app, changed)
        if (reason := changed[each.channel, each.address]) != each.reason or each.state != SubscriptionState.SUPPRESSED
    ]


def _edit(channel: str, address: str, reason: str) -> dict[str, object]:
    no = {"consent": _no(channel, address)} if reason == SuppressionReason.COMPLAINED else {}
    return {"subscription": _change(channel, address, reason), **no}


def _no(channel: str, address: str) -> dict[str, object]:
    """Who complained wants no marketing."""
    proof = {"by": "suppression_list"}
    return {"channel": channel, "topic": GENERAL, "granted": False, "source": COMPLAINED, "address": address, "proof": proof}


def _change(channel: str, address: str, reason: str) -> dict[str, str]:
    where = {"channel": channel, "address": address}
    if reason:
        return {**where, "state": SubscriptionState.SUPPRESSED.value, "reason": reason}
    return {**where, "state": SubscriptionState.SUBSCRIBED.value, "was": SubscriptionState.SUPPRESSED.value}


def _note(request: AnyRequest, services: Services, app: int, action: AuditAction, entry: Suppression) -> None:
    """Without the address: an entry of the audit outlives the person."""
    holder = services.directory.at(app, entry.channel, entry.address) if entry.address else None
    detail: dict[str, object] = {"channel": entry.channel, "reason": entry.reason.value}
    if holder is not None:
        detail["person"] = holder.person_id
    services.accounts.note(app, request.auth.actor, action, f"suppression:{entry.id}", detail, RealClock().now())


def _answer(entry: Suppression, names: dict[str, str]) -> SuppressionAnswer:
    return SuppressionAnswer(
        id=entry.id,
        channel=entry.channel,
        address=entry.address or None,
        reason=entry.reason,
        note=entry.note,
        added_by=entry.added_by,
        name=names.get(entry.added_by, entry.added_by),
        added_at=entry.added_at,
        delivery_id=entry.delivery_id,
    )


router = Router(
    path="/apps/{app:int}/suppressions",
    route_handlers=[
        list_suppressions,
        count_suppressions,
        export_suppressions,
        import_suppressions,
        get_suppression,
        add_suppression,
        remove_suppression,
    ],
    tags=["Suppression"],
)
