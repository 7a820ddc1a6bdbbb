"""``relance lists``: the static lists of a running server, and the people on them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from cyclopts import App, Parameter
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from relance.cli.errors import ServerError
from relance.cli.given import ApiKey, Raw, Url, name_of, read_text
from relance.cli.remote import HERE, Remote
from relance.cli.showing import moment
from relance.cli.target import appearing, check_target, write_text
from relance.core.error_text import ErrorText
from relance.core.spreadsheets import defused, restored
from relance.core.tables import column as column_of
from relance.core.tables import read_table
from relance.core.trimming import trimmed

app = App(name="lists", help="Static lists of a running server: look, put people on them, take them off, export.")
_AT_ONCE = 1_000  # entries per request, the API's maximum
_LONGEST = 320  # characters of an entry, likewise
_NAMED = 10  # unknown entries listed
_SHOWN = 10  # people of a list shown
HEADER = ("id", "external_id", "email")

Which = Annotated[str, Parameter(name="list", help="Its id, or its whole name.")]
NewName = Annotated[str, Parameter(help="The list's name; no other list of the app may have it.")]
Entry = Annotated[str, Parameter(name="entries", help="User ids, or e-mail addresses.")]
From = Annotated[
    Path | None,
    Parameter(name="--from", help="A CSV or text file with more entries; - for standard input.", allow_leading_hyphen=True),
]
Encoding = Annotated[
    str, Parameter(help="The file's encoding, as windows-1252; without it what its first bytes say, else UTF-8.")
]
ColumnName = Annotated[
    str | None, Parameter(help="The column to read, by its name in the file's first line; without it the first, from line 1 on.")
]
Target = Annotated[Path, Parameter(help="The file; it appears when it is complete.")]
Unknown = Annotated[Path | None, Parameter(help="A file to write the entries to that are nobody's.")]


@app.command(name="list")
def list_lists(*, url: Url = HERE, key: ApiKey = "") -> None:
    """List the static lists of the app that the API key opens, and how many people are on each."""
    server = Remote(url, key)
    sizes = _sizes(server)
    table = Table("id", "name", "people", "made")
    table.columns[2].justify = "right"
    for each in server.every("/lists"):
        table.add_row(str(each["id"]), escape(each["name"]), f"{sizes.get(each['id'], 0):,}", moment(each["created_at"]))
    Console().print(table)


@app.command
def show(given: Which, /, *, url: Url = HERE, key: ApiKey = "") -> None:
    """Show one list: how many people are on it, some of them, and the segments that ask for it."""
    server, console = Remote(url, key), Console()
    found = _list(server, given)
    path = f"/lists/{found['id']}"
    console.print(
        f"[bold]{escape(found['name'])}[/bold] (list {found['id']}), {_people(_sizes(server)[found['id']])}", highlight=False
    )
    some = server.get(f"{path}/people", limit=_SHOWN)
    if some["items"]:
        table = Table("id", "user id", "e-mail")
        for each in some["items"]:
            table.add_row(*map(escape, _row(each)))
        console.print(table)
    if some["next"] is not None:
        console.print(
            f"Those are the first {len(some['items'])}; `relance lists export` writes all.", highlight=False, markup=False
        )
    for dependent in server.get(f"{path}/dependents")["items"]:
        console.print(f"Used by {dependent['kind']} {dependent['id']} “{dependent['name']}”.", highlight=False, markup=False)


@app.command
def create(
    name: NewName,
    /,
    *entries: Entry,
    file: From = None,
    column: ColumnName = None,
    encoding: Encoding = "",
    unknown: Unknown = None,
    url: Url = HERE,
    key: ApiKey = "",
) -> None:
    """Create a list, and add people to it."""
    wanted = _wanted(entries, IdSource(file, column, encoding), unknown)
    server = Remote(url, key)
    made = server.post("/lists", {"name": name})
    Console().print(f"List {made['id']} “{name}” was made.", highlight=False, markup=False)
    if wanted:
        _change(server, made, "add", wanted, unknown)


@app.command
def add(
    given: Which,
    /,
    *entries: Entry,
    file: From = None,
    column: ColumnName = None,
    encoding: Encoding = "",
    unknown: Unknown = None,
    url: Url = HERE,
    key: ApiKey = "",
) -> None:
    """Add people to a list. Entries that name nobody are reported; no person is created for them."""
    _put(given, "add", entries, IdSource(file, column, encoding), unknown, Remote(url, key))


@app.command
def remove(
    given: Which,
    /,
    *entries: Entry,
    file: From = None,
    column: ColumnName = None,
    encoding: Encoding = "",
    unknown: Unknown = None,
    url: Url = HERE,
    key: ApiKey = "",
) -> None:
    """Remove people from a list."""
    _put(given, "remove", entries, IdSource(file, column, encoding), unknown, Remote(url, key))


@app.command
def export(given: Which, path: Target, /, *, raw: Raw = False, url: Url = HERE, key: ApiKey = "") -> None:
    """Write the people on a list to a CSV file: id, your own id, e-mail address."""
    server = Remote(url, key)
    found = _list(server, given)
    with appearing(path) as file, _bar() as bar:
        task = bar.add_task(found["name"], total=_sizes(server)[found["id"]])
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for each in server.every(f"/lists/{found['id']}/people"):
            rows.writerow(_row(each) if raw else defused(_row(each)))
            bar.advance(task)
    count = int(bar.tasks[task].completed)
    Console(stderr=True).print(f"{path}: {_people(count)}", highlight=False, markup=False)


@app.command
def archive(given: Which, /, *, url: Url = HERE, key: ApiKey = "") -> None:
    """Archive a list; its name is free again. Refused while a segment refers to it."""
    server = Remote(url, key)
    found = _list(server, given)
    server.delete(f"/lists/{found['id']}")
    Console().print(f"List {found['id']} “{found['name']}” was archived.", highlight=False, markup=False)


Way = Literal["add", "remove"]


class IdSource(NamedTuple):
    """A further source of entries."""

    file: Path | None
    column: str | None
    encoding: str


def _put(given: str, way: Way, entries: Sequence[str], source: IdSource, unknown: Path | None, server: Remote) -> None:
    wanted = _wanted(entries, source, unknown)
    if not wanted:
        raise ServerError(ErrorText.local("Name somebody, or give a file with --from."))
    _change(server, _list(server, given), way, wanted, unknown)


def _change(server: Remote, found: dict[str, Any], way: Way, entries: Sequence[str], unknown: Path | None) -> None:
    """Add people to a list or remove them, in portions; reports the result even if it is interrupted."""
    nobody = [entry for entry in entries if len(entry) > _LONGEST]
    wanted = [entry for entry in entries if len(entry) <= _LONGEST]
    changed = done = 0
    try:
        with _bar() as bar:
            task = bar.add_task(found["name"], total=len(wanted))
            for start in range(0, len(wanted), _AT_ONCE):
                piece = wanted[start : start + _AT_ONCE]
                answer = server.post(f"/lists/{found['id']}/people", {way: piece})
                changed += answer["added"] + answer["removed"]
                nobody += answer["unknown"]
                done += len(piece)
                bar.advance(task, len(piece))
    finally:
        _report(found["name"], way, changed, nobody, unknown)
        if done < len(wanted):
            Console(stderr=True).print(f"{done:,} of {len(wanted):,} entries are done; the same call again does the rest.")


def _report(name: str, way: Way, changed: int, nobody: Sequence[str], unknown: Path | None) -> None:
    console = Console()
    outcome = "put on" if way == "add" else "taken off"
    console.print(f"{_people(changed).removesuffix('.')} {outcome} “{name}”.", highlight=False, markup=False)
    if not nobody:
        return
    some = ", ".join(nobody[:_NAMED]) + (", …" if len(nobody) > _NAMED else "")
    many = "1 entry is" if len(nobody) == 1 else f"{len(nobody):,} entries are"
    console.print(f"{many} nobody's: {some}", highlight=False, markup=False)
    if unknown is not None:
        write_text(unknown, "".join(f"{entry}\n" for entry in nobody))


def _wanted(given: Sequence[str], source: IdSource, unknown: Path | None) -> list[str]:
    """The distinct entries, in order. Raises ``ServerError`` or ``InvalidError`` if the file cannot be read, or ``unknown``
    cannot be written.
    """
    if unknown is not None:
        check_target(unknown)
    found = [trimmed(entry) for entry in given]
    if source.file is not None:
        name = name_of(source.file)
        cells = column_of(read_table(read_text(source.file, source.encoding), name), source.column, name)
        found += map(restored, cells)  # as written by an export
    return [entry for entry in dict.fromkeys(found) if entry]


def _list(server: Remote, given: str) -> Any:
    """The list with that id or name. Raises ``ServerError``."""
    if given.isdecimal():
        return server.get(f"/lists/{given}")
    for each in server.every("/lists"):
        if each["name"] == given:
            return each
    raise ServerError(ErrorText.local(f"There is no list “{given}”."))


def _sizes(server: Remote) -> dict[int, int]:
    return {each["list_id"]: each["people"] for each in server.get("/lists/sizes")["items"]}


def _row(person: dict[str, Any]) -> tuple[str, str, str]:
    return str(person["id"]), person["external_id"] or "", str(person["traits"].get("email", ""))


def _people(count: int) -> str:
    return "1 person." if count == 1 else f"{count:,} people."


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
