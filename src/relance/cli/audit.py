"""``relance audit``: who did what in an app, on the server's machine, so that it works when nobody can sign in."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, NamedTuple

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from relance.accounts.audited import done
from relance.accounts.model import App, AuditEntry
from relance.accounts.service import Accounts
from relance.cli.given import Config
from relance.cli.showing import moment
from relance.cli.stores import opened_state
from relance.cli.target import appearing
from relance.core.configuration import read_settings
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError
from relance.core.spreadsheets import defused

_AT_ONCE = 1_000  # lines read at once
_NAMED = 10  # apps listed if none matches
HEADER = ("when", "who", "what", "detail", "actor", "action", "target")

Which = Annotated[str, Parameter(name="app", help="Its id, its slug, or its whole name.")]
Data = Annotated[str | None, Parameter(help="Folder for everything the program keeps.")]
Target = Annotated[Path | None, Parameter(name="--csv", help="A CSV file to write all of it to; it appears when it is complete.")]
Most = Annotated[int, Parameter(help="How many lines are shown; a CSV file has all.", validator=Number(gt=0))]


class AuditRow(NamedTuple):
    """One audit entry in words; instants are ms."""

    at: int
    who: str
    what: str
    entry: AuditEntry


def audit(given: Which, /, *, file: Target = None, most: Most = 50, config: Config = None, data: Data = None) -> None:
    """Show who changed, published, deleted or exported what in an app, and who signed in, newest first."""
    with opened_state(read_settings(config, data=data)) as state:
        accounts = Accounts(state)
        found = _app(accounts.apps(), given)
        lines = _lines(accounts, found.id)
        if file is None:
            _show(list(islice(lines, most + 1)), most)
        else:
            count = _write(file, lines)
            Console(stderr=True).print(f"{file}: {_counted(count)}.", highlight=False, markup=False)


def _lines(accounts: Accounts, app: int) -> Iterator[AuditRow]:
    before = None
    while True:
        found = accounts.audit(app, before, _AT_ONCE, operators=True)
        names = accounts.called(app, {one for each in found for one in (each.actor, each.target)})
        for each in found:
            target = names[each.target]
            number = target.rpartition(":")[2] if target == each.target else target
            yield AuditRow(each.occurred_at, _who(each.actor, names[each.actor]), done(each.action, number), each)
        if len(found) < _AT_ONCE:
            return
        before = found[-1].id


def _who(actor: str, name: str) -> str:
    kind, _, number = actor.partition(":")
    if kind == "system":
        return "the server"
    if kind == "key":
        return f"API key {number if name == actor else name}"
    return f"operator {number}" if name == actor else name


def _show(lines: Sequence[AuditRow], most: int) -> None:
    console = Console()
    table = Table("when (UTC)", "who", "what", "detail")
    for each in lines[:most]:
        table.add_row(moment(each.at), escape(each.who), escape(each.what), escape(_detail(each.entry)))
    console.print(table)
    if len(lines) > most:
        console.print(f"Those are the newest {most:,}; --most shows more, and --csv writes all.", highlight=False)


def _write(path: Path, lines: Iterator[AuditRow]) -> int:
    """One row per line; returns how many."""
    count = 0
    with appearing(path) as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for each in lines:
            count += 1
            at = datetime.fromtimestamp(each.at / 1000, UTC).isoformat(timespec="milliseconds")
            entry = each.entry
            rows.writerow(defused((at, each.who, each.what, _detail(entry), entry.actor, entry.action, entry.target)))
    return count


def _detail(entry: AuditEntry) -> str:
    return ", ".join(f"{name}: {value if isinstance(value, str) else to_json(value)}" for name, value in entry.detail.items())


def _app(apps: Sequence[App], given: str) -> App:
    for each in apps:
        if given in (str(each.id), each.slug):
            return each
    named = [each for each in apps if each.name == given]
    if len(named) == 1:
        return named[0]
    there = ", ".join(f"{each.id} ({each.name})" for each in apps[:_NAMED]) or "there is none yet"
    message = f"Several apps are called {given!r}" if named else f"There is no app {given!r}"
    raise NotFoundError(ErrorText.local(f"{message}: give an id. The apps: {there}."))


def _counted(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
