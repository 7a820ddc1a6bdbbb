"""``relance segments``: segments of a running server, their members, explanations, and files."""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from relance.cli.applying import RuleChange, ServerState, named, numbered, plan
from relance.cli.errors import ServerError
from relance.cli.given import ApiKey, Raw, Url, read_text
from relance.cli.remote import HERE, Remote
from relance.cli.rule_files import read_files, written
from relance.cli.showing import condition_text, cost_text, explanation_tree, moment, rule_tree
from relance.cli.target import appearing, write_text
from relance.core.encoding import from_json
from relance.core.error_text import ErrorText

app = App(name="segments", help="Segments of a running server: look, try rules, ask why, export members, keep rules in files.")
GivenRule = Annotated[str, Parameter(allow_leading_hyphen=True)]  # - is standard input
_CHUNK = 65_536
_LOOK_AGAIN = 0.5  # seconds
REGROUPED = "put together in another way"


@app.command(name="list")
def list_segments(*, url: Url = HERE, key: ApiKey = "") -> None:
    """List the segments of the app that the API key opens: their sizes, and how fresh they are."""
    server = Remote(url, key)
    table = Table("id", "name", "people", "version", "changed", "state")
    table.columns[2].justify = "right"
    fresh = server.get("/segments/freshness")
    states = {each["segment_id"]: _standing(each) for each in fresh["segments"]}
    for each in server.every("/segments"):
        size = "…" if each["size"] is None else f"{each['size']:,}"
        state = states.get(each["id"], "building")
        table.add_row(str(each["id"]), each["name"], size, str(each["version"]), moment(each["updated_at"]), state)
    console = Console()
    console.print(table)
    unfinished = [f"{each['property']} {each['share']:.0%}" for each in fresh["columns"] if each["share"] < 1]
    if unfinished:
        console.print(f"Laid out as columns, to make previews fast: {', '.join(unfinished)}", markup=False)
    if fresh["late"]:
        console.print(f"[red]Segments are {fresh['lag_ms'] / 1000:.1f} s behind;[/red] {fresh['waiting']} groups of events wait.")


@app.command
def show(segment: str, /, *, wait: bool = False, url: Url = HERE, key: ApiKey = "") -> None:
    """Show one segment: its rule, who changed it and how, what depends on it, and how it went in the last 30 days.

    Parameters
    ----------
    segment
        Its id, or its whole name.
    wait
        While it is being built from history: show how far it is, and go on when it is done.
    """
    server, console = Remote(url, key), Console()
    found = _segment(server, segment)
    path = f"/segments/{found['id']}"
    if wait and found["building"]:
        _wait(server, path)
        found = server.get(path)
    course = server.get(f"{path}/course")
    console.print(f"[bold]{found['name']}[/bold] (segment {found['id']}, version {found['version']})", highlight=False)
    if found["building"]:
        console.print(f"{_progress(found['building'])}.".capitalize(), highlight=False)
    if found["size"] is not None:
        entered, left = (sum(point[name] for point in course["points"]) for name in ("entered", "left"))
        console.print(f"{found['size']:,} people; in the last 30 days {entered:,} entered and {left:,} left.", highlight=False)
        edits = [point["edited"] for point in course["points"] if point["edited"]]
        if edits:
            came, went = (sum(each[name] for each in edits) for name in ("entered", "left"))
            console.print(f"Its rule, made or edited in that time, put {came:,} in and {went:,} out.", highlight=False)
    console.print(f"Everybody who {found['sentence']['en']}.", markup=False, highlight=False)
    console.print(rule_tree(found["rule"]))
    table = Table("version", "when", "by", "what changed")
    for each in server.every(f"{path}/versions"):
        table.add_row(str(each["version"]), moment(each["created_at"]), each["author"], _changes(each))
    console.print(table)
    for dependent in server.get(f"{path}/dependents")["items"]:
        console.print(f"Used by {dependent['kind']} {dependent['id']} “{dependent['name']}”.", highlight=False)


def _wait(server: Remote, path: str) -> None:
    """Show a progress bar until the segment is live with its newest rule."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("building from history", total=1.0)
        while (building := server.get(path)["building"]) is not None:
            status = f"failed ({building['error']}), trying again" if building["error"] else building["stage"]
            bar.update(task, completed=building["share"], description=status)
            time.sleep(_LOOK_AGAIN)
        bar.update(task, completed=1.0)


def _standing(fresh: Mapping[str, Any]) -> str:
    """The state of one segment, in words."""
    return fresh["state"] if fresh["progress"] is None else f"{fresh['state']}: {_progress(fresh['progress'])}"


def _progress(building: Mapping[str, Any]) -> str:
    status = f"{building['share']:.0%} of the way, {building['stage']}"
    return f"{status}; failed {building['tries']} times: {building['error']}" if building["error"] else status


@app.command
def preview(rule: GivenRule, /, *, url: Url = HERE, key: ApiKey = "") -> None:
    """Count who a rule would hold now, whom of them messages reach, and what keeping it live would cost, without keeping it.

    Parameters
    ----------
    rule
        The rule as JSON, a file that holds it, or - for standard input.
    """
    server, body = Remote(url, key), {"rule": _read_rule(rule)}
    found, cost = server.post("/segments/preview", body), server.post("/segments/preview/cost", body)
    console = Console()
    console.print(f"{found['count']:,} people.", highlight=False)
    reach = found["reach"]
    for channel, people in reach["channels"].items() if reach["of"] else ():
        console.print(f"{people / reach['of']:.0%} can be reached by {channel.replace('_', ' ')}.", highlight=False)
    console.print(cost_text(cost), highlight=False)
    if found["people"]:
        table = Table("id", "user id", "e-mail")
        for each in found["people"]:
            table.add_row(str(each["id"]), each["external_id"] or "", str(each["traits"].get("email", "")))
        console.print(table)


@app.command
def members(segment: str, /, *, limit: int = 50, url: Url = HERE, key: ApiKey = "") -> None:
    """List the people in a segment.

    Parameters
    ----------
    segment
        Its id, or its whole name.
    limit
        Most people listed; 0 lists all.
    """
    server = Remote(url, key)
    found = _segment(server, segment)
    table = Table("id", "user id", "e-mail")
    with server.stream(f"/segments/{found['id']}/members/export", format="csv", raw="true") as answer:
        size = int(answer.headers["x-relance-members"])
        rows = csv.reader(io.TextIOWrapper(answer, "utf-8", newline=""))
        next(rows)
        for number, row in enumerate(rows):
            if limit and number >= limit:
                break
            table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(f"{table.row_count:,} of {size:,} people.", highlight=False)


@app.command
def explain(
    person: str, /, segment: str | None = None, *, rule: GivenRule | None = None, url: Url = HERE, key: ApiKey = ""
) -> None:
    """Say why a person is, or is not, in a segment: each condition, what it found, and when time alone will change it.

    Parameters
    ----------
    person
        Its id, its e-mail address, or another alias as kind:value (user_id:u-42).
    segment
        The segment's id, or its whole name.
    rule
        Instead of a segment, a rule: as JSON, a file that holds it, or - for standard input.
    """
    if (segment is None) == (rule is None):
        raise ServerError(ErrorText.local("Name a segment, or give a rule."))
    server = Remote(url, key)
    number = _person(server, person)
    if rule is not None:
        explained, name = server.post("/segments/preview/explanation", {"rule": _read_rule(rule), "person": number}), "the rule"
    else:
        found = _segment(server, segment or "")
        explained, name = server.get(f"/segments/{found['id']}/people/{number}/explanation"), f"“{found['name']}”"
    is_in = explained["rule"]["holds"] if explained["member"] is None else explained["member"]
    console = Console()
    console.print(
        f"Person {explained['person_id']} is {'in' if is_in else 'not in'} {name} at {moment(explained['now'])}.", highlight=False
    )
    console.print(explanation_tree(explained["rule"]))
    if is_in is not explained["rule"]["holds"]:
        console.print("[yellow]The live segment has not settled what was found here yet.[/yellow]")


@app.command
def export(
    segment: str,
    path: Path,
    /,
    *,
    format: Literal["csv", "parquet"] | None = None,
    raw: Raw = False,
    url: Url = HERE,
    key: ApiKey = "",
) -> None:
    """Write the members of a segment to a file: id, your own id, e-mail address.

    Parameters
    ----------
    segment
        Its id, or its whole name.
    path
        The file; it appears when it is complete.
    format
        csv or parquet; without it the file's ending says which.
    """
    kind = format or path.suffix.removeprefix(".").lower()
    if kind not in ("csv", "parquet"):
        raise ServerError(ErrorText.local("Give a file that ends with .csv or .parquet, or --format."))
    server = Remote(url, key)
    found = _segment(server, segment)
    with (
        appearing(path) as file,
        server.stream(f"/segments/{found['id']}/members/export", format=kind, raw=str(raw).lower()) as answer,
    ):
        size = int(answer.headers["x-relance-members"])
        for chunk in _with_progress(answer, found["name"], size if kind == "csv" else None):
            file.write(chunk)
    Console(stderr=True).print(f"{path}: {size:,} people.", highlight=False)


@app.command
def dump(*segments: str, to: Path | None = None, url: Url = HERE, key: ApiKey = "") -> None:
    """Write segments with their rules as YAML, for `relance segments apply`.

    Parameters
    ----------
    segments
        Ids or whole names; all segments if none is named.
    to
        The file; standard output if left out.
    """
    server = Remote(url, key)
    everything = list(server.every("/segments"))
    names = {each["id"]: each["name"] for each in everything}
    lists = {each["id"]: each["name"] for each in server.every("/lists")}
    chosen = [_segment(server, each) for each in segments] if segments else everything
    text = written([{"name": each["name"], "rule": named(each["rule"], names, lists)} for each in chosen])
    if to is None:
        sys.stdout.write(text)
    else:
        write_text(to, text)
        Console(stderr=True).print(f"{to}: {len(chosen):,} segments.", highlight=False)


@app.command
def apply(*files: Path, dry_run: bool = False, url: Url = HERE, key: ApiKey = "") -> None:
    """Make or change segments so that they are as YAML files say, by name. What is the same already is left alone.

    All files are read and all rules checked before anything is changed. Segments that no file names stay as they are.

    Parameters
    ----------
    files
        The files, as `relance segments dump` writes them.
    dry_run
        Only show what would be done.
    """
    if not files:
        raise ServerError(ErrorText.local("Name a file."))
    entries = read_files(list(files))
    server, console = Remote(url, key), Console()
    present = {each["name"]: each for each in server.every("/segments")}
    lists = {each["name"]: each["id"] for each in server.every("/lists")}
    ids = {name: each["id"] for name, each in present.items()}
    steps = plan(entries, ServerState(present, lists, server.defaults))
    for step in steps:
        _show(console, step, dry_run=dry_run)
        if step.is_due and not dry_run:
            rule = numbered(step.entry, ids, lists)
            if step.present is None:
                ids[step.entry.name] = server.post("/segments", {"name": step.entry.name, "rule": rule})["id"]
            else:
                server.patch(f"/segments/{step.present['id']}", {"version": step.present["version"], "rule": rule})
    due = sum(step.is_due for step in steps)
    outcome = "would be made or changed" if dry_run else "made or changed"
    console.print(f"{due:,} of {len(steps):,} segments {outcome}.", highlight=False)


def _show(console: Console, step: RuleChange, *, dry_run: bool) -> None:
    """One line about a segment, and what changes in its rule."""
    would = "to be " if dry_run else ""
    if step.present is None:
        console.print(f"[green]+[/green] {step.entry.name}: {would}made", highlight=False)
    elif step.change is None:
        console.print(f"= {step.entry.name}: the same", highlight=False)
    else:
        console.print(f"[yellow]~[/yellow] {step.entry.name}: {would}changed", highlight=False)
        change = msgspec.to_builtins(step.change)
        for sign, parts in (("+", change["added"]), ("−", change["removed"])):
            for each in parts:
                console.print(f"    {sign} {condition_text(each)}", highlight=False, markup=False)
        if change["regrouped"]:
            console.print(f"    {REGROUPED}", highlight=False)


def _with_progress(answer: Any, name: str, rows: int | None) -> Iterator[bytes]:
    """The pieces of an answer, with a progress bar on standard error: by rows if their number is known, else by bytes."""
    counted = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) if rows is not None else (DownloadColumn(),)
    with Progress(TextColumn("{task.description}"), *counted, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=rows)
        while chunk := answer.read1(_CHUNK):
            yield chunk
            progress.advance(task, chunk.count(b"\n") if rows is not None else len(chunk))


def _segment(server: Remote, given: str) -> Any:
    """The segment with that id or name. Raises ``ServerError``."""
    if given.isdecimal():
        return server.get(f"/segments/{given}")
    for each in server.every("/segments"):
        if each["name"] == given:
            return each
    raise ServerError(ErrorText.local(f"There is no segment “{given}”."))


def _person(server: Remote, given: str) -> int:
    if given.isdecimal():
        return int(given)
    found = server.get("/people", alias=given if ":" in given else f"email:{given}")["items"]
    if not found:
        raise ServerError(ErrorText.local(f"There is no person {given}."))
    number: int = found[0]["id"]
    return number


def _read_rule(given: str) -> Any:
    text = given if given.lstrip().startswith("{") else read_text(Path(given))
    try:
        return from_json(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ServerError(ErrorText.local(f"The rule is not valid JSON: {error}.")) from error


def _changes(version: Any) -> str:
    change = version["difference"]
    if version["archived"]:
        return "archived"
    if change is None:
        return "made"
    lines = [f"renamed from “{change['renamed']['before']}”"] if change["renamed"] else []
    lines += [f"+ {each['sentence']['en']}" for each in change["added"]]
    lines += [f"− {each['sentence']['en']}" for each in change["removed"]]
    if change["regrouped"]:
        lines.append(REGROUPED)
    return "\n".join(lines) or "nothing that matters"
