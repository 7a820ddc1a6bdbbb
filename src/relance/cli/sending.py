"""``relance sending``: caps, quiet hours, topics, the hold-out and providers of a running server, kept in a file."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App
from rich.console import Console

from relance.cli.given import ApiKey, Url
from relance.cli.remote import HERE, Remote
from relance.cli.rule_files import values_of
from relance.cli.sending_files import SendingState, SendingStep, file_of, plan, read, written
from relance.cli.target import write_text

app = App(name="sending", help="What limits and carries an app's messages, kept in a file: caps, quiet hours, topics, providers.")
_COLOURS = {"+": "green", "~": "yellow", "-": "red"}


@app.command
def dump(*, to: Path | None = None, url: Url = HERE, key: ApiKey = "") -> None:
    """Write caps, quiet hours, topics, the hold-out and providers as YAML, for `relance sending apply`. No secret is in it.

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
    """Make caps, quiet hours, topics, the hold-out and providers as a YAML file says. Secrets that are kept stay kept.

    The file is read and checked before anything is changed. Parts that it leaves out stay as they are; of `caps` and
    `quiet_hours` what it does not name is deleted. Providers are changed, neither made nor deleted.

    Parameters
    ----------
    file
        The file, as `relance sending dump` writes it.
    dry_run
        Only show what would be done.
    """
    wanted = read(values_of(file), str(file))
    server, console = Remote(url, key), Console()
    steps = plan(wanted, _state(server), str(file))
    for step in steps:
        if not dry_run:
            _do(server, step)
        colour = _COLOURS[step.sign]
        console.print(f"[{colour}]{step.sign}[/{colour}] ", end="", highlight=False)
        console.print(step.about, highlight=False, markup=False)
    console.print(
        f"{len(steps):,} {'would be ' if dry_run else ''}changed." if steps else "All is as the file says.", highlight=False
    )


def _state(server: Remote) -> SendingState:
    segments = {each["name"]: each["id"] for each in server.every("/segments")}
    return SendingState(server.get(""), server.get("/caps"), server.get("/quiet-hours"), server.get("/providers"), segments)


def _do(server: Remote, step: SendingStep) -> None:
    match step.method:
        case "POST":
            server.post(step.path, step.body)
        case "PATCH":
            server.patch(step.path, step.body)
        case _:
            server.delete(step.path)
