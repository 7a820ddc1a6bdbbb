"""Whether an error says that there is no room left on a disk, and what to do then, in a sentence."""

from __future__ import annotations

import errno
from pathlib import Path

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
# As SQLite, PostgreSQL and DuckDB put it. "disk I/O error" is SQLite's for a write of its log that found no room.
_WORDS = ("disk is full", "no space left", "disk i/o error", "disk full", "file too large", "could not extend file")


def says_full(error: BaseException | None) -> bool:
    """Whether the error, or one that led to it, is about a full disk."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        if any(word in str(error).lower() for word in _WORDS):
            return True
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return False


def full_sentence(folder: Path) -> str:
    """What is full, and what to do."""
    return (
        f"There is no room left on the disk of {folder.absolute()} (or a quota is used up): nothing can be written there. "
        "Free some space, or move the data folder to a larger disk (the setting data); nothing that was accepted is lost."
    )
