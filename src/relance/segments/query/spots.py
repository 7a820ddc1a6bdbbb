"""Conditions on traits, decided for many people at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from relance.core.places import DEGREE, HALF, Spot, on_sphere
from relance.segments.definition.evaluate import spot_of
from relance.segments.rule.areas import Area, Disc, Polygon, side_of
from relance.segments.rule.conditions import OnTraits, Place
from relance.segments.rule.predicate import matches, tester

Bools = npt.NDArray[np.bool_]
Millionths = npt.NDArray[np.int64]


def decider(condition: OnTraits) -> Callable[[Collection[Mapping[str, Any]]], Bools]:
    """Prepares a condition that does not depend on now: returns for which traits it holds."""
    if isinstance(condition, Place):
        area = condition.area
        return lambda traits: holding(area, [spot_of(each) for each in traits])
    test = tester(condition.predicate)
    return lambda traits: np.fromiter(map(test, traits), np.bool_, len(traits))


def decided(condition: OnTraits, traits: Collection[Mapping[str, Any]], now: int) -> Bools:
    """For which of these traits a condition holds at ``now``."""
    if isinstance(condition, Place):
        return decider(condition)(traits)
    passed = (matches(each, condition.predicate, now) for each in traits)
    return np.fromiter(passed, np.bool_, len(traits))


def holding(area: Area, spots: Sequence[Spot | None]) -> Bools:
    """Which of these spots are in an area; unknown ones are not."""
    answer: Bools = np.array([spot is not None for spot in spots], np.bool_)
    if answer.any():
        known = np.array([spot for spot in spots if spot is not None], np.int64)
        answer[answer] = lying(area, known[:, 0], known[:, 1])
    return answer


def millionths_of(degrees: Sequence[float]) -> Millionths:
    """Degrees of spots, as in ``Spot.degrees``, in millionths."""
    found: Millionths = np.floor(np.array(degrees, np.float64) * DEGREE + 0.5).astype(np.int64)
    return found


def around(areas: Sequence[Area]) -> tuple[float, float, float, float]:
    """South, west, north and east, in degrees, of a box around all of the areas."""
    south, west, north, east = zip(*(area.box for area in areas), strict=True)
    whole = max(east) >= HALF  # one of them continues in the west
    ends = min(south), -HALF if whole else min(west), max(north), HALF if whole else max(east)
    return tuple(end / DEGREE for end in ends)  # type: ignore[return-value]


def lying(area: Area, latitude: Millionths, longitude: Millionths) -> Bools:
    """Which of these spots, as columns, are in an area."""
    if isinstance(area, Disc):
        boxed: Bools = np.logical_or.reduce([_in_box(area, latitude, longitude + turn) for turn in area.turns])
        boxed[boxed] = area.reaches(*on_sphere(latitude[boxed], longitude[boxed]))
        return boxed
    found: Bools = np.logical_or.reduce([_in_ring(area, latitude, longitude + turn) for turn in area.turns])
    return found


def _in_box(area: Area, latitude: Millionths, longitude: Millionths) -> Bools:
    south, west, north, east = area.box
    boxed: Bools = (south <= latitude) & (latitude <= north) & (west <= longitude) & (longitude <= east)
    return boxed


def _in_ring(area: Polygon, latitude: Millionths, longitude: Millionths) -> Bools:
    boxed = _in_box(area, latitude, longitude)
    up, along = latitude[boxed], longitude[boxed]
    inside, on_edge = np.zeros((2, up.size), np.bool_)
    for edge in area.edges:
        side = side_of(edge, up, along)
        least, greatest = sorted((edge.south_at, edge.north_at))
        on_edge |= (side == 0) & (edge.south <= up) & (up <= edge.north) & (least <= along) & (along <= greatest)
        inside ^= (side > 0) & (edge.south <= up) & (up < edge.north)
    boxed[boxed] = inside | on_edge
    return boxed
