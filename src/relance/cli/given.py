"""Input shared by several commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from relance.cli.errors import ServerError
from relance.core.error_text import ErrorText
from relance.core.tables import decoded

Config = Annotated[Path | None, Parameter(help="A TOML file with settings; the environment (RELANCE_…) wins over it.")]
Url = Annotated[str, Parameter(help="Address of the running server.", env_var="RELANCE_URL")]
ApiKey = Annotated[
    str, Parameter(help="An API key; better in the environment than on the command line.", env_var="RELANCE_API_KEY")
]
Raw = Annotated[
    bool, Parameter(help="Ids as they are: without an apostrophe before those that a spreadsheet would take for a formula.")
]


def name_of(file: Path) -> str:
    """What a file is called in sentences."""
    return "Standard input" if str(file) == "-" else str(file)


def read_text(file: Path, encoding: str = "") -> str:
    """The text of a file, or of standard input for ``-``. Raises ``ServerError``, or ``InvalidError`` if it is not text."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except (OSError, ValueError) as error:  # ``ValueError``: a path with a NUL
        raise ServerError(
            ErrorText.local(f"{file} cannot be read: {error.strerror if isinstance(error, OSError) else error}.")
        ) from error
    return decoded(raw, name_of(file), encoding)
