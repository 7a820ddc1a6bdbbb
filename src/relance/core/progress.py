"""A loop that goes on "until nothing is due" asks for progress: standing still becomes an error that says what stands still.

Without it a fault anywhere in what such a loop waits for is a worker that hangs in its transaction, again after each restart.
"""

from __future__ import annotations

from typing import Any

from relance.core.errors import RelanceError
from relance.core.pulse import PULSE

_NOTHING = object()


class StalledError(RelanceError):
    """A loop that should come to an end does not move any more: a fault of the program. ``data["what"]`` names the loop."""

    code = "stalled"


class Progress:
    """One loop's check. ``patience`` is how many turns in a row may pass without a change."""

    __slots__ = ("_mark", "_patience", "_still", "what")

    def __init__(self, what: str, patience: int = 1) -> None:
        self.what = what
        self._patience = patience
        self._mark: object = _NOTHING
        self._still = 0

    def turn(self, mark: object) -> None:
        """Each turn of the loop says how far it is: whatever differs when something has moved. Raises ``StalledError``."""
        if mark != self._mark:
            self._mark, self._still = mark, 0
            PULSE.go_on()
            return
        self._still += 1
        if self._still >= self._patience:
            raise stalled(self.what, at=str(mark)[:200])


def stalled(what: str, **data: Any) -> StalledError:
    """The error for a loop that can tell by itself."""
    return StalledError(
        f"{what} stands still: what is due does not become less. This is a fault of the program.", what=what, **data
    )
