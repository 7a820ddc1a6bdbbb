"""One thing and then another, or not, in a rolling window: for many people at a time.

Each event of either step is kept with its key, its position in the log and the steps it is. Of each first the next second of
the same key tells whether it was *met* in time; what holds now, and when time changes that, hangs on the met ones or the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relance.core.encoding import to_canonical_json
from relance.segments.definition.needs import events_key
from relance.segments.live.answers import Answers
from relance.segments.live.bodies import Bodies, Where, names_of
from relance.segments.live.identities import Identities
from relance.segments.live.paged import Bools, Ids, Instants
from relance.segments.live.rings import NEVER, NONE
from relance.segments.live.rows import Cells, Rows, Table
from relance.segments.live.work import Added
from relance.segments.rule import conditions as kinds
from relance.segments.rule.window import Rolling, length_of

FIRST, THEN = 1, 2
_ROLE_BITS = 2
_ROLES = FIRST | THEN


def is_stepped(condition: object) -> bool:
    """Whether a condition is decided by pairs of steps kept as columns."""
    return isinstance(condition, kinds.Sequence) and isinstance(condition.window, Rolling)


def steps_key(condition: kinds.Sequence) -> str:
    """Equal for conditions on the same steps, joined alike."""
    return to_canonical_json([events_key(condition.first), events_key(condition.then), condition.on])


def length_of_window(condition: kinds.Sequence) -> int:
    """Milliseconds of its rolling window."""
    assert isinstance(condition.window, Rolling)  # noqa: S101 - ``is_stepped``
    return condition.window.milliseconds


class Steps:
    """The events of two steps that have a key, within ``span`` ms."""

    def __init__(self, number: int, condition: kinds.Sequence, span: int, identities: Identities) -> None:
        self.number = number
        self.span = span
        self.events = tuple({condition.first.event: None, condition.then.event: None})
        self._steps = [(role, step.event, Where(step.where)) for role, step in ((FIRST, condition.first), (THEN, condition.then))]
        self._on = condition.on
        self._identities = identities
        self.rows = Rows(3)

    def names(self, event: str) -> frozenset[str]:
        """The outermost members that must be read of an event of this name."""
        tested = frozenset().union(*(where.names for _, name, where in self._steps if name == event))
        return tested if self._on is None else tested | names_of([self._on])

    def read(self, event: str, bodies: Bodies) -> tuple[Ids, Ids, Ids]:
        """Of events of one name with these properties: the places of those that are a step, their keys, their roles."""
        roles = np.zeros(len(bodies), np.int64)
        for role, name, where in self._steps:
            if name == event:
                roles += role * where.passing(bodies)
        places = roles.nonzero()[0]
        if self._on is None:
            return places, np.zeros(places.size, np.int64), roles[places]
        keys = self._identities.column(bodies.values(self._on))
        places = places[keys.known[places]]
        return places, keys.bits[places], roles[places]

    def add(self, people: Ids, instants: Instants, keys: Ids, marks: Ids, now: int) -> None:
        """Fold events in, with their ``marks``; ``people`` is sorted and may repeat."""
        self.rows.add(people, np.stack([instants, keys, marks]), now - self.span)

    def merge(self, source: int, into: int, now: int) -> None:
        """Everything of ``source`` becomes ``into``'s."""
        moved = self.rows.of(source)
        self.rows.remove(source)
        self.rows.add(np.full(moved.shape[1], into, np.int64), moved, now - self.span)

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return np.sort(self.rows.people())

    def forget(self, person: int) -> None:
        self.rows.remove(person)

    def sweep(self, now: int) -> None:
        """Give back what no window can reach any more."""
        self.rows.sweep(now - self.span)

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes


def mark(positions: Ids, roles: Ids) -> Ids:
    """A position in the log and the steps that its event is, in one number that sorts by position."""
    return (positions << _ROLE_BITS) | roles


class SequenceLeaf:
    """A distinct sequence: whether it holds for each person, and when that may change by itself."""

    needs_first = False

    def __init__(self, number: int, condition: kinds.Sequence, steps: Steps) -> None:
        self.number = number
        self.steps = steps
        self.length = length_of_window(condition)
        self._within = length_of(condition.within)
        self._absent = condition.absent
        self._joined = condition.on is not None
        self.answers = Answers(False, timed=True)

    def update(self, people: Ids, instants: Instants) -> tuple[Ids, Instants, Ids]:
        """Decide anew for these people, each at an instant of its own.

        Returns where in ``people`` the answer changed, and the timers to set: (instants, people).
        """
        truth: Bools = np.empty(people.size, np.bool_)
        due = np.empty(people.size, np.int64)
        for chosen, cells in self.steps.rows.tables(people):
            truth[chosen], due[chosen] = self._look(cells, instants[chosen])
        return self.answers.put(people, truth), *self.answers.schedule(people, due)

    def _look(self, cells: Cells, now: Instants) -> tuple[Bools, Instants]:
        """The truth at each one's ``now``, and when it changes by itself."""
        firsts = _firsts(cells, self._within, self._joined)
        if self._absent:
            return self._look_for_unmet(np.where(firsts.met, NONE, firsts.times), now)
        newest = np.where(firsts.met, firsts.times, NONE).max(axis=1)
        truth: Bools = newest > now - self.length
        return truth, np.where(truth, newest + self.length, NEVER)

    def _look_for_unmet(self, unmet: Table, now: Instants) -> tuple[Bools, Instants]:
        """One that is not met counts from the end of its time to be met until it leaves the window."""
        if self._within >= self.length:
            return np.zeros(now.size, np.bool_), np.full(now.size, NEVER, np.int64)
        over = unmet <= (now - self._within)[:, None]
        newest_over = np.where(over, unmet, NONE).max(axis=1)
        oldest_open = np.where(over, NEVER, unmet).min(axis=1)
        truth: Bools = newest_over > now - self.length
        due = np.where(truth, newest_over + self.length, np.where(oldest_open < NEVER, oldest_open + self._within, NEVER))
        return truth, due

    def may_flip(self, people: Ids, added: Added, last: int) -> Bools:
        """Whether what is added could change the answer of each on the way, if no window closes meanwhile."""
        holds = self.answers.truth.get(people)
        if not self._absent:
            return ~holds
        # Those whose time to be met was over at ``last`` are met by nothing newer; others are over after all that is added.
        return (added.oldest <= last) | (~holds & (added.oldest + self._within <= added.newest))

    def people(self) -> Ids:
        """Everybody of whom anything is kept, ascending."""
        return self.steps.people()


class _Firsts(NamedTuple):
    """The first steps in some rows, in an order of their own: ``NONE`` where a place is none."""

    times: Table
    met: Bools


def _firsts(cells: Cells, within: int, joined: bool) -> _Firsts:
    times, keys, roles = cells[:, 0], cells[:, 1], np.where(cells[:, 0] == NONE, 0, cells[:, 2] & _ROLES)
    if joined:
        order = keys.argsort(axis=1, kind="stable")
        times, keys, roles = (np.take_along_axis(each, order, axis=1) for each in (times, keys, roles))
    width = times.shape[1]
    # Where the next second stands after each place, of this or a later key; ``width`` where none does.
    seconds = np.where(roles & THEN, np.arange(width), width)
    following = np.full(times.shape, width)
    following[:, :-1] = np.minimum.accumulate(seconds[:, :0:-1], axis=1)[:, ::-1]
    found = np.minimum(following, width - 1)
    met = (following < width) & (np.take_along_axis(times, found, axis=1) <= times + within)
    if joined:
        met &= np.take_along_axis(keys, found, axis=1) == keys
    is_first = (roles & FIRST) != 0
    return _Firsts(np.where(is_first, times, NONE), met & is_first)
