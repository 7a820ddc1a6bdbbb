"""Which live key belongs to which app, needed on every request: a small cache whose entries expire within a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from relance.accounts.model import Key
from relance.accounts.secrets import looks_like_key

KEEP_SECONDS = 1.0  # the longest a revoked key keeps working
MOST_ENTRIES = 10_000  # bounds the memory a flood of made-up keys can take


class Keyring:
    """Caches the answers of ``find``, positive and negative, for ``KEEP_SECONDS`` of real time.

    Not locked: every dict operation is atomic, and a race costs one extra look-up at most.
    """

    def __init__(self, find: Callable[[str], Key | None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, Key | None]] = {}
        self._generation = 0

    def key(self, text: str) -> Key | None:
        """The live key with this text, or ``None``."""
        instant = self._monotonic()
        entry = self._known.get(text)
        if entry is not None and entry[0] > instant:
            return entry[1]
        if not looks_like_key(text):
            return None
        generation = self._generation
        key = self._find(text)
        if len(self._known) >= MOST_ENTRIES:
            self._known.clear()
        # A result read before a ``forget`` may belong to a key being revoked: use it once, do not cache it.
        if generation == self._generation:
            self._known[text] = (instant + KEEP_SECONDS, key)
        return key

    def remembers(self, text: str) -> bool:
        """Whether ``key`` would answer without a look-up."""
        entry = self._known.get(text)
        return entry is not None and entry[0] > self._monotonic()

    def forget(self) -> None:
        """Clear the cache: a key was created or revoked in this process."""
        self._generation += 1
        self._known.clear()
