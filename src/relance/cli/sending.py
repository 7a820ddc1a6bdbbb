"""``relance sending``: caps, quiet hours, topics, the hold-out, providers and snippets of a running server, kept in a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cyclopts import App
from rich.console import Console

from relance.cli.errors import ServerError
from relance.cli.given import ApiKey, Url
from relance.cli.remote import HERE, Remote
from relance.cli.rule_files import values_of
from relance.cli.sending_files import SendingState, SendingStep, file_of, plan, read, written
from relance.cli.target import write_text
from relance.core.error_text import ErrorText
from relance.core.mismatch import mismatch
from relance.web.api.apps import AppChange
from relance.web.api.restraint import CapChange, CapCreation, QuietHoursCreation

app = App(
    name="sending",
    help="What limits and carries an app's messages, kept in a file: caps, quiet hours, topics, providers, snippets.",
)
_COLOURS = {"+": "green", "~": "yellow", "-": "red"}


@app.command
def dump(*, to: Path | None = None, url: Url = HERE, key: ApiKey = "") -> None:
    """Write caps, quiet hours, topics, the hold-out, providers and snippets as YAML for `relance sending apply`: no secrets.

    Parameters
    ----------
    to
        The file; standard output if left out.
    """
    text = written(file_of(_state(Remote(url, key))))
    if to is None:
        sys.stdout.write(text)
    else:
        write_text(to, text)


@app.command
def apply(file: Path, *, dry_run: bool = False, url: Url = HERE, key: ApiKey = "") -> None:
    """Make caps, quiet hours, topics, the hold-out, providers and snippets as a YAML file says. Secrets that are kept stay kept.

    The file is read and checked before anything is changed, by the server too. Parts that it leaves out stay as they are; of
    `caps`, `quiet_hours` and `snippets` what it does not name is deleted. Providers are changed, neither made nor deleted.

    Parameters
    ----------
    file
        The file, as `relance sending dump` writes it.
    dry_run
        Only check it, and show what would be done.
    """
    wanted = read(values_of(file), str(file))
    server, console = Remote(url, key), Console()
    steps = plan(wanted, _state(server), str(file))
    for step in steps:
        _check(server, step, str(file))
    for place, step in enumerate(steps):
        if not dry_run:
            _do_or_tell(server, steps, place)
        colour = _COLOURS[step.sign]
        console.print(f"[{colour}]{step.sign}[/{colour}] ", end="", highlight=False)
        console.print(step.about, highlight=False, markup=False)
    console.print(
        f"{len(steps):,} {'would be ' if dry_run else ''}changed." if steps else "All is as the file says.", highlight=False
    )


def _state(server: Remote) -> SendingState:
    segments = {each["name"]: each["id"] for each in server.every("/segments")}
    app, caps, hours, providers = (server.get(each) for each in ("", "/caps", "/quiet-hours", "/providers"))
    return SendingState(app, caps, hours, providers, segments, server.get("/snippets")["items"])


def _check(server: Remote, step: SendingStep, file: str) -> None:
    """Raises ``ServerError`` for what the server would refuse."""
    kind = _body_type(step)
    try:
        if kind is not None:
            msgspec.convert(step.body, kind)
        if step.path.startswith("/providers/"):
            server.patch(step.path, {**(step.body or {}), "dry_run": True})
    except msgspec.ValidationError as error:
        place, text = mismatch(error, step.body)
        where = place.removeprefix(".")
        raise ServerError(ErrorText.local(f"{file}, {step.about}: {text}{f' (at {where})' if where else ''}")) from None
    except ServerError as error:
        raise ServerError(ErrorText.local(f"{file}, {step.about}: {error.message}"), **error.data) from error


def _body_type(step: SendingStep) -> type[msgspec.Struct] | None:
    """What the API reads the step's body as, where that can be said without it."""
    if step.method == "PATCH":
        return AppChange if not step.path else CapChange if step.path.startswith("/caps/") else None
    return CapCreation if step.path == "/caps" else QuietHoursCreation if step.path == "/quiet-hours" else None


def _do_or_tell(server: Remote, steps: Sequence[SendingStep], place: int) -> None:
    """Take a step. Raises ``ServerError``, with what was changed before, if something else changed the server in between."""
    try:
        _do(server, steps[place])
    except ServerError as error:
        done = ", ".join(each.about for each in steps[:place])
        told = f"Changed before that: {done}." if done else "Nothing was changed before that."
        left = f"{len(steps) - place:,} of {len(steps):,} changes are left: apply the file again to make them."
        raise ServerError(ErrorText.local(f"{steps[place].about}: {error.message} {told} {left}"), **error.data) from error


def _do(server: Remote, step: SendingStep) -> None:
    match step.method:
        case "POST":
            server.post(step.path, step.body)
        case "PATCH":
            server.patch(step.path, step.body)
        case _:
            server.delete(step.path)
