"""Output files of commands: they appear when complete, and a failure is a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from relance.cli.errors import ServerError
from relance.core.error_text import ErrorText


class Target:
    """A file being written, in UTF-8; ``csv`` can write to it, too."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    def write(self, piece: str | bytes) -> None:
        """Raises ``ServerError``."""
        with _speaking(self._path):
            self._file.write(piece.encode() if isinstance(piece, str) else piece)


@contextmanager
def appearing(path: Path) -> Iterator[Target]:
    """A file that appears, or replaces another, when the block ends without error. Raises ``ServerError``."""
    check_target(path)
    is_stream = path.exists() and not path.is_file()  # a pipe, a terminal
    part = path if is_stream else path.with_name(f".{path.name}.part")
    with _speaking(path):
        # Exports contain personal data: for the owner only, like the data folder.
        file = part.open("wb") if is_stream else open(part, "wb", opener=_for_owner)  # noqa: SIM115 - the opener
    try:
        yield Target(path, file)
        with _speaking(path):
            file.close()
            if not is_stream:
                part.replace(path)
    finally:
        with suppress(OSError):
            file.close()
        if not is_stream:
            part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """The whole file. Raises ``ServerError``."""
    with appearing(path) as target:
        target.write(text)


def check_target(path: Path) -> None:
    """Raise ``ServerError`` if a file could not be written there later: before doing what cannot be repeated."""
    with _speaking(path):
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        path.exists()  # checks whether such a name is possible at all
    if is_folder:
        raise ServerError(ErrorText.local(f"{path} cannot be written: it is a folder."))
    if not has_folder:
        raise ServerError(ErrorText.local(f"{path} cannot be written: there is no folder {path.parent}."))


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServerError(ErrorText.local(f"{path} cannot be written: {error.strerror}.")) from error


def _for_owner(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)  # also if an earlier run left a partial file
    return descriptor
