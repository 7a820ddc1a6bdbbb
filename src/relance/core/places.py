"""Places on earth, computed with integers and with sums and products of doubles, so that every engine gets the same distances.

A spot is a latitude and a longitude in millionths of a degree (11 cm). The earth is a sphere. Sines are a polynomial with every
step spelled out, because the engines' own sines differ in the last digit.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

DEGREE = 1_000_000
QUARTER = 90 * DEGREE
HALF = 180 * DEGREE
WHOLE = 360 * DEGREE
EARTH_METRES = 6_371_008.8  # the mean radius

_NUMBERS = (float, int)  # excludes booleans, which Python counts as integers
RADIANS = math.pi / HALF  # of one millionth of a degree
#: sin(x) = x·(1 + x²·(c₁ + x²·(c₂ + …))), accurate to a double's last digits between −90° and 90°.
SERIES = tuple((-1) ** place / math.factorial(2 * place + 1) for place in range(1, 12))


class Spot(NamedTuple):
    """A location in millionths of a degree: −90° ≤ latitude ≤ 90°, −180° ≤ longitude < 180°."""

    latitude: int
    longitude: int

    @property
    def degrees(self) -> tuple[float, float]:
        return self.latitude / DEGREE, self.longitude / DEGREE


def read_spot(latitude: Any, longitude: Any) -> Spot | None:
    """The spot at a latitude and longitude in degrees; None if either is not a number or out of range."""
    north, east = _read(latitude, 90), _read(longitude, 180)
    if north is None or east is None:
        return None
    return Spot(north, -HALF if east == HALF else east)


def read_location(location: Any) -> Spot | None:
    """The spot in an event's ``context.location``, or None."""
    return read_spot(location.get("latitude"), location.get("longitude")) if isinstance(location, dict) else None


def may_hold_spot(context: bytes) -> bool:
    """Cheap test whether a context could hold a location, before decoding it. No false negatives: names may be escaped."""
    return b'"latitude"' in context or b"\\u" in context


def _read(value: Any, most: int) -> int | None:
    if type(value) not in _NUMBERS or not -most <= value <= most:
        return None
    return millionths(value)


def millionths(degrees: float) -> int:
    """Degrees as the nearest millionth, halves rounded up."""
    return math.floor(float(degrees) * DEGREE + 0.5)


def on_sphere(latitude: Any, longitude: Any) -> tuple[Any, Any, Any]:
    """Points on the unit sphere, for one spot or for columns of spots."""
    circle = _sine(QUARTER - abs(latitude))
    # sin(longitude), folded twice into −90° … 90°
    folded = abs(QUARTER - abs(longitude - QUARTER) + QUARTER) - QUARTER
    return circle * _sine(QUARTER - abs(longitude)), circle * _sine(folded), _sine(latitude)


def _sine(angle: Any) -> Any:
    x = angle * RADIANS
    square = x * x
    series = SERIES[-1]
    for coefficient in reversed(SERIES[:-1]):
        series = coefficient + square * series
    return x * (1.0 + square * series)


def squared_line(metres: float) -> float:
    """The squared chord, through a unit sphere, between two places that far apart along its surface."""
    return float((2 * math.sin(min(metres / EARTH_METRES, math.pi) / 2)) ** 2)


def metres_between(one: Spot, other: Spot) -> float:
    """The distance between two spots along the surface."""
    square = sum((here - there) ** 2 for here, there in zip(on_sphere(*one), on_sphere(*other), strict=True))
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(square) / 2))
