"""Files created once and never changed: complete or absent, whenever the program is killed."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def make_once(path: Path, content: bytes) -> None:
    """Create a file readable by its owner only, unless it exists. Of two concurrent processes the first wins."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    # A link is created atomically, and never over an existing file.
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
