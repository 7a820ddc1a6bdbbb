"""Applies activity to people stored in columns: when they were seen, and their sessions. Pure.

The vectorised form of ``sessions``, for thousands at once; a property test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relance.users.sessions import SILENCE

NUMBERS = ("first_seen", "last_seen", "session_at", "active_at", "session_count", "session_ms")

Numbers = NDArray[np.int64]
Words = NDArray[np.object_]


class Activity(NamedTuple):
    """The activity of several people, one row each, with the fields of ``Profile``; ``persons`` ascending."""

    persons: Numbers
    first_seen: Numbers
    last_seen: Numbers
    session_at: Numbers
    active_at: Numbers
    session_count: Numbers
    session_ms: Numbers
    session_key: Words


def apply_activity(
    kept: Activity, places: NDArray[np.intp], instants: Numbers, visits: NDArray[np.bool_], counted: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Apply events without a session id of their own, in log order; returns the indexes of those that start a session.

    Event ``i`` belongs to the person at ``places[i]``; if ``visits[i]`` is false the person was not present, and if
    ``counted[i]`` is false it does not concern sessions.
    """
    np.minimum.at(kept.first_seen, places, instants)
    np.maximum.at(kept.last_seen, places, np.where(visits, instants, 0))
    order = np.flatnonzero(counted)
    order = order[np.argsort(places[order], kind="stable")]
    turns = _turns(places[order])
    started = [order[:0]]
    for turn in range(int(turns.max(initial=-1)) + 1):  # everybody's first event, everybody's second …
        now = order[turns == turn]
        started.append(now[_go_on(kept, places[now], instants[now])])
    return np.sort(np.concatenate(started))


def _turns(grouped: NDArray[np.intp]) -> NDArray[np.intp]:
    """The number of equal values before each; equal values are adjacent."""
    indexes = np.arange(len(grouped))
    begins = np.ones(len(grouped), dtype=np.bool_)
    begins[1:] = grouped[1:] != grouped[:-1]
    return indexes - np.maximum.accumulate(np.where(begins, indexes, 0))


def _go_on(kept: Activity, places: NDArray[np.intp], instants: Numbers) -> NDArray[np.bool_]:
    """Apply one event each of distinct people; returns which of them start a session."""
    active = kept.active_at[places]
    starts = instants >= active + SILENCE
    longer = np.where(starts | (kept.session_at[places] == 0), 0, np.maximum(instants - active, 0))
    kept.session_ms[places] += longer
    kept.active_at[places] = np.maximum(instants, active)
    begun = places[starts]
    kept.session_at[begun] = instants[starts]
    kept.session_key[begun] = ""
    kept.session_count[begun] += 1
    return starts
