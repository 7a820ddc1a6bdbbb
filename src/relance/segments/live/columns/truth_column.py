"""The truth of one condition for each person, with each person's timer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Bools, Ids, Instants, PersonColumn

NOBODY: Ids = np.empty(0, np.int64)


class TruthColumn:
    """At most one timer per person is valid: ``scheduled``. It may be early, and is then set again when due."""

    def __init__(self, for_strangers: bool, *, timed: bool) -> None:
        self.truth = PersonColumn(np.bool_, for_strangers)
        self.scheduled = PersonColumn(np.int64, NEVER) if timed else None

    def put(self, people: Ids, truth: Bools) -> Ids:
        """Set these people's answers; returns where they changed."""
        flipped: Ids = (truth != self.truth.get(people)).nonzero()[0]
        self.truth.set(people[flipped], truth[flipped])
        return flipped

    def schedule(self, people: Ids, due: Instants) -> tuple[Instants, Ids]:
        """Move timers forward where these are earlier; returns the ones to set: (instants, people)."""
        if self.scheduled is None:
            return NOBODY, NOBODY
        sooner = (due < self.scheduled.get(people)).nonzero()[0]
        timed, due = people[sooner], due[sooner]
        self.scheduled.set(timed, due)
        return due, timed

    def reschedule(self, people: Ids, due: Instants) -> tuple[Instants, Ids]:
        """Replace these people's timers; returns the ones to set."""
        if self.scheduled is None:
            return NOBODY, NOBODY
        changed = due != self.scheduled.get(people)
        self.scheduled.set(people[changed], due[changed])
        timed = (changed & (due < NEVER)).nonzero()[0]
        return due[timed], people[timed]

    def fire(self, people: Ids, due: Instants) -> Ids:
        """Which of these due timers are still valid; they are cleared."""
        if self.scheduled is None:
            return NOBODY
        valid: Ids = (self.scheduled.get(people) == due).nonzero()[0]
        self.scheduled.set(people[valid], NEVER)
        return valid

    def forget(self, person: int) -> None:
        one = np.array([person])
        self.truth.set(one, self.truth.fill)
        if self.scheduled is not None:
            self.scheduled.set(one, NEVER)

    def sweep(self) -> None:
        """Free pages that hold only defaults."""
        self.truth.sweep()
        if self.scheduled is not None:
            self.scheduled.sweep()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The content, for ``restore``: views, valid until the next change."""
        columns = {"truth": self.truth} if self.scheduled is None else {"truth": self.truth, "scheduled": self.scheduled}
        return {f"{name}.{part}": each for name, column in columns.items() for part, each in column.arrays().items()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore the content from these arrays. Does not set the timers, which are in ``scheduled``."""
        self.truth.restore({part: arrays[f"truth.{part}"] for part in self.truth.arrays()})
        if self.scheduled is not None:
            self.scheduled.restore({part: arrays[f"scheduled.{part}"] for part in self.scheduled.arrays()})

    @property
    def nbytes(self) -> int:
        return self.truth.nbytes + (self.scheduled.nbytes if self.scheduled else 0)
