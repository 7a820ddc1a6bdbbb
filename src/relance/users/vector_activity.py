"""Folds mere activity of people in the cold cache in place, without turning them into profiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relance.users.activity import apply_activity
from relance.users.model import PersonSession, ProfileEvent
from relance.users.voice import vouches
from relance.users.working_set import WorkingSet

ACTIVITY = frozenset(("track", "page", "screen", "identify", "group", "alias"))
SESSION = frozenset(("track", "page", "screen"))
BACKGROUND = 8  # the flag of an event that is not a visit: it opens no session, and does not move ``last_seen``
_MOST = 32  # events of one person per piece; more would be folded one by one in columns, too


def _newly_vouched(
    events: Sequence[ProfileEvent], asked: Sequence[int], places: NDArray[np.intp], vouched: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """People whose user id is named by a trusted call for the first time: more than their activity changes."""
    if vouched.all():
        return np.zeros(len(vouched), dtype=np.bool_)
    named = np.array([vouches(events[index].flags, events[index].user_id) for index in asked], dtype=np.bool_)
    newly = np.zeros(len(vouched), dtype=np.bool_)
    newly[places[named]] = True
    return newly & ~vouched


def live_in_cold_cache(
    working_set: WorkingSet,
    events: Sequence[ProfileEvent],
    then: Sequence[int],
    late: Sequence[bool],
    asked: list[int],
    sessions: dict[int, PersonSession],
) -> list[int]:
    """Fold those of the events at the indexes ``asked``, all of this app and mere activity, whose people are in the cold cache.

    Stores started sessions under their events' indexes; returns the remaining indexes.
    """
    cold_cache = working_set.cold_cache
    persons, places, counts = np.unique(
        np.array([then[index] for index in asked], dtype=np.int64), return_inverse=True, return_counts=True
    )
    spots = cold_cache.spots(persons)
    here = np.zeros(len(persons), dtype=np.bool_)
    for _, chosen, _ in spots:
        here[chosen] = True
    here &= counts <= _MOST
    here &= ~_newly_vouched(events, asked, places, cold_cache.vouched(len(persons), spots))
    if not here.all():
        mine = here[places]
        left = [index for index, is_mine in zip(asked, mine.tolist(), strict=True) if not is_mine]
        asked = [index for index, is_mine in zip(asked, mine.tolist(), strict=True) if is_mine]
        places = (np.cumsum(here) - 1)[places[mine]]
        persons = persons[here]
        spots = cold_cache.spots(persons)
    else:
        left = []
    if not asked:
        return left
    activity = cold_cache.activity(persons, spots)
    theirs = [events[index] for index in asked]
    instants = np.array([event.occurred_at for event in theirs], dtype=np.int64)
    visits = np.array([event.flags for event in theirs], dtype=np.int64) & BACKGROUND == 0
    counted = np.array([event.kind in SESSION for event in theirs], dtype=np.bool_)
    counted &= ~np.array([late[index] for index in asked], dtype=np.bool_)
    started = apply_activity(activity, places, instants, visits, counted & visits)
    cold_cache.put(activity, spots)
    working_set.lived.append(activity)
    for index in [asked[place] for place in started.tolist()]:
        sessions[index] = PersonSession(working_set.app_id, then[index], events[index].occurred_at)
    return left
