"""A running program with one app, and its command line."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from relance.accounts.service import Accounts
from relance.cli.stores import open_stores
from relance.core.configuration import Settings
from tests.command_line import relance
from tests.process import Program

NOON = 1_760_000_000_000


class Shop:
    """A running program with one app, and what its command line says about one noun (segments, lists)."""

    def __init__(self, folder: Path, noun: str) -> None:
        self.noun = noun
        settings = Settings(data=str(folder / "data"))
        settings.folder.mkdir(mode=0o700)
        state, log = open_stores(settings)
        made = Accounts(state).create_app("Shop", NOON)
        state.dispose()
        log.dispose()
        self.key = made.api_key.text
        self.path = f"/api/v1/apps/{made.app.id}"
        self.program = Program(folder, log_level="warning")
        self.program.start()

    def call(self, method: str, path: str, body: Any) -> Any:
        return self.program.call(method, self.path + path, body, self.key)

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        """``relance NOUN …``."""
        place = {"RELANCE_URL": self.program.url, "RELANCE_API_KEY": self.key, "COLUMNS": "200"}
        return relance(self.noun, *arguments, given=given, **place)

    def said(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def piped(self, given: bytes, *arguments: str) -> tuple[int, str, str]:
        """The same with something on standard input: the exit code, what was said, and what was said of faults."""
        done = self.run(*arguments, given=given)
        return done.returncode, done.stdout, done.stderr


def rows(said: str) -> list[list[str]]:
    """The cells of a table's body."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if line.startswith("│")]
