"""What comes to an app in a tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.changes.timeline import ListedEvents, nothing
from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.sources.source import Arrived


class Arrivals(NamedTuple):
    """What comes to an app.

    ``kept`` are the events by the number of what keeps them in rows, ``work`` all else; ``happened`` are the events that the
    ``value`` of work for books points at. The last columns tell of all that somebody listens to: who, when it takes effect, when
    it happened, and whether it was late; ``heard_by`` says where in them stands what one source, by its number, listens to.
    """

    kept: Mapping[int, Arrived]
    work: ListedEvents
    happened: Sequence[RuleEvent]
    people: Ids
    instants: Instants
    occurred_at: Instants
    late: Bools
    heard_by: Callable[[int], Ids]


def no_arrivals() -> Arrivals:
    """Nothing comes: time passes."""
    empty = np.empty(0, np.int64)
    return Arrivals({}, nothing(), (), empty, empty, empty, np.empty(0, np.bool_), lambda _: empty)
