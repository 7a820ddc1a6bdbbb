"""The steps that bring a history file up to date: ``0001_name.sql`` and so on, applied in order, never changed once released."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple


class Migration(NamedTuple):
    """One step: its number (from 1) and the statements to run."""

    number: int
    sql: str


def migrations() -> list[Migration]:
    """All steps, in order."""
    texts = sorted((file.name, file.read_text()) for file in files(__name__).iterdir() if file.name.endswith(".sql"))
    return [Migration(int(name[:4]), sql) for name, sql in texts]
