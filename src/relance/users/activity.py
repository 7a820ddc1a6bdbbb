"""What activity does to people who are kept in columns: when they were seen, and their sessions. Pure.

The same as ``sessions`` says of one person, for thousands at once; the two are compared by a property test.
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
    """The activity of some people, each a place in all columns; as ``Profile`` has it, ``persons`` ascending."""

    persons: Numbers
    first_seen: Numbers
    last_seen: Numbers
    session_at: Numbers
    active_at: Numbers
    session_count: Numbers
    session_ms: Numbers
    session_key: Words


def live_through(
    kept: Activity, places: NDArray[np.intp], instants: Numbers, visits: NDArray[np.bool_], counted: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Take events without a session id of their own into account, in log order; returns indexes of those that start a session.

    Event ``i`` happened to the person at ``places[i]``; where ``visits[i]`` is false the person was not seen, and where
    ``counted[i]`` is false it has nothing to do with sessions.
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
    """How many of the same stand before each; the same stand together."""
    indexes = np.arange(len(grouped))
    begins = np.ones(len(grouped), dtype=np.bool_)
    begins[1:] = grouped[1:] != grouped[:-1]
    return indexes - np.maximum.accumulate(np.where(begins, indexes, 0))


def _go_on(kept: Activity, places: NDArray[np.intp], instants: Numbers) -> NDArray[np.bool_]:
    """One event each of different people; returns whose starts a session."""
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
