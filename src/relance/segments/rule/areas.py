"""Areas on earth: circles and polygons, and whether a spot is in one. Pure.

A circle contains whatever is at most ``radius`` metres from its centre, along a sphere. A polygon's edges are straight on a map
with longitude to the right and latitude upwards, at equal scale. Edges and corners belong to it; of a ring that crosses itself,
the areas enclosed an odd number of times do. Longitudes may exceed 180 (190 is −170), so that an area can cross the 180th
meridian. One around a pole is drawn up to its latitude, along all longitudes.

Everything is decided in millionths of a degree (``core.places``): the corners of a polygon in integers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from relance.core.places import EARTH_METRES, HALF, QUARTER, RADIANS, WHOLE, Spot, millionths, on_sphere, read_spot, squared_line

Degrees = tuple[float, float]
#: South, west, north, east, in millionths of a degree; the west end is between −180° and 180°, the east end may exceed it.
Box = tuple[int, int, int, int]

_MARGIN = 1e-6  # radians, 6 metres: far more than the error of measuring a distance


class PolygonSide(NamedTuple):
    """A side of a polygon, from its southern end to its northern one."""

    south: int
    south_at: int  # longitude
    north: int
    north_at: int


class Disc:
    """A circle: ``x``, ``y``, ``z`` is its centre on the unit sphere, ``limit`` the square of the longest chord from it."""

    def __init__(self, centre: Spot, metres: float) -> None:
        self.centre = centre
        self.metres = metres
        self.point: tuple[float, float, float] = on_sphere(*centre)
        self.limit = squared_line(metres)

    def holds(self, spot: Spot) -> bool:
        """Whether a spot is in it."""
        return bool(self.reaches(*_point(spot)))

    def reaches(self, x: Any, y: Any, z: Any) -> Any:
        """The same for a point of the unit sphere, or for columns of them, in any engine."""
        east, north, up = self.point
        return (x - east) * (x - east) + (y - north) * (y - north) + (z - up) * (z - up) <= self.limit

    @cached_property
    def box(self) -> Box:
        """A bounding box, slightly larger than the circle."""
        angle = self.metres / EARTH_METRES + _MARGIN
        reach = math.ceil(angle / RADIANS)
        south, north = self.centre.latitude - reach, self.centre.latitude + reach
        if south <= -QUARTER or north >= QUARTER:  # contains a pole, and so every longitude
            return max(south, -QUARTER), -HALF, min(north, QUARTER), HALF
        beside = math.ceil(math.asin(min(1.0, math.sin(angle) / math.cos(self.centre.latitude * RADIANS))) / RADIANS) + 1
        west = self.centre.longitude - beside
        west += WHOLE if west < -HALF else 0
        return south, west, north, west + 2 * beside

    @property
    def turns(self) -> tuple[int, ...]:
        """The offsets to add to a longitude to find it in the box."""
        return _turns(self.box)

    @property
    def form(self) -> list[Any]:
        """Equal for equal circles."""
        return ["circle", *self.centre, int(self.metres) if self.metres == int(self.metres) else self.metres]


class Polygon:
    """A ring of corners, (latitude, longitude) in millionths of a degree; its west end is between −180° and 180°."""

    def __init__(self, corners: Sequence[tuple[int, int]]) -> None:
        west = min(longitude for _, longitude in corners)
        shift = (west + HALF) // WHOLE * WHOLE
        self.corners = _ring([(latitude, longitude - shift) for latitude, longitude in corners])

    @cached_property
    def edges(self) -> list[PolygonSide]:
        sides = pairwise([*self.corners, self.corners[0]])
        return [PolygonSide(*one, *other) if one <= other else PolygonSide(*other, *one) for one, other in sides]

    @cached_property
    def box(self) -> Box:
        """The bounding box."""
        latitudes, longitudes = zip(*self.corners, strict=True)
        return min(latitudes), min(longitudes), max(latitudes), max(longitudes)

    @property
    def turns(self) -> tuple[int, ...]:
        """The offsets to add to a longitude to find it on the polygon's own map: both, if that exceeds 180°."""
        return _turns(self.box)

    def holds(self, spot: Spot) -> bool:
        """Whether a spot is in it."""
        return any(self._holds(spot.latitude, spot.longitude + turn) for turn in self.turns)

    def _holds(self, latitude: int, longitude: int) -> bool:
        south, west, north, east = self.box
        if not (south <= latitude <= north and west <= longitude <= east):
            return False
        inside = False
        for edge in self.edges:
            side = side_of(edge, latitude, longitude)
            if side == 0 and edge.south <= latitude <= edge.north and _between(edge, longitude):
                return True
            inside ^= side > 0 and edge.south <= latitude < edge.north
        return inside

    @property
    def form(self) -> list[Any]:
        """Equal for polygons with the same corners, wherever the ring starts and whichever way it goes."""
        first = self.corners.index(min(self.corners))
        ring = [*self.corners[first:], *self.corners[:first]]
        return ["polygon", *min(ring, [ring[0], *reversed(ring[1:])])]


Area = Disc | Polygon


def _turns(box: Box) -> tuple[int, ...]:
    """Both maps, if a box exceeds 180°."""
    return (0, WHOLE) if box[3] >= HALF else (0,)


def side_of(edge: PolygonSide, latitude: Any, longitude: Any) -> Any:
    """Positive west of the edge, 0 on its line, negative east of it: for one place, or for columns of them."""
    return (edge.north_at - edge.south_at) * (latitude - edge.south) - (longitude - edge.south_at) * (edge.north - edge.south)


def _between(edge: PolygonSide, longitude: int) -> bool:
    return min(edge.south_at, edge.north_at) <= longitude <= max(edge.south_at, edge.north_at)


def _ring(corners: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without repeated corners."""
    return [corner for place, corner in enumerate(corners) if corner != corners[place - 1]] or corners[:1]


@lru_cache(maxsize=65_536)
def _point(spot: Spot) -> tuple[float, float, float]:
    """The point of the unit sphere at a spot; cached."""
    point: tuple[float, float, float] = on_sphere(*spot)
    return point


@lru_cache(maxsize=4_096)
def disc(latitude: float, longitude: float, metres: float) -> Disc:
    """A circle around a centre in degrees; cached."""
    centre = read_spot(latitude, longitude)
    if centre is None:
        raise ValueError((latitude, longitude))
    return Disc(centre, metres)


@lru_cache(maxsize=4_096)
def polygon(corners: tuple[Degrees, ...]) -> Polygon:
    """A polygon with corners (latitude, longitude) in degrees; cached."""
    return Polygon([(millionths(latitude), millionths(longitude)) for latitude, longitude in corners])
