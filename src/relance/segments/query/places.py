"""Where people are, and whether that lies in an area, as SQL: ``core.places`` and ``areas`` step by step.

Engines do the same additions and multiplications of the same doubles, so that all of them draw the same border.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.core.places import DEGREE, HALF, QUARTER, RADIANS, SERIES
from relance.events.model_tables import EVENTS, resolved_events
from relance.segments.query.constructs import DUCKDB, EACH, any_of, at, contains_text, json_number_only, odd_of, to_whole
from relance.segments.query.windows import in_window, with_firsts
from relance.segments.rule.areas import Area, Disc, Edge, Polygon, side_of
from relance.segments.rule.conditions import Entered

_EVENT = ("person_id", "occurred_at", "position", "partition")
_TOLD = (("latitude", "north"), ("longitude", "east"))
_ANGLES = ("beside", "turned", "across", "up")


def located(source: FromClause, json: ColumnElement[str], path: str, keep: Iterable[str]) -> sa.Subquery:
    """The columns of ``source`` to keep, with where a JSON text's ``latitude`` and ``longitude`` under a path lie beside them.

    ``latitude`` and ``longitude`` are in millionths of a degree, ``x``, ``y`` and ``z`` a point of a sphere of radius 1; all NULL
    where there is no such place.
    """
    numbers = [json_number_only(*at(json, f"{path}.{told}")).label(name) for told, name in _TOLD]
    # Made once: else the engine reads the JSON again wherever a branch asks for a number.
    read = sa.select(*(source.c[name] for name in keep), *numbers).cte().prefix_with("MATERIALIZED", dialect=DUCKDB)
    given = [each for each in read.c if each.name not in ("north", "east")]
    north, east = read.c.north, read.c.east
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


def may_tell_spot(context: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a context is worth reading: false only where it tells no place. A name may be spelled in codes."""
    return sa.or_(contains_text(context, '"latitude"'), contains_text(context, r"\u"))


def entries(leaves: Mapping[str, Entered], app_id: int, now: int) -> sa.Select[Any]:
    """(person_id, a truth under each name) for whoever told a place: any number of areas and windows from one scan."""
    told = resolved_events(
        EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= now, may_tell_spot(EVENTS.c.context), columns=(*_EVENT, "context")
    )
    spots = located(told, told.c.context, "location", _EVENT)
    areas = {area: number for number, area in enumerate(dict.fromkeys(each.area for each in leaves.values()))}
    inside = [sa.case((lies_in(area, spots), 1), else_=0).label(f"inside_{number}") for area, number in areas.items()]
    track = sa.select(*(spots.c[name] for name in _EVENT), *inside).where(spots.c.latitude.is_not(None)).subquery("track")
    order = [track.c[name] for name in _EVENT[1:]]
    before = [
        sa.func.max(track.c[f"inside_{number}"])
        .over(partition_by=track.c.person_id, order_by=order, rows=(-1, -1))
        .label(f"before_{number}")
        for number in areas.values()
    ]
    moves = with_firsts(sa.select(track, *before).subquery("moves"), [each.window for each in leaves.values()], app_id, now)
    truths = []
    for name, each in leaves.items():
        number = areas[each.area]
        came = sa.and_(moves.c[f"inside_{number}"] == 1, sa.func.coalesce(moves.c[f"before_{number}"], 0) == 0)
        arrived = sa.case((sa.and_(came, *in_window(each.window, moves, now)), 1), else_=0)
        truths.append((sa.func.max(arrived) == 1).label(name))
    return sa.select(moves.c.person_id, *truths).group_by(moves.c.person_id)


def lies_in(area: Area, spots: FromClause) -> ColumnElement[bool]:
    """Whether a row of ``located`` lies in an area; never NULL."""
    if isinstance(area, Disc):
        inside: ColumnElement[bool] = area.reaches(spots.c.x, spots.c.y, spots.c.z)
    else:
        inside = sa.or_(*(_in_ring(area, spots.c.latitude, spots.c.longitude + turn) for turn in area.turns))
    return sa.func.coalesce(inside, sa.false())


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
