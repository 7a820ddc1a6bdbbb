"""Spots on the earth, and how far apart they are."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.core.places import EARTH_METRES, Spot, metres_between, on_sphere, read_spot, squared_line

spots = st.builds(Spot, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 179_999_999))


def haversine(one: Spot, other: Spot) -> float:
    """The formula as books have it."""
    (north, east), (south, west) = (map(math.radians, each.degrees) for each in (one, other))
    half = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin((west - east) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


@given(spots, spots)
def test_two_spots_are_as_far_apart_as_the_haversine_says(one: Spot, other: Spot) -> None:
    apart = haversine(one, other)
    if apart < 19_900_000:
        assert metres_between(one, other) == pytest.approx(apart, abs=1e-6, rel=1e-9)
        assert squared_line(apart) == pytest.approx(
            sum((a - b) ** 2 for a, b in zip(on_sphere(*one), on_sphere(*other), strict=True))
        )


@given(spots)
def test_a_spot_is_where_sine_and_cosine_put_it(spot: Spot) -> None:
    north, east = map(math.radians, spot.degrees)
    expected = (math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north))
    assert on_sphere(*spot) == pytest.approx(expected, abs=1e-15)


def test_a_short_way_is_measured_to_the_millimetre() -> None:
    assert metres_between(Spot(48_856_600, 2_352_200), Spot(48_856_601, 2_352_200)) == pytest.approx(0.1112, abs=0.0005)


@pytest.mark.parametrize(
    ("latitude", "longitude", "spot"),
    [
        (48.8566, 2.3522, Spot(48_856_600, 2_352_200)),
        (90, 180, Spot(90_000_000, -180_000_000)),
        (-90, -180.0, Spot(-90_000_000, -180_000_000)),
        (0, 179.9999996, Spot(0, -180_000_000)),
        (0.0000005, -0.0000005, Spot(1, 0)),
        (90.0000001, 0, None),
        (0, -180.0001, None),
        (math.nan, 0, None),
        (0, math.inf, None),
        (True, 0, None),
        ("48.8", 2.3, None),
        (None, 2.3, None),
        (10**400, 0, None),
    ],
)
def test_what_is_no_place_on_earth_is_no_spot(latitude: Any, longitude: Any, spot: Spot | None) -> None:
    assert read_spot(latitude, longitude) == spot
