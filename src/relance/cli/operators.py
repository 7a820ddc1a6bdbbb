"""``relance operators …``: manages operators on the server's machine without signing in, so it can restore access."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from relance.accounts.model import Operator, PasswordLink
from relance.accounts.operators import Operators
from relance.cli.folder import read_secret
from relance.cli.given import Config
from relance.cli.stores import opened_state
from relance.core.configuration import Settings, read_settings
from relance.core.error_text import ErrorText
from relance.core.errors import NotFoundError

app = App(name="operators", help="Who can sign in. Works on the data folder, beside a server that runs or without one.")

Email = Annotated[str, Parameter(help="The operator's e-mail address.")]
Data = Annotated[str | None, Parameter(help="Folder for everything the program keeps.")]
ACTOR = "system"


@app.command(name="list")
def list_(*, config: Config = None, data: Data = None) -> None:
    """List everyone who can sign in or was invited."""
    with _opened(config, data) as (_, operators):
        table = Table("e-mail", "name", "state")
        for each in operators.all():
            table.add_row(each.email, each.name, "invited, no password chosen yet" if each.is_invited else "can sign in")
        Console().print(table)


@app.command
def invite(
    email: Email, name: Annotated[str, Parameter(help="What they are called.")], /, *, config: Config = None, data: Data = None
) -> None:
    """Create an operator and print the link to choose a password, valid for seven days."""
    with _opened(config, data) as (settings, operators):
        _, link = operators.invite(email, name, _now(), actor=ACTOR)
        _show(settings, link)


@app.command
def reset(email: Email, /, *, config: Config = None, data: Data = None) -> None:
    """Print a link to choose a new password, valid for a day; replaces the previous one."""
    with _opened(config, data) as (settings, operators):
        _show(settings, operators.link(_find(operators, email).id, _now(), actor=ACTOR))


@app.command
def remove(email: Email, /, *, config: Config = None, data: Data = None) -> None:
    """Revoke an operator's access and sessions at once. Refused for the last one who can sign in."""
    with _opened(config, data) as (_, operators):
        found = _find(operators, email)
        operators.remove(found.id, _now(), actor=ACTOR)
        Console().print(f"{found.name} ({found.email}) can no longer sign in.", highlight=False, markup=False)


@contextmanager
def _opened(config: Config, data: str | None) -> Iterator[tuple[Settings, Operators]]:
    settings = read_settings(config, data=data)
    with opened_state(settings) as state:
        yield settings, Operators(state, read_secret(settings.folder))


def _find(operators: Operators, email: str) -> Operator:
    for each in operators.all():
        if each.email == email.strip().lower():
            return each
    raise NotFoundError(ErrorText.local(f"{email} is not an operator: “relance operators list” shows who is."))


def _show(settings: Settings, link: PasswordLink) -> None:
    console = Console()
    console.print("Hand this link over in private: whoever opens it can sign in.", highlight=False)
    console.print(f"{settings.url}/password#{link.token}", highlight=False, markup=False, soft_wrap=True)


def _now() -> int:
    return time.time_ns() // 1_000_000
