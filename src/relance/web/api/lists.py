"""Static lists: people added by hand or from a file. Segments refer to them (a condition of the kind ``list``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_308_PERMANENT_REDIRECT
from msgspec import Meta
from sqlalchemy.engine import Connection

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.ids import stable_id
from relance.core.spreadsheets import restored
from relance.core.tables import SEPARATORS, decoded, guess_people, read_table
from relance.core.trimming import trimmed
from relance.events.model import Event, Kind
from relance.segments.service import dependents_of_list
from relance.users.errors import ListConflictError
from relance.users.model import AliasKind, PeopleList
from relance.web.api.authentication import RAW, Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, ListId, PersonId
from relance.web.api.people import PersonSummary, summary
from relance.web.api.segments import Dependents
from relance.web.api.services import Services
from relance.web.api.settling import command, settle

AnyRequest = Request[Any, Caller, Any]
MAX_ENTRIES = 1_000
ListName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["Customers of the old shop"])]
LONGEST_ENTRY = 320
LARGEST_FILE = 10_000_000  # bytes
MAX_CELLS = 1_000_000
MAX_COLUMNS, MAX_SHOWN, SAMPLES = 200, 100, 3
Entry = Annotated[str, Meta(min_length=1, max_length=LONGEST_ENTRY)]
Entries = Annotated[list[Entry], Meta(max_length=MAX_ENTRIES, description="User ids, or e-mail addresses where they hold an @.")]
ColumnPlace = Annotated[int | None, QueryParameter(description="Which column, from 0; without one it is guessed.", ge=0, lt=200)]
HasHeader = Annotated[
    bool | None, QueryParameter(description="Whether the first row names the columns; without it that is guessed.")
]
Encoding = Annotated[
    str,
    QueryParameter(description="As `windows-1252`; without one what the file's first bytes say, else UTF-8.", max_length=40),
]


class ListAnswer(msgspec.Struct, frozen=True):
    """A static list."""

    id: int
    name: str
    created_at: int
    created_by: str


class ListSize(msgspec.Struct, frozen=True):
    """How many people are on a list."""

    list_id: int
    people: int


class ListSizes(msgspec.Struct, frozen=True):
    """The sizes of all static lists of an app."""

    items: list[ListSize]


class ListCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new static list."""

    name: ListName


class ListChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People to add and to remove; anyone in both is removed."""

    add: Entries = []
    remove: Entries = []


class ListChanged(msgspec.Struct, frozen=True):
    """How many people were changed, and which entries name nobody; adding an id creates no person."""

    added: int
    removed: int
    unknown: list[str]


class FileColumn(msgspec.Struct, frozen=True):
    """A column of a file: its name (empty without a header) and its first cells."""

    name: str
    sample: list[str]


class ListFile(msgspec.Struct, frozen=True):
    """A file of people: its columns, which of them was read, and its entries.

    ``header``: whether the first row is a header. ``entries`` are the distinct cells of column ``column`` (from 0); ``too_long``
    counts entries longer than any id or address, which are left out.
    """

    columns: list[FileColumn]
    column: int
    header: bool
    entries: list[str]
    too_long: int


class ListsOfPerson(msgspec.Struct, frozen=True):
    """The static lists a person is on."""

    items: list[ListAnswer]


def as_list(found: PeopleList) -> ListAnswer:
    """A list in the API's form."""
    return ListAnswer(found.id, found.name, found.created_at, found.created_by)


@get("/", operation_id="listLists", summary="List static lists", responses=ERRORS, sync_to_thread=True)
def list_lists(app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[ListAnswer]:
    """The static lists of an app."""
    found = services.lists.page(app, read_cursor(cursor, int) or 0, limit + 1)
    return page([as_list(each) for each in found], limit, lambda each: each.id)


@post("/", operation_id="createList", summary="Create a static list", responses=ERRORS)
async def create_list(request: AnyRequest, app: AppId, data: JSONBody[ListCreation], services: Behind) -> ListAnswer:
    """Create an empty list."""
    now = services.context.clock.now()
    return as_list(await sync_to_thread(services.lists.create, app, data.name, now, request.auth.actor))


@get("/{list_id:int}", operation_id="getList", summary="Read a static list", responses=ERRORS, sync_to_thread=True)
def get_list(app: AppId, list_id: ListId, services: Behind) -> ListAnswer:
    """One list."""
    return as_list(services.lists.get(app, list_id))


@get("/sizes", operation_id="listListSizes", summary="Count who is on lists", responses=ERRORS, sync_to_thread=True)
def list_sizes(app: AppId, services: Behind) -> ListSizes:
    """The number of people on each static list, counted on request."""
    return ListSizes([ListSize(number, people) for number, people in sorted(services.lists.sizes(app).items())])


@get("/{list_id:int}/people", operation_id="listListPeople", summary="List who is on it", responses=ERRORS, sync_to_thread=True)
def list_people(app: AppId, list_id: ListId, services: Behind, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonSummary]:
    """The people on a static list, by id."""
    found = services.lists.people(app, list_id, read_cursor(cursor, int) or 0, limit + 1)
    return page([summary(each) for each in found], limit, lambda each: each.id)


@post("/{list_id:int}/people", operation_id="changeList", summary="Put people on a list", responses=ERRORS, status_code=200)
async def change_list(
    request: AnyRequest, app: AppId, list_id: ListId, data: JSONBody[ListChange], services: Behind
) -> ListChanged:
    """Add people to a list, or remove them. Answers once that has settled, so that segments reflect it."""
    await sync_to_thread(services.lists.get, app, list_id)
    named = await sync_to_thread(_named, services, app, {*data.add, *data.remove})
    removed = {named[entry] for entry in data.remove if entry in named}
    added = {named[entry] for entry in data.add if entry in named} - removed
    events = list(_events(request, services, app, list_id, added, removed))
    if events:
        await settle(services, events)
    unknown = [entry for entry in dict.fromkeys([*data.add, *data.remove]) if entry not in named]
    return ListChanged(len(added), len(removed), unknown)


def _named(services: Services, app: int, entries: Iterable[str]) -> dict[str, int]:
    """Entry → person, for those that exist."""
    texts = {entry: trimmed(entry) for entry in entries}
    addresses = {entry: text.lower() for entry, text in texts.items() if "@" in text}
    by_id = services.directory.named(app, AliasKind.USER_ID.value, set(texts.values()))
    by_address = services.directory.named(app, AliasKind.EMAIL.value, addresses.values())
    found = {entry: by_address[text] for entry, text in addresses.items() if text in by_address}
    return found | {entry: by_id[text] for entry, text in texts.items() if text in by_id}


def _events(
    request: AnyRequest, services: Services, app: int, number: int, added: Iterable[int], removed: Iterable[int]
) -> Iterator[Event]:
    """One record per person. Their ids derive from the request's, so that a repeated request changes nothing."""
    for inside, people in ((True, added), (False, removed)):
        for person in sorted(people):
            event = command(request, services, app, Kind.EDIT, person, {"list": {"id": number, "inside": inside}})
            event.message_id = stable_id(event.message_id, person)
            yield event


@get(
    "/people/{person:int}/lists",
    operation_id="listListsOfPerson",
    summary="List the lists a person is on",
    responses=ERRORS,
    sync_to_thread=True,
)
def lists_of_person(app: AppId, person: PersonId, services: Behind) -> ListsOfPerson:
    """The static lists a person is on."""
    found = services.directory.get(app, person)
    return ListsOfPerson([as_list(each) for each in services.lists.of_person(app, found.id)])


@delete("/{list_id:int}", operation_id="archiveList", summary="Archive a static list", responses=ERRORS)
async def archive_list(app: AppId, list_id: ListId, services: Behind) -> None:
    """Archive a list. Refused while a segment refers to it."""

    def check(connection: Connection) -> None:
        dependents = dependents_of_list(connection, app, list_id)
        if dependents:
            names = tuple(f"“{each.name}”" for each in dependents[:5])
            found = [{"id": each.id, "name": each.name} for each in dependents]
            raise ListConflictError(
                ErrorText("list_used", "This list is used by segments: {segments}.", segments=names), list=list_id, segments=found
            )

    await sync_to_thread(services.lists.archive, app, list_id, services.context.clock.now(), check=check)


@post(
    "/file",
    operation_id="readListFile",
    summary="Read a file by column",
    responses=ERRORS,
    status_code=200,
    opt=RAW,
    request_max_body_size=LARGEST_FILE,
)
async def read_list_file(
    request: AnyRequest,
    app: AppId,  # noqa: ARG001 - the path says whose key it is
    column: ColumnPlace = None,
    header: HasHeader = None,
    encoding: Encoding = "",
) -> ListFile:
    """Read a CSV or text file (the raw body, up to 10 MB) and return the distinct entries of one column, for calls that add
    people to a list. Changes nothing. ``column`` and ``header`` are guessed if omitted.
    """
    return await sync_to_thread(_read_file, await request.body(), column, header, encoding)


def _read_file(raw: bytes, column: int | None, header: bool | None, encoding: str) -> ListFile:
    text = decoded(raw, "The file", encoding)
    number = sum(map(text.count, f"{SEPARATORS}\n"))
    if number > MAX_CELLS:
        raise InvalidError(
            ErrorText(
                "cells_limit",
                "The file must have at most {most:,} cells (got {got:,}): cut it into pieces.",
                most=MAX_CELLS,
                got=number,
            ),
            path="",
        )
    table = read_table(text, "The file")
    guess = guess_people(table)
    has_header = guess.has_header if header is None else header
    width = min(max(map(len, table.rows), default=0), MAX_COLUMNS)
    place = min(guess.place, width - 1) if column is None else column
    if width and place >= width:
        raise InvalidError(ErrorText("columns_number", "The file has {columns} columns.", columns=width), path="column")
    names = table.rows[0] if has_header and table.rows else []
    rows = table.rows[1:] if has_header else table.rows
    columns = [
        FileColumn(
            names[at][:MAX_SHOWN] if at < len(names) else "", [row[at][:MAX_SHOWN] for row in rows[:SAMPLES] if at < len(row)]
        )
        for at in range(width)
    ]
    cells = (restored(row[place]) for row in rows if place < len(row))
    entries = list(dict.fromkeys(cell for cell in cells if cell))
    too_long = sum(len(entry) > LONGEST_ENTRY for entry in entries)
    return ListFile(columns, max(place, 0), has_header, [entry for entry in entries if len(entry) <= LONGEST_ENTRY], too_long)


@get(
    "/{list_id:int}/dependents",
    operation_id="listListDependents",
    summary="List what depends on it",
    responses=ERRORS,
    sync_to_thread=True,
)
def list_dependents(app: AppId, list_id: ListId, services: Behind) -> Dependents:
    """The segments that refer to a list, which cannot be archived while there are any."""
    services.lists.get(app, list_id)
    return Dependents(services.segments.dependents_of_list(app, list_id))


@get("/{list_id:int}/users", include_in_schema=False, status_code=HTTP_308_PERMANENT_REDIRECT, sync_to_thread=False)
def redirect_to_dependents(app: AppId, list_id: ListId) -> Redirect:
    """The former address of the dependents, for one version."""
    return Redirect(f"/api/v1/apps/{app}/lists/{list_id}/dependents", status_code=HTTP_308_PERMANENT_REDIRECT)


_of_lists = Router(
    path="/lists",
    route_handlers=[
        list_lists,
        create_list,
        list_sizes,
        get_list,
        list_people,
        change_list,
        read_list_file,
        list_dependents,
        redirect_to_dependents,
        archive_list,
    ],
)
router = Router(path="/apps/{app:int}", route_handlers=[_of_lists, lists_of_person], tags=["Lists"])
