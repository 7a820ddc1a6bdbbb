"""Held-back calls of unproven browsers: a list, and the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Annotated, Any

from litestar import Router, get
from litestar.concurrency import sync_to_thread
from litestar.params import QueryParameter
from litestar.response import Stream

from relance.core.encoding import to_json
from relance.core.spreadsheets import defused
from relance.users.withheld import HeldBack, HeldPlace, HoldReason
from relance.web.api.documentation import ERRORS
from relance.web.api.exporting import FILE, RawGiven
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, OfPerson

COLUMNS = ("anonymous_id", "user_id", "reason", "kind", "message_id", "occurred_at", "received_at", "traits", "context")
_PAGE = 500

OfReason = Annotated[
    HoldReason | None,
    QueryParameter(
        description=(
            "`unproved_user`: the call named a user id without proof. `known_device`: it named nobody, on the device of somebody "
            "whom a server or a signed call has named. `too_many_confirmations`: it told an e-mail address that nobody was asked "
            "to confirm, as too many were within an hour."
        )
    ),
]


@get("/held-back", operation_id="listHeldBack", summary="List what was held back", responses=ERRORS, sync_to_thread=True)
def list_held_back(
    app: AppId, services: Behind, reason: OfReason = None, person: OfPerson = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[HeldBack]:
    """Calls of unproven browsers, by device and user id, newest first. A call applies, and leaves this list, once the same device
    sends proof, or a server call names its anonymous id together with the user id. The newest 20 calls of a device are kept.
    """
    before = read_cursor(cursor, HeldPlace)
    found = services.directory.held_back(app, reason=reason, person=person, before=before, limit=limit + 1)
    return page(found, limit, place_of)


@get("/held-back/export", operation_id="exportHeldBack", summary="Export what was held back", responses=ERRORS | FILE)
async def export_held_back(
    app: AppId, services: Behind, reason: OfReason = None, person: OfPerson = None, raw: RawGiven = False
) -> Stream:
    """The same as a CSV file, one line per call; instants in ms, traits and context as JSON."""
    ask = partial(services.directory.held_back, app, reason=reason, person=person, limit=_PAGE)
    first = await sync_to_thread(ask)
    headers = {"content-disposition": 'attachment; filename="held-back.csv"', "cache-control": "no-store"}
    return Stream(_lines(ask, first, raw=raw), media_type="text/csv", headers=headers)


def place_of(row: HeldBack) -> HeldPlace:
    """The place of a row in the list."""
    return HeldPlace(row.held_at, row.anonymous_id, row.user_id)


async def _lines(ask: Any, found: Sequence[HeldBack], *, raw: bool) -> AsyncIterator[bytes]:
    yield _csv([COLUMNS])
    while found:
        rows = [cells for row in found for cells in _cells(row)]
        yield _csv(rows if raw else map(defused, rows))
        found = await sync_to_thread(ask, before=place_of(found[-1])) if len(found) == _PAGE else []


def _cells(row: HeldBack) -> list[tuple[Any, ...]]:
    head = row.anonymous_id, row.user_id, row.reason
    return [
        (*head, each.kind, each.message_id, each.occurred_at, each.received_at, to_json(each.traits), to_json(each.context))
        for each in row.calls
    ]


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


router = Router(path="/apps/{app:int}", route_handlers=[list_held_back, export_held_back], tags=["Events"])
