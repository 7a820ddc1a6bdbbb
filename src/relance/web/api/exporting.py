"""A segment's members as a file, streamed while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from litestar import Router, get
from litestar.concurrency import sync_to_thread
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from relance.core.spreadsheets import defused
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind, SegmentId
from relance.web.api.services import Services

Format = Literal["csv", "parquet"]
FormatGiven = Annotated[Format, QueryParameter(description="`csv` (with a head, in UTF-8) or `parquet`.")]

RawGiven = Annotated[
    bool,
    QueryParameter(description="CSV as it is: without an apostrophe before what a spreadsheet would take for a formula."),
]

COLUMNS = ("id", "external_id", "email")
MEDIA_TYPES: dict[Format, str] = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
SIZE_HEADER = "x-relance-members"  # the number of members when the file was started, for progress
EXPORTS = "exports"  # where the worker leaves its files, in the data folder
_PAGE = 2_000
_CHUNK = 262_144

FILE: dict[int, ResponseSpec] = {
    200: ResponseSpec(bytes, description="The file.", media_type="application/octet-stream", generate_examples=False)
}


@get(
    "/segments/{segment:int}/members/export",
    operation_id="exportMembers",
    summary="Export members",
    responses=ERRORS | FILE,
)
async def export_members(
    app: AppId, segment: SegmentId, services: Behind, format: FormatGiven = "csv", raw: RawGiven = False
) -> Stream:
    """All members as a file: id, your own id, e-mail address. `x-relance-members` is their number."""
    await sync_to_thread(services.segments.get, app, segment)
    name = f'attachment; filename="segment-{segment}.{format}"'
    if format == "parquet":
        made = await services.context.worker.call("members_parquet", app=app, segment=segment)
        file = await sync_to_thread(_take, services.context.settings.folder / EXPORTS / made["file"])
        chunks, size = _chunks(file), made["count"]
    else:
        first = await _page(services, app, segment, 0)
        chunks, size = _csv(services, app, segment, first, raw=raw), first["size"]
    headers = {"content-disposition": name, SIZE_HEADER: str(size), "cache-control": "no-store"}
    return Stream(chunks, media_type=MEDIA_TYPES[format], headers=headers)


async def _page(services: Services, app: int, segment: int, cursor: int) -> dict[str, Any]:
    found: dict[str, Any] = await services.context.worker.call(
        "member_rows", app=app, segment=segment, cursor=cursor, limit=_PAGE
    )
    return found


async def _csv(services: Services, app: int, segment: int, first: dict[str, Any], *, raw: bool) -> AsyncIterator[bytes]:
    yield _lines([COLUMNS])
    page = first
    while True:
        yield _lines(page["rows"] if raw else map(defused, page["rows"]))
        if page["next"] is None:
            return
        page = await _page(services, app, segment, page["next"])


def _lines(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _take(path: Path) -> BinaryIO:
    """The open file, already unlinked: nothing stays behind, however the download ends."""
    file = path.open("rb")
    path.unlink()
    return file


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await sync_to_thread(file.read, _CHUNK):
            yield chunk


router = Router(path="/apps/{app:int}", route_handlers=[export_members], tags=["Segments"])
