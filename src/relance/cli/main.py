"""The command line. Each command lives in a module of its own and is only imported when it is called."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from cyclopts import App

from relance import __version__
from relance.core.configuration import read_settings
from relance.core.errors import RelanceError
from relance.infra.room import full_sentence, says_full

app = App(name="relance", help="Events in, the right message out, and proof of what it was worth.", version=__version__)
app.command("relance.cli.serve:serve")
app.command("relance.cli.demo:demo")
app.command("relance.cli.doctor:doctor")
app.command("relance.cli.openapi:openapi")
app.command("relance.cli.segments:app", name="segments")
app.command("relance.cli.lists:app", name="lists")
app.command("relance.cli.operators:app", name="operators")
app.command("relance.cli.audit:audit")


def main() -> None:
    """Run a command; an error we know is a sentence, not a trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not know every sign of a name
    try:
        app()
    except RelanceError as error:
        print(f"relance: {error.message}", file=sys.stderr)  # noqa: T201 - a command line speaks
        sys.exit(2)
    except UnicodeEncodeError:
        print("relance: What was given holds bytes that are no text.", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except Exception as error:
        if not says_full(error):
            raise
        print(f"relance: {full_sentence(read_settings().folder)}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
