"""What lies in a circle or a polygon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.places import EARTH_METRES, Spot, read_spot
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.definition.explain import explain
from relance.segments.errors import RuleError
from relance.segments.rule.areas import Polygon, disc, polygon
from relance.segments.rule.tree import parse_rule, rule_hash

SQUARE: list[list[float]] = [[0, 0], [0, 1], [1, 1], [1, 0]]


def at(latitude: float, longitude: float) -> Spot:
    spot = read_spot(latitude, longitude)
    assert spot is not None
    return spot


def inside(ring: Sequence[Sequence[float]], latitude: float, longitude: float) -> bool:
    return polygon(tuple((north, east) for north, east in ring)).holds(at(latitude, longitude))


corner = st.tuples(st.integers(-4, 4), st.integers(-4, 4))


def drawn(corners: list[tuple[int, int]], here: tuple[int, int]) -> bool:
    """By a line drawn to the east, a little above all corners, with fractions; what lies on an edge is in."""
    crossings = 0
    for one, other in pairwise([*corners, corners[0]]):
        (south, west), (north, east) = sorted((one, other))
        if one == other:
            if here == one:
                return True
            continue
        across = (north - south) * (here[1] - west) - (here[0] - south) * (east - west)
        if across == 0 and south <= here[0] <= north and min(west, east) <= here[1] <= max(west, east):
            return True
        if south <= here[0] < north:
            crossings += here[1] < west + Fraction((here[0] - south) * (east - west), north - south)
    return crossings % 2 == 1


@given(st.lists(corner, min_size=3, max_size=8), st.lists(corner, min_size=8, max_size=8))
def test_a_spot_is_in_where_a_line_crosses_the_ring_an_odd_number_of_times(corners: Any, spots: Any) -> None:
    area = Polygon(corners)
    assert [area.holds(Spot(*each)) for each in spots] == [drawn(corners, each) for each in spots]


def test_edges_and_corners_are_in() -> None:
    for latitude, longitude in [(0, 0), (1, 1), (0, 0.5), (0.5, 1), (1, 0.5), (0.5, 0)]:
        assert inside(SQUARE, latitude, longitude)
    assert not inside(SQUARE, 1.000001, 0.5)
    assert not inside(SQUARE, 0.5, -0.000001)


def test_an_area_lies_across_the_180th_meridian() -> None:
    for shift in (0, -360):
        fiji = [[latitude, longitude + shift] for latitude, longitude in ([-20, 176], [-20, 182], [-15, 182], [-15, 176])]
        assert inside(fiji, -17, 178)
        assert inside(fiji, -17, 180)
        assert inside(fiji, -17, -179)
        assert not inside(fiji, -17, -177)
        assert not inside(fiji, -17, 2)


def test_an_area_around_a_pole_is_written_up_to_it() -> None:
    arctic: list[list[float]] = [[66.5, -180], [66.5, 180], [90, 180], [90, -180]]
    assert all(inside(arctic, latitude, longitude) for latitude in (66.5, 80, 90) for longitude in (-180, -90, 0, 179.9, 180))
    assert not inside(arctic, 66.499, 180)


def test_a_circle_around_a_pole_and_across_the_180th_meridian() -> None:
    pole = disc(90, 0, 112_000)
    assert all(pole.holds(at(89, longitude)) for longitude in (-180, -90, 0, 90, 180))
    assert not pole.holds(at(88.9, 45))
    line = disc(0, 179.99, 5_000)
    assert line.holds(at(0, -179.97))
    assert not line.holds(at(0, -179.96))


def test_what_bounds_the_same_has_one_hash() -> None:
    def hashed(**area: Any) -> str:
        return rule_hash(parse_rule({"kind": "place", **area}))

    ring = hashed(polygon=SQUARE)
    for same in (SQUARE[1:] + SQUARE[:1], SQUARE[::-1], [*SQUARE, SQUARE[0]], [[a, b - 360] for a, b in SQUARE]):
        assert hashed(polygon=same) == ring
    assert hashed(polygon=[[0, 0], [1, 1], [0, 1], [1, 0]]) != ring
    circle = {"latitude": 10, "longitude": 180, "radius": 500}
    assert hashed(circle=circle) == hashed(circle={"latitude": 10.0, "longitude": -180.0, "radius": 500.0})
    assert hashed(circle=circle) != hashed(circle={**circle, "radius": 500.5})


CIRCLE = {"latitude": 48.8566, "longitude": 2.3522, "radius": 5_000}


@pytest.mark.parametrize(
    ("area", "path"),
    [
        ({}, "rule"),
        ({"circle": CIRCLE, "polygon": SQUARE}, "rule"),
        ({"circle": {**CIRCLE, "latitude": 91}}, "rule.circle.latitude"),
        ({"circle": {**CIRCLE, "longitude": float("nan")}}, "rule.circle.longitude"),
        ({"circle": {**CIRCLE, "radius": float("nan")}}, "rule.circle.radius"),
        ({"circle": {**CIRCLE, "radius": 0}}, "rule.circle.radius"),
        ({"circle": {**CIRCLE, "radius": 20_000_001}}, "rule.circle.radius"),
        ({"circle": {**CIRCLE, "radius": True}}, "rule.circle.radius"),
        ({"circle": {**CIRCLE, "height": 3}}, "rule.circle"),
        ({"polygon": SQUARE[:2]}, "rule.polygon"),
        ({"polygon": SQUARE * 126}, "rule.polygon"),
        ({"polygon": [*SQUARE, [91, 0]]}, "rule.polygon[4][0]"),
        ({"polygon": [*SQUARE, [0, 361]]}, "rule.polygon[4][1]"),
        ({"polygon": [*SQUARE, [0, float("nan")]]}, "rule.polygon[4][1]"),
        ({"polygon": [*SQUARE, [0, "1"]]}, "rule.polygon[4][1]"),
        ({"polygon": [*SQUARE, [0]]}, "rule.polygon[4]"),
        ({"polygon": [[0, -200], [0, 200], [1, 0]]}, "rule.polygon"),
        ({"polygon": [[0, 0], [0, 1], [0, 0], [0, 1]]}, "rule.polygon"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(area: Any, path: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule({"kind": "place", **area})
    assert caught.value.data["path"] == path


def test_why_shows_where_somebody_is_and_how_far_away() -> None:
    traits = {"$person": {"latitude": 48.8606, "longitude": 2.3376}}
    circle = parse_rule({"kind": "place", "circle": CIRCLE})
    found = explain(circle, (), traits, 0, 1, lambda _: None)
    assert (found.holds, found.measure, found.changes_at) == (True, "spot", None)
    assert found.found == {"latitude": 48.8606, "longitude": 2.3376, "metres": pytest.approx(1_156, abs=2)}
    ring = explain(parse_rule({"kind": "place", "polygon": SQUARE}), (), traits, 0, 1, lambda _: None)
    assert (ring.holds, ring.found) == (False, {"latitude": 48.8606, "longitude": 2.3376})
    assert explain(circle, (), {}, 0, 1, lambda _: None).found is None


IN, OUT, FAR = Spot(500_000, 500_000), Spot(5_000_000, 500_000), Spot(-5_000_000, 0)


def came(*spots: Spot | None, window: Any = None, now: int = 100) -> bool:
    """Whether somebody whose events, one each 10 ms, told these places came into the square."""
    rule = parse_rule({"kind": "entered", "polygon": SQUARE, "window": window})
    past = [RuleEvent("moved", place * 10, place, {}, spot) for place, spot in enumerate(spots)]
    return evaluate(rule, past[::-1], {}, now)


def test_who_comes_from_outside_or_from_nowhere_known_has_entered() -> None:
    assert came(IN)
    assert came(OUT, IN)
    assert came(OUT, None, IN, None)
    assert came(IN, None, OUT, IN, window={"last": "1s"})
    assert not came(OUT, FAR, None)
    assert not came()


def test_who_was_inside_before_the_window_has_not_entered_in_it() -> None:
    second = {"last": "1s"}
    assert came(OUT, IN, window=second, now=1_009)
    assert not came(OUT, IN, window=second, now=1_010)
    assert not came(IN, IN, window=second, now=1_005)  # came at 0, told again at 10
    assert came(IN, OUT, IN, window=second, now=1_010)


def test_events_of_equal_time_go_by_their_position() -> None:
    rule = parse_rule({"kind": "entered", "polygon": SQUARE, "window": {"last": "1s"}})
    stay = [RuleEvent("moved", 0, 1, {}, IN), RuleEvent("moved", 2_000, 3, {}, IN), RuleEvent("moved", 2_000, 2, {}, OUT)]
    assert evaluate(rule, stay, {}, 2_500)
    assert not evaluate(rule, [*stay[:2], stay[2]._replace(position=4)], {}, 2_500)


def test_why_shows_the_arrivals_and_the_newest_place() -> None:
    rule = parse_rule({"kind": "entered", "circle": {**CIRCLE, "latitude": 0, "longitude": 0}, "window": {"last": "1s"}})
    here, there = Spot(10_000, 0), Spot(50_000, 0)
    past = [RuleEvent("moved", at, at, {}, spot) for at, spot in ((1, there), (2, here), (3, None), (4, there), (5, here))]
    found = explain(rule, past, {}, 500, 1, lambda _: None)
    assert (found.holds, found.measure, found.changes_at) == (True, "arrivals", 1_005)
    assert found.found == {"arrivals": 2, "latitude": 0.01, "longitude": 0.0, "metres": 1112.0}
    assert [each.occurred_at for each in found.events] == [5, 2]
    later = explain(rule, past, {}, 2_000, 1, lambda _: None)
    assert (later.holds, later.changes_at, later.found["arrivals"]) == (False, None, 0)
    assert [each.occurred_at for each in later.events] == [5, 4]
    assert explain(rule, [], {}, 500, 1, lambda _: None).found is None


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.01, 20_000_000), st.floats(0, 2), st.floats(0, 360))
def test_a_circle_lies_in_its_box(north: float, east: float, radius: float, share: float, bearing: float) -> None:
    circle = disc(north, east, radius)
    angle, turn = radius * share / EARTH_METRES, math.radians(bearing)
    up = math.sin(math.radians(north)) * math.cos(angle) + math.cos(math.radians(north)) * math.sin(angle) * math.cos(turn)
    latitude = math.asin(max(-1.0, min(1.0, up)))
    across = math.sin(turn) * math.sin(angle) * math.cos(math.radians(north))
    longitude = math.radians(east) + math.atan2(across, math.cos(angle) - math.sin(math.radians(north)) * up)
    here = at(math.degrees(latitude), (math.degrees(longitude) + 180) % 360 - 180)
    south, west, northern, eastern = circle.box
    boxed = any(west <= here.longitude + turned <= eastern for turned in circle.turns) and south <= here.latitude <= northern
    assert boxed or not circle.holds(here)
