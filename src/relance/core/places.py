"""Places on the earth, in whole numbers and in sums and products of doubles, so that every engine decides distances alike.

A spot is a latitude and a longitude in millionths of a degree (11 cm). The earth is a sphere. Sines are a polynomial of which
each step is written down, since the engines' own differ in their last digit.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

DEGREE = 1_000_000
QUARTER = 90 * DEGREE
HALF = 180 * DEGREE
WHOLE = 360 * DEGREE
EARTH_METRES = 6_371_008.8  # the mean radius

_NUMBERS = (float, int)  # and no truths, which are whole numbers to Python
RADIANS = math.pi / HALF  # of one millionth of a degree
#: Of sin(x) = x·(1 + x²·(c₁ + x²·(c₂ + …))): good to a double's last digits between −90° and 90°.
SERIES = tuple((-1) ** place / math.factorial(2 * place + 1) for place in range(1, 12))


class Spot(NamedTuple):
    """Where something is, in millionths of a degree: −90° ≤ latitude ≤ 90°, −180° ≤ longitude < 180°."""

    latitude: int
    longitude: int

    @property
    def degrees(self) -> tuple[float, float]:
        return self.latitude / DEGREE, self.longitude / DEGREE


def read_spot(latitude: Any, longitude: Any) -> Spot | None:
    """A spot told in degrees; None where one of the two is no number, or there is no such place on earth."""
    north, east = _read(latitude, 90), _read(longitude, 180)
    if north is None or east is None:
        return None
    return Spot(north, -HALF if east == HALF else east)


def read_location(location: Any) -> Spot | None:
    """The spot that an event's ``context.location`` tells, or None."""
    return read_spot(location.get("latitude"), location.get("longitude")) if isinstance(location, dict) else None


def may_hold_spot(context: bytes) -> bool:
    """Whether it is worth to decode an event's context: False only where it tells no spot. A name may be spelled in codes."""
    return b'"latitude"' in context or b"\\u" in context


def _read(value: Any, most: int) -> int | None:
    if type(value) not in _NUMBERS or not -most <= value <= most:
        return None
    return millionths(value)


def millionths(degrees: float) -> int:
    """Degrees as the nearest millionth, halves up."""
    return math.floor(float(degrees) * DEGREE + 0.5)


def on_sphere(latitude: Any, longitude: Any) -> tuple[Any, Any, Any]:
    """The point of a sphere of radius 1 that spots are at: of one spot, or of columns of them."""
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
    """The square of the straight line, through a sphere of radius 1, between two places so far apart along the earth."""
    return float((2 * math.sin(min(metres / EARTH_METRES, math.pi) / 2)) ** 2)


def metres_between(one: Spot, other: Spot) -> float:
    """How far apart two spots are, along the earth."""
    square = sum((here - there) ** 2 for here, there in zip(on_sphere(*one), on_sphere(*other), strict=True))
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(square) / 2))
