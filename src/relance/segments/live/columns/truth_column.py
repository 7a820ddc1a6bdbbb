"""Where one condition stands for each person, and the timer that each person has for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Bools, Ids, Instants, PersonColumn

NOBODY: Ids = np.empty(0, np.int64)


class TruthColumn:
    """At most one timer a person is in force: ``scheduled``. It may be early and is then put back when it comes due."""

    def __init__(self, for_strangers: bool, *, timed: bool) -> None:
        self.truth = PersonColumn(np.bool_, for_strangers)
        self.scheduled = PersonColumn(np.int64, NEVER) if timed else None

    def put(self, people: Ids, truth: Bools) -> Ids:
        """Set the answers of these people; returns where they changed."""
        flipped: Ids = (truth != self.truth.get(people)).nonzero()[0]
        self.truth.set(people[flipped], truth[flipped])
        return flipped

    def schedule(self, people: Ids, due: Instants) -> tuple[Instants, Ids]:
        """Bring timers forward where these are earlier; returns the ones to set: (instants, people)."""
        if self.scheduled is None:
            return NOBODY, NOBODY
        sooner = (due < self.scheduled.get(people)).nonzero()[0]
        timed, due = people[sooner], due[sooner]
        self.scheduled.set(timed, due)
        return due, timed

    def reschedule(self, people: Ids, due: Instants) -> tuple[Instants, Ids]:
        """Put other timers in the place of these people's; returns the ones to set."""
        if self.scheduled is None:
            return NOBODY, NOBODY
        changed = due != self.scheduled.get(people)
        self.scheduled.set(people[changed], due[changed])
        timed = (changed & (due < NEVER)).nonzero()[0]
        return due[timed], people[timed]

    def fire(self, people: Ids, due: Instants) -> Ids:
        """Where these timers are the ones in force, which they are no longer."""
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
        """Give back what says of nobody more than of a stranger."""
        self.truth.sweep()
        if self.scheduled is not None:
            self.scheduled.sweep()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, for ``restore``: views, true until the next change."""
        columns = {"truth": self.truth} if self.scheduled is None else {"truth": self.truth, "scheduled": self.scheduled}
        return {f"{name}.{part}": each for name, column in columns.items() for part, each in column.arrays().items()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Be what these arrays were taken of. The timers are not set: they are in ``scheduled``."""
        self.truth.restore({part: arrays[f"truth.{part}"] for part in self.truth.arrays()})
        if self.scheduled is not None:
            self.scheduled.restore({part: arrays[f"scheduled.{part}"] for part in self.scheduled.arrays()})

    @property
    def nbytes(self) -> int:
        return self.truth.nbytes + (self.scheduled.nbytes if self.scheduled else 0)
