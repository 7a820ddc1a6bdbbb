"""The demo's output while it works: a progress bar for each long part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Bar:
    """One long part of the work, between 0 and 1."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=1.0)

    def at(self, share: float) -> None:
        self._progress.update(self._task, completed=share)


class Narrator:
    """Writes to a terminal."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def say(self, text: str) -> None:
        self.console.print(text)

    @contextmanager
    def bar(self, title: str) -> Iterator[Bar]:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            bar = Bar(progress, title)
            yield bar
            bar.at(1.0)
