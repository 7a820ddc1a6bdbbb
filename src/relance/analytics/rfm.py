"""RFM: how recently and how often each person bought, as a named cell. Pure.

Recency is whole days from the last purchase to the day after the data's last day; frequency is the number of purchases. Each
becomes a score of 1 to 5, ``1 + floor(5 × (people strictly worse) / n)``, so that equal people score equally, and the pair of
scores falls into one of ten named cells. Days are those of the app's time zone.

Scores compare people with each other: with few people, or over a short time, they are meaningless. Below ``LEAST_BUYERS`` or
``LEAST_DAYS`` there are no cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import accumulate

import msgspec

from relance.core.time import DAY

LEAST_BUYERS = 100
LEAST_DAYS = 60  # from the first purchase's day to the last's, inclusive


def utc_day(instant: int) -> int:
    """The number of an instant's day, in UTC."""
    return instant // DAY


class Cell(StrEnum):
    """The ten cells, best first."""

    CHAMPIONS = "Champions"
    LOYAL = "Loyal"
    POTENTIAL_LOYALIST = "Potential Loyalist"
    NEW = "New"
    PROMISING = "Promising"
    NEED_ATTENTION = "Need Attention"
    ABOUT_TO_SLEEP = "About To Sleep"
    CANT_LOSE = "Can't Lose"
    AT_RISK = "At Risk"
    HIBERNATING = "Hibernating"


class Buyer(msgspec.Struct, frozen=True):
    """One person's purchases. ``last_at`` is ms, ``spent`` in the shop's currency."""

    purchases: int
    last_at: int
    spent: float = 0.0


class Scored(msgspec.Struct, frozen=True):
    """One person's scores. ``recency`` in whole days; ``r`` and ``f`` from 1 (worst) to 5."""

    recency: int
    r: int
    f: int
    cell: Cell


# Row: frequency score 1 to 5; column: recency score 1 to 5.
_GRID: tuple[tuple[Cell, ...], ...] = (
    (Cell.HIBERNATING, Cell.HIBERNATING, Cell.ABOUT_TO_SLEEP, Cell.PROMISING, Cell.NEW),
    (Cell.HIBERNATING, Cell.HIBERNATING, Cell.ABOUT_TO_SLEEP, Cell.POTENTIAL_LOYALIST, Cell.POTENTIAL_LOYALIST),
    (Cell.AT_RISK, Cell.AT_RISK, Cell.NEED_ATTENTION, Cell.POTENTIAL_LOYALIST, Cell.POTENTIAL_LOYALIST),
    (Cell.AT_RISK, Cell.AT_RISK, Cell.LOYAL, Cell.LOYAL, Cell.CHAMPIONS),
    (Cell.CANT_LOSE, Cell.CANT_LOSE, Cell.LOYAL, Cell.LOYAL, Cell.CHAMPIONS),
)


def score(buyers: Mapping[int, Buyer], day_of: Callable[[int], int] = utc_day) -> dict[int, Scored]:
    """Score every buyer against all others. ``day_of`` numbers the days of instants (ms)."""
    if not buyers:
        return {}
    day_after = day_of(max(buyer.last_at for buyer in buyers.values())) + 1
    recencies = {person: day_after - day_of(buyer.last_at) for person, buyer in buyers.items()}
    # Fewer days is better: negating recency makes "worse" mean "smaller" for both.
    r_of = _scores(Counter(-days for days in recencies.values()))
    f_of = _scores(Counter(buyer.purchases for buyer in buyers.values()))
    scored = {}
    for person, buyer in buyers.items():
        r, f = r_of[-recencies[person]], f_of[buyer.purchases]
        scored[person] = Scored(recencies[person], r, f, _GRID[f - 1][r - 1])
    return scored


def _scores(people_by_value: Counter[int]) -> dict[int, int]:
    """Value → score, where smaller values are worse."""
    values = sorted(people_by_value)
    at_most = list(accumulate(people_by_value[value] for value in values))
    people = at_most[-1]
    return {value: 1 + 5 * (up_to - people_by_value[value]) // people for value, up_to in zip(values, at_most, strict=True)}
