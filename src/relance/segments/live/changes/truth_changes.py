"""Changes of leaves over a tick, and from these the changes of segments: who entered and left, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.columns.runs import distinct, is_run_start
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.live.sources.source import LeafChanges

_INSTANT_BITS = 23  # two hours; leaves 40 bits for people


class TruthChanges(NamedTuple):
    """Changes of one leaf, or of one segment, by moment (a person at an instant). ``by_time``: caused by time, not by an
    event.
    """

    moments: Ids
    truth: Bools
    by_time: Bools


class TimePointCodec:
    """Numbers the instants of a tick, so that a person and an instant form one number that sorts by both."""

    def __init__(self, instants: Sequence[Instants]) -> None:
        """All instants that will occur."""
        every = np.concatenate(instants) if instants else np.empty(0, np.int64)
        self._first = int(every.min()) if every.size else 0
        self._bits = (int(every.max()) - self._first).bit_length() if every.size else 0
        self._instants: Instants | None = None
        if self._bits > _INSTANT_BITS:  # too long a time to number every millisecond
            self._instants = distinct(every)
            self._bits = self._instants.size.bit_length()
        self._mask = (1 << self._bits) - 1

    def moments(self, people: Ids, instants: Instants) -> Ids:
        """The moments of people at instants known to the codec."""
        numbers = instants - self._first if self._instants is None else self._instants.searchsorted(instants)
        moments: Ids = (people << self._bits) | numbers
        return moments

    def people(self, moments: Ids) -> Ids:
        """The people of moments."""
        people: Ids = moments >> self._bits
        return people

    def instants(self, moments: Ids) -> Instants:
        """The instants of moments."""
        numbers = moments & self._mask
        return numbers + self._first if self._instants is None else self._instants[numbers]


class StateAt:
    """The truth of leaves at some moments of a tick that has been processed."""

    def __init__(self, codec: TimePointCodec, moments: Ids, truth_changes: Mapping[TruthColumn, TruthChanges]) -> None:
        """``moments`` ascend; ``truth_changes`` are those of the tick, by a leaf's answers."""
        self.moments = moments
        self.people = codec.people(moments)
        self._codec = codec
        self._truth_changes = truth_changes

    def truth(self, answers: TruthColumn) -> Bools:
        """For which of ``people`` a leaf held, each at their moment, including what happened at it."""
        now: Bools = answers.truth.get(self.people)
        truth_changes = self._truth_changes.get(answers)
        if truth_changes is None:
            return now
        after = truth_changes.moments.searchsorted(self.moments, "right")
        whose = np.append(self._codec.people(truth_changes.moments), -1)
        truth = np.append(truth_changes.truth, False)
        later = whose[after] == self.people  # the first later change says what it was before
        now[later] = ~truth[after[later]]
        before = after - 1  # the last earlier change says what it is; -1 is nobody's
        earlier = whose[before] == self.people
        now[earlier] = truth[before[earlier]]
        return now


class TruthReader:
    """The current truth of leaves, for some people."""

    def __init__(self, people: Ids) -> None:
        self.people = people

    def truth(self, answers: TruthColumn) -> Bools:
        """For which of ``people`` a leaf holds."""
        found: Bools = answers.truth.get(self.people)
        return found


class MomentCauses(NamedTuple):
    """The causes at each moment: the time that a change bears, and whether all of them were late.

    ``unlike`` are the moments that combine input that happened at several times.
    """

    moments: Ids
    cause: Instants
    late: Bools
    unlike: Ids

    @classmethod
    def of(cls, moments: Ids, occurred_at: Instants, late: Bools) -> MomentCauses:
        """From input in any order."""
        if moments.size and (moments[1:] < moments[:-1]).any():
            order = moments.argsort()
            moments, occurred_at, late = moments[order], occurred_at[order], late[order]
        starts = is_run_start(moments).nonzero()[0]
        if not starts.size:
            return cls(moments, occurred_at, late, moments)
        cause = np.maximum.reduceat(occurred_at, starts)
        unlike = moments[starts[np.minimum.reduceat(occurred_at, starts) != cause]]
        return cls(moments[starts], cause, np.logical_and.reduceat(late, starts), unlike)

    def causes(self, moments: Ids, instants: Instants, by_time: Bools) -> tuple[Instants, Bools]:
        """The time that changes at these moments bear, and whether only late events caused them."""
        if not self.moments.size:
            return instants, np.zeros(moments.size, np.bool_)
        at = np.minimum(self.moments.searchsorted(moments), self.moments.size - 1)
        came = self.moments[at] == moments
        return np.where(came, self.cause[at], instants), came & self.late[at] & ~by_time


def truth_changes_of(codec: TimePointCodec, found: Iterable[LeafChanges]) -> dict[TruthColumn, TruthChanges]:
    """The found changes of leaves, by their answers."""
    parts: dict[TruthColumn, list[TruthChanges]] = {}
    for each in found:
        moments = codec.moments(each.people, each.instants)
        parts.setdefault(each.leaf.answers, []).append(TruthChanges(moments, each.truth, each.by_time))
    truth_changes = {answers: theirs[0] if len(theirs) == 1 else _joined(theirs) for answers, theirs in parts.items()}
    return {answers: theirs for answers, theirs in truth_changes.items() if theirs.moments.size}


def _joined(parts: Iterable[TruthChanges]) -> TruthChanges:
    """All changes of one leaf, in order, without those reverted at the same moment."""
    moments, truth, by_time = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = moments.argsort(kind="stable")
    starts = is_run_start(moments[order]).nonzero()[0]
    sizes = np.diff(starts, append=order.size)
    lasts = order[(starts + sizes - 1)[sizes % 2 == 1]]
    return TruthChanges(moments[lasts], truth[lasts], by_time[lasts])
