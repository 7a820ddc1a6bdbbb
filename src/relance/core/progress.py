"""A guard for loops that run "until nothing is due": a loop that stops making progress raises an error that names it.

Without it, a fault in anything such a loop waits for would hang the worker inside its transaction, again after every restart.
"""

from __future__ import annotations

from typing import Any

from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.core.pulse import PULSE

_NOTHING = object()


class StalledError(RelanceError):
    """A loop that should end no longer makes progress: a bug in the program. ``data["what"]`` names the loop."""

    code = "stalled"


class Progress:
    """The guard of one loop. ``patience`` is how many consecutive turns may pass without a change."""

    __slots__ = ("_mark", "_patience", "_still", "what")

    def __init__(self, what: str, patience: int = 1) -> None:
        self.what = what
        self._patience = patience
        self._mark: object = _NOTHING
        self._still = 0

    def turn(self, mark: object) -> None:
        """Called on every turn with a value that differs whenever something has moved. Raises ``StalledError``."""
        if mark != self._mark:
            self._mark, self._still = mark, 0
            PULSE.go_on()
            return
        self._still += 1
        if self._still >= self._patience:
            raise stalled(self.what, at=str(mark)[:200])


def stalled(what: str, **data: Any) -> StalledError:
    """The error for a loop that detects by itself that it has stalled."""
    return StalledError(
        ErrorText.local(f"{what} stands still: what is due does not become less. This is a fault of the program."),
        what=what,
        **data,
    )
