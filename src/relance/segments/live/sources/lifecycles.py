"""Lifecycles in a rolling window for many people at once: three comparisons per event instead of the definition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Bools, Instants
from relance.segments.rule.conditions import Stage


def lifecycles(stage: Stage, length: int, pasts: Sequence[Sequence[RuleEvent]], now: Instants) -> tuple[Bools, Instants]:
    """For each person, given their matching events and an instant: whether the stage holds in a rolling window of ``length`` ms,
    and its ``next_turn``.
    """
    sizes = np.fromiter(map(len, pasts), np.int64, len(pasts))
    some = sizes.nonzero()[0]
    instants = np.fromiter((event.occurred_at for past in pasts for event in past), np.int64, int(sizes.sum()))
    at = np.repeat(now, sizes)
    is_inside = instants > at - length
    is_earlier = instants <= at - 2 * length
    starts = (np.cumsum(sizes) - sizes)[some]

    def any_of(events: Bools) -> Bools:
        found = np.zeros(sizes.size, np.bool_)
        if some.size:
            found[some] = np.logical_or.reduceat(events, starts)
        return found

    inside, before, earlier = any_of(is_inside), any_of(~is_inside & ~is_earlier), any_of(is_earlier)
    truth = {
        "first": inside & ~before & ~earlier,
        "stopped": before & ~inside,
        "resumed": inside & ~before & earlier,
    }[stage]
    turns = np.where(is_inside, instants + length, np.where(is_earlier, NEVER, instants + 2 * length))
    due = np.full(sizes.size, NEVER, np.int64)
    if some.size:
        due[some] = np.minimum.reduceat(turns, starts)
    if stage == "first":  # nobody becomes a first-timer by waiting
        due[~truth] = NEVER
    return truth, due
