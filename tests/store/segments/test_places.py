"""Where the border of an area runs is the same for the definition, for columns of people and for each engine of history."""

from __future__ import annotations

import math
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.core.places import EARTH_METRES, metres_between, read_location, read_spot
from relance.events.history import History
from relance.events.model import Batch, Event
from relance.events.service import NO_COLUMNS
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.query.compile import members
from relance.segments.query.preview import preview
from relance.segments.query.spots import decided
from relance.segments.rule.conditions import Place
from relance.segments.rule.tree import All, Any_, Not, Rule, parse_rule
from tests.store.conftest import Open
from tests.unit.segments import every_kind
from tests.unit.segments.everybody import InMemory

At = tuple[float, float]
thorough = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def history(open_history: Open) -> History:
    return open_history()


def reported(at: Any) -> dict[str, Any]:
    return {"$person": dict(zip(("latitude", "longitude"), at, strict=True))}


def check(history: History, areas: list[dict[str, Any]], spots: list[Any]) -> None:
    """All evaluators say the same of each area and each spot."""
    people = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people")
    traits = [reported(at) for at in spots]
    rows = people.data([(person, to_json(each)) for person, each in enumerate(traits)])
    for area in areas:
        place = parse_rule({"kind": "place", **area})
        assert isinstance(place, Place)
        expected = [evaluate(place, (), each, 0) for each in traits]
        assert decided(place, traits, 0).tolist() == expected
        found = {row[0] for row in history.run(members(place, 1, 0, rows))}
        assert found == {person for person, inside in enumerate(expected) if inside}


def away(at: At, metres: float, bearing: float) -> At:
    """The place so far from another, in a direction."""
    north, east, angle = math.radians(at[0]), math.radians(at[1]), metres / EARTH_METRES
    up = math.sin(north) * math.cos(angle) + math.cos(north) * math.sin(angle) * math.cos(bearing)
    latitude = math.asin(max(-1.0, min(1.0, up)))
    across = math.sin(bearing) * math.sin(angle) * math.cos(north)
    longitude = east + math.atan2(across, math.cos(angle) - math.sin(north) * up)
    return math.degrees(latitude), (math.degrees(longitude) + 180) % 360 - 180


degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
bearings = st.lists(st.floats(0, 2 * math.pi), min_size=20, max_size=20)


@thorough
@given(degrees, st.floats(0.1, 19_000_000), bearings)
def test_spots_near_the_edge_of_a_circle(history: History, centre: At, radius: float, around: list[float]) -> None:
    spots = [away(centre, radius, bearing) for bearing in around]
    ends = {metres_between(read_spot(*centre), read_spot(*at)) for at in spots}  # type: ignore[arg-type]
    circles = [{"latitude": centre[0], "longitude": centre[1], "radius": each} for each in (radius, *list(ends)[:3]) if each]
    check(history, [{"circle": each} for each in circles], spots)


grid = st.tuples(st.integers(-3, 3), st.integers(-3, 3))


@thorough
@given(st.lists(grid, min_size=3, max_size=9), st.lists(grid, min_size=20, max_size=20), st.sampled_from([0, 179, -181, 300]))
def test_spots_at_the_edges_of_polygons(history: History, ring: list[At], near: list[At], east: int) -> None:
    """Corners and spots on a coarse grid: many lie on an edge, or level with a corner."""
    if len(set(ring)) < 3:
        ring = [(0, 0), (3, 1), (-2, 2)]
    corners = [[latitude / 2, longitude + east] for latitude, longitude in ring]
    spots = [(latitude / 2, (longitude + east + 180) % 360 - 180) for latitude, longitude in near]
    nudged = [(latitude + 1e-6, longitude) for latitude, longitude in spots]
    check(history, [{"polygon": corners}], [*spots, *nudged])


@thorough
@given(st.lists(every_kind.areas(), min_size=2, max_size=3), st.lists(st.tuples(every_kind.latitudes, every_kind.longitudes)))
def test_spots_of_all_kinds(history: History, areas: list[dict[str, Any]], spots: list[Any]) -> None:
    check(history, areas, [*spots, (None, None)])


def test_a_polygon_of_very_many_corners(history: History) -> None:
    turn = 2 * math.pi / 500
    corners = [[60 * math.sin(place * turn), 170 * math.cos(place * turn)] for place in range(500)]
    spots = [(60 * math.sin(place) * size, 170 * math.cos(place) * size) for place in range(20) for size in (0.99, 1, 1.01)]
    check(history, [{"polygon": corners}] * 2, spots)


def test_many_circles_and_polygons_in_one_rule(history: History) -> None:
    circles = [{"kind": "place", "circle": {"latitude": each % 90, "longitude": each, "radius": 50_000}} for each in range(150)]
    rings = [{"kind": "place", "polygon": [[0, each], [0, each + 1], [each, each + 1]]} for each in range(1, 50)]
    rule = parse_rule({"any": [*circles, *rings]})
    people = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people")
    rows = people.data(
        [(1, to_json(reported((7, 7)))), (2, to_json(reported((7.5, 7)))), (3, to_json(reported((0, 49.5)))), (4, "{}")]
    )
    assert {row[0] for row in history.run(members(rule, 1, 0, rows))} == {1, 3}


_apps = count(2)
_positions = count(1)
happened = st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([0, 1, 500, 1_000, 3_600_000]), every_kind.locations)


@thorough
@given(st.lists(every_kind.entries().map(every_kind.read), min_size=3, max_size=4), st.lists(happened, min_size=5, max_size=25))
def test_who_entered(history: History, rules: list[Rule], reported: list[tuple[int, int, Any]]) -> None:
    app, now = next(_apps), every_kind.STARTS[0]
    events, lines = [], {1: list[RuleEvent](), 2: [], 3: []}
    first = next(_positions)
    for place, (person, gap, location) in enumerate(reported):
        now += gap
        context = {"location": location} if place % 3 else {"traits": "latitude", "location": location}
        spelled = to_json(context).replace("latitude", r"l\u0061titude" if place % 2 else "latitude").encode()
        events.append(Event(app, "track", "moved", f"{app}-{place}", "", "", now, now, b"{}", spelled))
        lines[person].append(RuleEvent("moved", now, first + place, {}, read_location(location)))
        next(_positions)
    history.append(0, Batch(events, [person for person, _, _ in reported], [False] * len(reported), first))
    people = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people")
    rows = people.data([(person, "{}") for person in lines])
    for rule in (*rules, All(tuple(rules)), Any_(tuple(rules))):
        expected = {person for person in lines if evaluate(rule, lines[person], {}, now)}
        for columns in (NO_COLUMNS, history.columns):  # of rows that are filled, and of those that are not yet
            assert {row[0] for row in history.run(members(rule, app, now, rows, columns=columns))} == expected
        assert preview(rule, app, history, InMemory({person: {} for person in lines}), now).sample == sorted(expected)


@thorough
@given(
    st.lists(st.one_of(every_kind.places(), every_kind.entries()).map(every_kind.read), min_size=1, max_size=4),
    st.lists(st.tuples(every_kind.latitudes, every_kind.longitudes), max_size=9),
)
def test_a_preview_of_places_is_the_definition(history: History, rules: list[Rule], spots: list[Any]) -> None:
    """Also where it is joined with conditions on events, and for whom no place is known."""
    people, now = {person: reported(at) for person, at in enumerate([*spots, (None, None)], 1)}, every_kind.STARTS[0]
    for rule in (*rules, All(tuple(rules)), Any_(tuple(rules)), Not(Any_(tuple(rules)))):
        expected = [person for person, traits in people.items() if evaluate(rule, (), traits, now)]
        found = preview(rule, next(_apps), history, InMemory(people), now)
        assert (found.count, found.sample) == (len(expected), expected)
