"""Where people are, and whether that lies in an area, as SQL: ``core.places`` and ``areas`` step by step.

Engines do the same additions and multiplications of the same doubles, so that all of them draw the same border.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.core.places import DEGREE, HALF, QUARTER, RADIANS, SERIES
from relance.segments.query.constructs import EACH, any_of, at, json_is_number, json_number, odd_of, to_whole
from relance.segments.rule.areas import Area, Disc, Edge, Polygon, side_of

_ANGLES = ("beside", "turned", "across", "up")


def located(source: FromClause, json: ColumnElement[str], path: str) -> sa.Subquery:
    """The rows of ``source``, with where a JSON text's ``latitude`` and ``longitude`` under a path lie beside them.

    ``latitude`` and ``longitude`` are in millionths of a degree, ``x``, ``y`` and ``z`` a point of a sphere of radius 1; all NULL
    where there is no such place.
    """
    given = list(source.c)
    north, east = (_number(json, f"{path}.{name}") for name in ("latitude", "longitude"))
    on_earth = sa.and_(north.between(_double(-90), _double(90)), east.between(_double(-180), _double(180)))
    latitude, longitude = (sa.case((on_earth, _millionths(each)), else_=sa.null()) for each in (north, east))
    told = sa.select(*given, latitude.label("latitude"), longitude.label("told_longitude")).subquery("told")
    kept = [told.c[each.name] for each in given]
    around = sa.case((told.c.told_longitude == HALF, -HALF), else_=told.c.told_longitude)
    spots = sa.select(*kept, told.c.latitude, around.label("longitude")).subquery("spots")
    kept = [spots.c[each.name] for each in [*given, spots.c.latitude, spots.c.longitude]]
    angles = sa.select(*kept, *_angles(spots.c.latitude, spots.c.longitude)).subquery("angles")
    kept = [angles.c[each.name] for each in kept]
    sines = sa.select(*kept, *(_sine(angles.c[name]).label(name) for name in _ANGLES)).subquery("sines")
    kept = [sines.c[each.name] for each in kept]
    beside, turned, across, up = (sines.c[name] for name in _ANGLES)
    return sa.select(*kept, (beside * turned).label("x"), (beside * across).label("y"), up.label("z")).subquery("located")


def lies_in(area: Area, spots: FromClause) -> ColumnElement[bool]:
    """Whether a row of ``located`` lies in an area; never NULL."""
    if isinstance(area, Disc):
        inside: ColumnElement[bool] = area.reaches(spots.c.x, spots.c.y, spots.c.z)
    else:
        inside = sa.or_(*(_in_ring(area, spots.c.latitude, spots.c.longitude + turn) for turn in area.turns))
    return sa.func.coalesce(inside, sa.false())


def _number(json: ColumnElement[str], path: str) -> ColumnElement[float]:
    """A number as a double; NULL where there is none."""
    return sa.case((json_is_number(*at(json, path)), json_number(*at(json, path))), else_=sa.null())


def _millionths(degrees: ColumnElement[float]) -> ColumnElement[int]:
    return to_whole(sa.func.floor(degrees * _double(DEGREE) + _double(0.5)))


def _angles(latitude: ColumnElement[int], longitude: ColumnElement[int]) -> list[sa.Label[float]]:
    """What ``on_sphere`` takes the sines of, in radians."""
    size = sa.func.abs
    folded = size(QUARTER - size(longitude - QUARTER) + QUARTER) - QUARTER
    degrees = (QUARTER - size(latitude), QUARTER - size(longitude), folded, latitude)
    return [(each * _double(RADIANS)).label(name) for name, each in zip(_ANGLES, degrees, strict=True)]


def _sine(x: ColumnElement[float]) -> ColumnElement[float]:
    square = x * x
    series = _double(SERIES[-1])
    for coefficient in reversed(SERIES[:-1]):
        series = _double(coefficient) + square * series
    return x * (_double(1.0) + square * series)


def _in_ring(area: Polygon, latitude: ColumnElement[int], longitude: ColumnElement[int]) -> ColumnElement[bool]:
    south, west, north, east = area.box
    edges: ColumnElement[Any] = sa.literal_column(str([list(edge) for edge in area.edges]))
    edge = Edge(*(sa.literal_column(f"{EACH}[{place}]", sa.BigInteger) for place in range(1, 5)))  # type: ignore[arg-type]
    side = side_of(edge, latitude, longitude)
    between = longitude.between(sa.func.least(edge.south_at, edge.north_at), sa.func.greatest(edge.south_at, edge.north_at))
    on_edge = any_of(edges, sa.and_(side == 0, latitude >= edge.south, latitude <= edge.north, between))
    odd = odd_of(edges, sa.and_(side > 0, latitude >= edge.south, latitude < edge.north))
    boxed = sa.and_(latitude.between(south, north), longitude.between(west, east))
    return sa.case((boxed, sa.or_(on_edge, odd)), else_=sa.false())


def _double(number: float) -> ColumnElement[float]:
    return sa.literal(float(number), sa.Double)
