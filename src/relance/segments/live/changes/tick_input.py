"""The input of a tick for one app."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.changes.timeline import ListedEvents, nothing
from relance.segments.live.columns.person_column import Bools, Ids, Instants
from relance.segments.live.sources.source import Arrived


class Arrivals(NamedTuple):
    """The input of one app.

    ``kept`` are the events by the number of the source that keeps them in event tables, ``work`` is everything else; ``happened``
    are the events that the ``value`` of event list work refers to. The last columns describe all input with a listener: who, when
    it takes effect, when it happened, and whether it was late; ``heard_by`` maps a source's number to its rows in them.
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
    """No input: time passes."""
    empty = np.empty(0, np.int64)
    return Arrivals({}, nothing(), (), empty, empty, empty, np.empty(0, np.bool_), lambda _: empty)
