"""Where people are, and whether that is in an area, as SQL: ``core.places`` and ``areas`` step by step.

Engines perform the same additions and multiplications on the same doubles, so that they all draw the same border.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.core.places import DEGREE, HALF, QUARTER, RADIANS, SERIES
from relance.events.service import EVENTS, NO_COLUMNS, PropertyColumns, resolved_events
from relance.segments.query.constructs import (
    DUCKDB,
    EACH,
    any_of,
    at,
    contains_text,
    json_number_only,
    odd_of,
    order_key,
    to_whole,
)
from relance.segments.query.windows import in_window, lowest, with_firsts
from relance.segments.rule.areas import Area, Disc, Polygon, PolygonSide, side_of
from relance.segments.rule.conditions import Entered
from relance.segments.rule.window import EVER

_EVENT = ("person_id", "occurred_at", "position", "partition")
_DEGREES = (("latitude", "north"), ("longitude", "east"))
#: Tolerance between two ways to measure a line on the unit sphere, with a wide margin.
_BORDER = 1e-12
_ANGLES = ("beside", "turned", "across", "up")


def located(source: FromClause, json: ColumnElement[str], path: str, keep: Iterable[str]) -> sa.Subquery:
    """The wanted columns of ``source``, with the spot at ``latitude`` and ``longitude`` under a path of a JSON text.

    ``latitude`` and ``longitude`` are in millionths of a degree, ``x``, ``y`` and ``z`` a point of the unit sphere; all NULL if
    there is no such place.
    """
    return _on_sphere(_spots(source, json, path, keep))


def _spots(source: FromClause, json: ColumnElement[str], path: str, keep: Iterable[str]) -> sa.Subquery:
    """Only ``latitude`` and ``longitude``."""
    numbers = [json_number_only(*at(json, f"{path}.{part}")).label(name) for part, name in _DEGREES]
    # Materialised: otherwise the engine parses the JSON again wherever a branch needs a number.
    read = sa.select(*(source.c[name] for name in keep), *numbers).cte().prefix_with("MATERIALIZED", dialect=DUCKDB)
    given = [each for each in read.c if each.name not in ("north", "east")]
    north, east = read.c.north, read.c.east
    on_earth = sa.and_(north.between(_double(-90), _double(90)), east.between(_double(-180), _double(180)))
    latitude, longitude = (sa.case((on_earth, _millionths(each)), else_=sa.null()) for each in (north, east))
    placed = sa.select(*given, latitude.label("latitude"), longitude.label("given_longitude")).subquery("placed")
    kept = [placed.c[name] for name in keep]
    around = sa.case((placed.c.given_longitude == HALF, -HALF), else_=placed.c.given_longitude)
    return sa.select(*kept, placed.c.latitude, around.label("longitude")).subquery("spots")


def _on_sphere(spots: FromClause) -> sa.Subquery:
    """Spots with ``x``, ``y`` and ``z``."""
    names = spots.c.keys()
    angles = sa.select(*spots.c, *_angles(spots.c.latitude, spots.c.longitude)).subquery("angles")
    given = [angles.c[name] for name in names]
    sines = sa.select(*given, *(_sine(angles.c[name]).label(name) for name in _ANGLES)).subquery("sines")
    kept = [sines.c[name] for name in names]
    beside, turned, across, up = (sines.c[name] for name in _ANGLES)
    return sa.select(*kept, (beside * turned).label("x"), (beside * across).label("y"), up.label("z")).subquery("located")


def may_hold_spot(context: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a context is worth parsing: false only if it has no location. Names may be escaped."""
    return sa.or_(contains_text(context, '"latitude"'), contains_text(context, r"\u"))


def has_spot(columns: PropertyColumns) -> ColumnElement[bool]:
    """The test for events with a location; if not all rows have history's columns, for events that may have one."""
    return EVENTS.c.latitude.is_not(None) if columns.places else may_hold_spot(EVENTS.c.context)


def entries(leaves: Mapping[str, Entered], app_id: int, now: int, columns: PropertyColumns = NO_COLUMNS) -> sa.Select[Any]:
    """(person_id, a truth under each name) for everyone who may have arrived: any number of areas and windows in one scan.

    All locations are read only for people with one near an area, recent enough for a window. Nothing is sorted.
    """
    areas = {area: number for number, area in enumerate(dict.fromkeys(each.area for each in leaves.values()))}
    windows = [each.window for each in leaves.values()]
    recent = _located(app_id, now, columns, min(lowest(each, now) for each in windows))
    candidates = sa.select(recent.c.person_id).where(_near(areas, recent))
    placed = _located(app_id, now, columns)
    theirs = sa.select(placed).where(placed.c.person_id.in_(candidates)).subquery("theirs")
    spots = _on_sphere(theirs)
    inside = [lies_in(area, spots).label(f"inside_{number}") for area, number in areas.items()]
    order = order_key(spots.c.occurred_at, spots.c.position, spots.c.partition).label("place")
    track = sa.select(spots.c.person_id, spots.c.occurred_at, order, *inside).subquery("track")
    known = with_firsts(track, windows, app_id, now)
    truths = [_came(known, known.c[f"inside_{areas[each.area]}"], each, now).label(name) for name, each in leaves.items()]
    return sa.select(known.c.person_id, *truths).group_by(known.c.person_id)


def _came(track: FromClause, inside: ColumnElement[bool], entered: Entered, now: int) -> ColumnElement[bool]:
    """Whether a person was in the area within the window, and was not there before or was out of it in between."""
    outside, within = sa.not_(inside), sa.and_(sa.true(), *in_window(entered.window, track, now))

    def places(*tests: ColumnElement[bool]) -> ColumnElement[int]:
        return sa.case((sa.and_(*tests), track.c.place), else_=sa.null())

    last_in = sa.func.max(places(within, inside))
    after = lowest(entered.window, now)
    if after == EVER:
        return last_in.is_not(None)
    before = track.c.occurred_at <= after
    was_in, was_out = sa.func.max(places(before, inside)), sa.func.max(places(before, outside))
    first_out = sa.func.min(places(within, outside))
    came = sa.or_(was_in.is_(None), was_in < was_out, last_in > first_out)
    return sa.func.coalesce(sa.and_(last_in.is_not(None), came), sa.false())


def _located(app_id: int, now: int, columns: PropertyColumns, after: int = EVER) -> FromClause:
    """(person_id, occurred_at, position, partition, latitude, longitude) of all events after an instant that have a location."""
    bounds = [EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= now, has_spot(columns)]
    if after != EVER:
        bounds.append(EVENTS.c.occurred_at > after)
    if columns.places:
        return resolved_events(*bounds, columns=(*_EVENT, "latitude", "longitude"))
    placed = resolved_events(*bounds, columns=(*_EVENT, "context"))
    spots = _spots(placed, placed.c.context, "location", _EVENT)
    return sa.select(spots).where(spots.c.latitude.is_not(None)).subquery("known")


def _near(areas: Iterable[Area], spots: FromClause) -> ColumnElement[bool]:
    """Whether a spot is in the box of any of the areas."""
    return sa.or_(
        sa.false(), *(_boxed(area, spots.c.latitude, spots.c.longitude + turn) for area in areas for turn in area.turns)
    )


def _boxed(area: Area, latitude: ColumnElement[int], longitude: ColumnElement[int]) -> ColumnElement[bool]:
    south, west, north, east = area.box
    return sa.and_(latitude.between(south, north), longitude.between(west, east))


def lies_in(area: Area, spots: FromClause) -> ColumnElement[bool]:
    """Whether a row of ``located`` is in an area; never NULL."""
    if isinstance(area, Disc):
        inside: ColumnElement[bool] = _in_disc(area, spots)
    else:
        inside = sa.or_(*(_in_ring(area, spots.c.latitude, spots.c.longitude + turn) for turn in area.turns))
    return sa.func.coalesce(inside, sa.false())


def _in_disc(area: Disc, spots: FromClause) -> ColumnElement[bool]:
    """Far from the border the engine's own sines suffice, at a fraction of the cost; both give the same answer there."""
    latitude, longitude = spots.c.latitude, spots.c.longitude
    boxed = sa.or_(*(_boxed(area, latitude, longitude + turn) for turn in area.turns))
    up, along = (
        sa.func.sin((angle - centre) * _double(RADIANS / 2), type_=sa.Double)
        for angle, centre in zip((latitude, longitude), area.centre, strict=True)
    )
    beside = math.cos(area.centre.latitude * RADIANS) * sa.func.cos(latitude * _double(RADIANS), type_=sa.Double)
    square = _double(4) * (up * up + beside * along * along)
    border = _BORDER * math.sqrt(area.limit) + _BORDER**2
    return sa.case(
        (sa.not_(boxed), sa.false()),
        (square < _double(area.limit - border), sa.true()),
        (square > _double(area.limit + border), sa.false()),
        else_=area.reaches(spots.c.x, spots.c.y, spots.c.z),
    )


def _millionths(degrees: ColumnElement[float]) -> ColumnElement[int]:
    return to_whole(sa.func.floor(degrees * _double(DEGREE) + _double(0.5)))


def _angles(latitude: ColumnElement[int], longitude: ColumnElement[int]) -> list[sa.Label[float]]:
    """The angles of which ``on_sphere`` takes sines, in radians."""
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
    edges: ColumnElement[Any] = sa.literal_column(str([list(edge) for edge in area.edges]))
    edge = PolygonSide(*(sa.literal_column(f"{EACH}[{place}]", sa.BigInteger) for place in range(1, 5)))  # type: ignore[arg-type]
    side = side_of(edge, latitude, longitude)
    between = longitude.between(sa.func.least(edge.south_at, edge.north_at), sa.func.greatest(edge.south_at, edge.north_at))
    on_edge = any_of(edges, sa.and_(side == 0, latitude >= edge.south, latitude <= edge.north, between))
    odd = odd_of(edges, sa.and_(side > 0, latitude >= edge.south, latitude < edge.north))
    return sa.case((_boxed(area, latitude, longitude), sa.or_(on_edge, odd)), else_=sa.false())


def _double(number: float) -> ColumnElement[float]:
    return sa.literal(float(number), sa.Double)
