"""Conditions on traits, decided for many people at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from relance.core.places import Spot, on_sphere
from relance.segments.definition.evaluate import spot_of
from relance.segments.rule.areas import Area, Disc, Polygon, side_of
from relance.segments.rule.conditions import OnTraits, Place
from relance.segments.rule.predicate import matches, tester

Bools = npt.NDArray[np.bool_]
Millionths = npt.NDArray[np.int64]


def decider(condition: OnTraits) -> Callable[[Collection[Mapping[str, Any]]], Bools]:
    """Says of whom a condition holds that does not move with now, by their traits; prepared once."""
    if isinstance(condition, Place):
        area = condition.area
        return lambda traits: holding(area, [spot_of(each) for each in traits])
    test = tester(condition.predicate)
    return lambda traits: np.fromiter(map(test, traits), np.bool_, len(traits))


def decided(condition: OnTraits, traits: Collection[Mapping[str, Any]], now: int) -> Bools:
    """Of whom a condition holds at ``now``, by their traits."""
    if isinstance(condition, Place):
        return decider(condition)(traits)
    passed = (matches(each, condition.predicate, now) for each in traits)
    return np.fromiter(passed, np.bool_, len(traits))


def holding(area: Area, spots: Sequence[Spot | None]) -> Bools:
    """Which of these spots lie in an area; what is not known does not."""
    answer: Bools = np.array([spot is not None for spot in spots], np.bool_)
    if answer.any():
        known = np.array([spot for spot in spots if spot is not None], np.int64)
        answer[answer] = _held(area, known[:, 0], known[:, 1])
    return answer


def _held(area: Area, latitude: Millionths, longitude: Millionths) -> Bools:
    if isinstance(area, Disc):
        inside: Bools = area.reaches(*on_sphere(latitude, longitude))
        return inside
    found: Bools = np.logical_or.reduce([_in_ring(area, latitude, longitude + turn) for turn in area.turns])
    return found


def _in_ring(area: Polygon, latitude: Millionths, longitude: Millionths) -> Bools:
    south, west, north, east = area.box
    boxed = (south <= latitude) & (latitude <= north) & (west <= longitude) & (longitude <= east)
    up, along = latitude[boxed], longitude[boxed]
    inside, on_edge = np.zeros((2, up.size), np.bool_)
    for edge in area.edges:
        side = side_of(edge, up, along)
        least, greatest = sorted((edge.south_at, edge.north_at))
        on_edge |= (side == 0) & (edge.south <= up) & (up <= edge.north) & (least <= along) & (along <= greatest)
        inside ^= (side > 0) & (edge.south <= up) & (up < edge.north)
    boxed[boxed] = inside | on_edge
    return boxed
