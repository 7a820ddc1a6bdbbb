"""Properties that rules read, laid out as typed columns of history beside the JSON. Decisions only: the engines do the work.

A property, named by its path (``price``, ``cart.total``), has three columns, shared by all apps and events that use it:

| column | what it holds | else NULL |
|---|---|---|
| ``p_…_text`` | a text | |
| ``p_…_number`` | a number as a double; of a text that plainly is a number, that number | |
| ``p_…_other`` | ``true`` or ``false``; a list as JSON; ``{}`` for an object | |

All three are NULL where the property is missing or null. So each of them is read as it stands, and together they say what
the JSON says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

_NO_LETTER = re.compile(r"[^a-z0-9]+")
_LONGEST = 24


class PropertyUse(NamedTuple):
    """A rule of an app reads the property at ``path`` of events of one name."""

    path: str
    app_id: int
    event: str


class ColumnNames(NamedTuple):
    """The columns of one property."""

    text: str
    number: str
    other: str


def column_names(path: str) -> ColumnNames:
    """``cart.total`` → ``p_cart_total_1f2e3d4c_text`` and so on: the same in every history."""
    readable = _NO_LETTER.sub("_", path.lower()).strip("_")[:_LONGEST]
    stem = f"p_{readable}_{blake2b(path.encode(), digest_size=4).hexdigest()}"
    return ColumnNames(f"{stem}_text", f"{stem}_number", f"{stem}_other")


class ColumnFill(NamedTuple):
    """How much of what was there before a property got its columns is laid out by now: 0 to 1."""

    path: str
    share: float


class PropertyColumns(NamedTuple):
    """Which properties a query may read from columns: those of which every row is written.

    ``everywhere`` are paths that hold for all apps and events; ``places`` says whether ``latitude`` and ``longitude`` are
    written of every row, too (``history_spots``).
    """

    uses: frozenset[PropertyUse] = frozenset()
    everywhere: frozenset[str] = frozenset()
    places: bool = False

    def of(self, app_id: int, event: str, path: str) -> ColumnNames | None:
        """The columns to read the property from; None where its JSON must be read."""
        if path in self.everywhere or PropertyUse(path, app_id, event) in self.uses:
            return column_names(path)
        return None


NO_COLUMNS = PropertyColumns()


def choose(present: Sequence[PropertyUse], wanted: Sequence[PropertyUse], most: int) -> list[PropertyUse]:
    """The uses to lay out: of ``most`` paths, in the order in which they got their place.

    Who has columns keeps them as long as a rule asks; then come those that are asked for, in the order of ``wanted``; what
    nobody asks for any more goes last, so that it stays only where there is room.
    """
    asked = {each.path for each in wanted}
    paths = [path for path in _paths(present) if path in asked]
    paths += [path for path in _paths(wanted) if path not in paths]
    paths += [path for path in _paths(present) if path not in asked]
    kept = dict.fromkeys(paths[: max(most, 0)])
    everything = dict.fromkeys([*present, *wanted])
    return [use for path in kept for use in everything if use.path == path]


def _paths(uses: Iterable[PropertyUse]) -> list[str]:
    return list(dict.fromkeys(each.path for each in uses))
