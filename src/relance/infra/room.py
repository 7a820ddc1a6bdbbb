"""Detects errors caused by a full disk, and words what to do then."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

from relance.core.error_text import ErrorText

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
# As SQLite, PostgreSQL, DuckDB and ClickHouse word it. "disk I/O error" is SQLite's for a write to its log without space.
_WORDS = ("disk is full", "no space left", "disk i/o error", "disk full", "file too large", "could not extend file")
_OF_POSTGRESQL, _OF_CLICKHOUSE = "53100", "not_enough_space"


def says_full(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is about a full disk."""
    return any(_is_full(each) for each in _led_to(error))


def full_sentence(folder: Path | None, error: BaseException | None = None) -> ErrorText:
    """What is full, and what to do: the data folder's disk, unless the error comes from a database server."""
    if any(_is_of_server(each) for each in _led_to(error)):
        return ErrorText(
            "database_disk_full",
            "There is no room left on the disk of the database server: nothing can be written there. "
            "Free some space on that machine; nothing that was accepted is lost.",
        )
    if folder is None:
        return ErrorText(
            "disk_full",
            "There is no room left on the disk of this server (or a quota is used up): nothing can be written there. "
            "Free some space; nothing that was accepted is lost.",
        )
    return ErrorText(
        "folder_disk_full",
        "There is no room left on the disk of {folder} (or a quota is used up): nothing can be written there. "
        "Free some space, or move the data folder to a larger disk (the setting data); nothing that was accepted is lost.",
        folder=str(folder.absolute()),
    )


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return True
    if getattr(error, "sqlstate", None) is not None:
        return getattr(error, "sqlstate", None) == _OF_POSTGRESQL
    if hasattr(error, "orig"):  # SQLAlchemy's own words include the statement's values, which anyone may have sent
        return False
    return any(word in str(error).lower() for word in (*_WORDS, _OF_CLICKHOUSE))


def _is_of_server(error: BaseException) -> bool:
    return getattr(error, "sqlstate", None) == _OF_POSTGRESQL or _OF_CLICKHOUSE in str(error).lower()


def _led_to(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
