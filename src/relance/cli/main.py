"""The entry point: it answers ``--version`` and ``--help`` itself, before anything slow is imported."""

from __future__ import annotations

import sys
import textwrap
from io import TextIOWrapper
from pkgutil import resolve_name
from typing import NamedTuple

from relance import __version__

ABOUT = "Events in, the right message out, and proof of what it was worth."
RUN = "relance.cli.commands:run"
_WIDTH = 80


class Command(NamedTuple):
    """A command's module, and its description: the first sentences of its own help."""

    target: str
    summary: str


COMMANDS = {
    "audit": Command(
        "relance.cli.audit:audit",
        "Show who changed, published, deleted or exported what in an app, and who signed in, newest first.",
    ),
    "demo": Command(
        "relance.cli.demo:demo",
        "Play the demo: real purchases, a seeded shop, people who react; then stay up with the dashboard.",
    ),
    "doctor": Command(
        "relance.cli.doctor:doctor", "Look whether everything is as it should be, and say in sentences what is not."
    ),
    "lists": Command(
        "relance.cli.lists:app", "Static lists of a running server: look, put people on them, take them off, export."
    ),
    "openapi": Command("relance.cli.openapi:openapi", "Print the REST API's OpenAPI document, as JSON."),
    "operators": Command(
        "relance.cli.operators:app", "Who can sign in. Works on the data folder, beside a server that runs or without one."
    ),
    "rebuild": Command(
        "relance.cli.rebuild:app",
        "Count again from history what is kept counted, and heal what differs. The server must be stopped.",
    ),
    "segments": Command(
        "relance.cli.segments:app",
        "Segments of a running server: look, try rules, ask why, export members, keep rules in files.",
    ),
    "sending": Command(
        "relance.cli.sending:app",
        "What limits and carries an app's messages, kept in a file: caps, quiet hours, topics, providers, snippets.",
    ),
    "serve": Command(
        "relance.cli.serve:serve",
        "Run the server: ingest, API, dashboard, segments, journeys and sending, from one command.",
    ),
}


def main() -> None:
    """Answer what needs no command; otherwise run one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not support every character of a name
    match sys.argv[1:]:
        case ["--version"]:
            print(__version__)  # noqa: T201 - a command line speaks
        case [] | ["--help" | "-h"]:
            print(overview())  # noqa: T201
        case [name, *_] if name not in COMMANDS and not name.startswith("-"):
            print(f"relance: There is no command {name}. The commands are {', '.join(COMMANDS)}.", file=sys.stderr)  # noqa: T201
            sys.exit(2)
        case _:
            resolve_name(RUN)()


def overview() -> str:
    """All commands with a summary each."""
    listed = [_entry(name, command.summary) for name, command in COMMANDS.items()]
    options = [
        _entry("-h, --help", "Display this, or after a command what that takes: relance serve --help."),
        _entry("--version", "Display the version."),
    ]
    return "\n".join(["Usage: relance COMMAND", "", ABOUT, "", "Commands:", *listed, "", "Options:", *options])


def _entry(name: str, text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=f"  {name:<12}", subsequent_indent=" " * 14)
