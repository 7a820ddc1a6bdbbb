"""What contexts say of device, app, place and acquisition, and how it joins with what was known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.users.about import ACQUISITION, GROUPS, NAMES, joined, merged, read, read_about, read_agent, written

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"


def flat(about: str) -> dict[str, Any]:
    """What is known last, without the list of all devices."""
    return {name: value for name, value in read(about).items() if name != "devices"}


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (PHONE, ("mobile", "iOS")),
        (TABLET, ("tablet", "Android")),
        (DESK, ("desktop", "Linux")),
        ("curl/8", ("", "")),
        (5, ("", "")),
    ],
)
def test_a_browser_tells_its_device_and_system(agent: Any, expected: tuple[str, str]) -> None:
    assert read_agent(agent) == expected


def test_a_context_is_read_by_the_segment_spec() -> None:
    context = {
        "device": {"type": "ios", "model": "iPhone16,1", "manufacturer": "Apple"},
        "os": {"name": "iOS", "version": "18.1"},
        "app": {"version": "1.10.0", "name": "Shop"},
        "location": {"country": "FR", "region": "Bretagne", "city": "Brest"},
        "campaign": {"source": "newsletter", "medium": "email", "name": "spring"},
        "userAgent": DESK,
    }
    assert read(read_about(context)) == {
        "device_type": "mobile",
        "device_model": "iPhone16,1",
        "device_manufacturer": "Apple",
        "os": "iOS",
        "os_version": "18.1",
        "app_version": "1.10.0",
        "region": "Bretagne",
        "city": "Brest",
        "source": "newsletter",
        "medium": "email",
        "campaign": "spring",
    }


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"latitude": 48.85661234567, "longitude": 2}, {"latitude": "48.856612", "longitude": "2.0"}),
        ({"latitude": -90, "longitude": 180.0}, {"latitude": "-90.0", "longitude": "-180.0"}),
        ({"latitude": 48.8}, {}),
        ({"latitude": 90.1, "longitude": 2}, {}),
        ({"latitude": "48.8", "longitude": 2}, {}),
        ({"latitude": True, "longitude": 2}, {}),
        ({"latitude": [48.8], "longitude": None, "city": "Paris"}, {"city": "Paris"}),
    ],
)
def test_a_place_on_earth_is_kept_to_a_millionth_of_a_degree(place: dict[str, Any], expected: dict[str, str]) -> None:
    assert read(read_about({"location": place})) == expected


def test_a_new_place_takes_the_old_one_with_it_and_a_late_one_does_not() -> None:
    known = about(latitude="48.8", longitude="2.3", city="Paris")
    moved = about(latitude="48.8", longitude="2.4")
    assert read(joined(known, moved)) == {"latitude": "48.8", "longitude": "2.4", "city": "Paris"}
    assert joined(known, moved, late=True) == known


def test_without_a_campaign_the_page_that_led_here_is_the_source() -> None:
    found = read(read_about({"referrer": {"url": "https://www.Example.org:443/list?q=1"}}))
    assert found == {"source": "www.example.org", "medium": "referral"}


@pytest.mark.parametrize(
    "context", [{}, {"os": "iOS"}, {"os": {"name": ["iOS"]}}, {"app": {"version": "x" * 129}}, {"device": {"type": "web"}}]
)
def test_what_cannot_be_read_says_nothing(context: dict[str, Any]) -> None:
    assert read_about(context) == ""


def about(**facts: str) -> str:
    return written(facts)


def test_a_new_system_takes_the_old_version_with_it() -> None:
    known = about(os="iOS", os_version="18.1", app_version="1.9")
    assert flat(joined(known, about(os="Android"))) == {"os": "Android", "app_version": "1.9"}
    assert joined(known, about(os="iOS")) == known
    assert read(joined(about(os="iOS"), about(os="iOS", os_version="18"))) == {"os": "iOS", "os_version": "18"}


def test_a_late_event_fills_gaps_and_how_somebody_came_is_said_once() -> None:
    known = about(os="iOS", source="newsletter")
    said = about(os="Android", os_version="14", city="Brest", source="ads", medium="cpc")
    assert flat(joined(known, said, late=True)) == {"os": "iOS", "source": "newsletter", "city": "Brest"}
    assert flat(joined(known, said)) == {"os": "Android", "os_version": "14", "source": "newsletter", "city": "Brest"}


def test_of_two_people_the_older_one_tells_how_they_came() -> None:
    winner, loser = about(os="iOS", source="ads", medium="cpc"), about(city="Brest", source="newsletter")
    assert read(merged(winner, loser, loser_is_older=True)) == {"os": "iOS", "city": "Brest", "source": "newsletter"}
    assert read(merged(winner, loser, loser_is_older=False)) == {"os": "iOS", "city": "Brest", "source": "ads", "medium": "cpc"}


texts = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["a", "b"])).map(written)


@given(texts, texts)
def test_what_was_said_last_holds_and_is_the_same_said_again(kept: str, given_: str) -> None:
    known = joined(kept, given_)
    assert joined(known, given_) == known
    assert json.dumps(read(given_)) == json.dumps(read(joined("", given_)))
    for group in GROUPS:
        said = {name: value for name, value in read(given_).items() if name in group}
        assert said.items() <= read(known).items()
    first = read(kept) if set(read(kept)) & set(ACQUISITION) else read(given_)
    assert {n: v for n, v in read(known).items() if n in ACQUISITION} == {n: v for n, v in first.items() if n in ACQUISITION}
