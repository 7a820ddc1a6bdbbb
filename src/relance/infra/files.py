"""Files that are made once and then stay: whole or not at all, whenever the program is killed."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def make_once(path: Path, content: bytes) -> None:
    """Make a file that only its owner may read, unless it is there. Of two processes that do so at once, the first wins."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    # A link is made whole or not at all, and never over a file that is there.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
