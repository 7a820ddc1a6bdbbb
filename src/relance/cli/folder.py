"""The data folder: created at first start, with the secret that signs links and, in a story, the clock."""

from __future__ import annotations

import secrets
from pathlib import Path

from relance.core.configuration import Settings
from relance.infra.clock import Clock, RealClock, StoryClock
from relance.infra.files import make_once

SECRET_BYTES = 32
PUSH_KEY = "vapid.pem"  # the application server's key for web push


def make_folder(settings: Settings) -> Path:
    """The data folder, readable by its owner only; created if missing."""
    folder = settings.folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def read_secret(folder: Path) -> bytes:
    """The 32 bytes that sign tracking links and cursors, created at first start. Losing them breaks all links already sent."""
    path = folder / "secret"
    make_once(path, secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()


def open_clock(settings: Settings) -> Clock:
    """The configured clock; a story's is shared through a file in the data folder."""
    if settings.clock == "story":
        return StoryClock(settings.folder / "clock", settings.story_start or RealClock().now())
    return RealClock()
