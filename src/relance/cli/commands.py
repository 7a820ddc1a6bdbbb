"""The commands, as cyclopts parses their arguments. Each one's module is imported only when it is called."""

from __future__ import annotations

import sys

from cyclopts import App

from relance import __version__
from relance.cli.main import ABOUT, COMMANDS
from relance.core.configuration import read_settings
from relance.core.errors import RelanceError
from relance.infra.room import full_sentence, says_full

app = App(name="relance", help=ABOUT, version=__version__)
for name, command in COMMANDS.items():
    app.command(command.target, name=name)


def run() -> None:
    """Run a command; a known error is shown as a sentence, without a traceback."""
    try:
        app()
    except RelanceError as error:
        print(f"relance: {error.message}", file=sys.stderr)  # noqa: T201 - a command line speaks
        sys.exit(2)
    except UnicodeEncodeError:
        print("relance: An argument holds bytes that are not valid text.", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except Exception as error:
        if not says_full(error):
            raise
        print(f"relance: {full_sentence(read_settings().folder)}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
