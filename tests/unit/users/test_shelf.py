"""The shelf against dictionaries that are laid on top of each other."""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.users.cold_cache import ColdCache
from relance.users.profile import Profile, new_profile

persons = st.integers(1, 12)
values = st.sampled_from([f"id {number}" for number in range(12)] + ["", "é", "\U0010ffff"])
texts = st.none() | st.sampled_from(["FR", "Europe/Paris"])
instants = st.integers(0, 1 << 62)


@st.composite
def profiles(draw: st.DrawFn, person: int) -> Profile:
    made = new_profile(person, draw(texts), draw(instants), draw(instants))
    made.last_seen, made.session_at, made.active_at = draw(instants), draw(instants), draw(instants)
    made.session_count, made.session_ms, made.version = draw(instants), draw(instants), draw(instants)
    made.country, made.timezone, made.language = draw(texts), draw(texts), draw(texts)
    made.session_key, made.about, made.origins = draw(st.sampled_from([("", "", "---"), ("session", '{"os":"iOS"}', "eet")]))
    made.traits, made.stored = {"plan": "pro"}, True
    return made


@st.composite
def generations(draw: st.DrawFn) -> tuple[list[Profile], dict[str, int], dict[str, int]]:
    known = draw(st.lists(persons, unique=True, max_size=6))
    ids = st.dictionaries(values, persons, max_size=6)
    return [draw(profiles(person)) for person in known], draw(ids), draw(ids)


def columns_of(profile: Profile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in Profile.__slots__ if name != "traits"}


steps = st.lists(
    generations() | st.tuples(persons, st.lists(values, max_size=3), st.lists(values, max_size=3)) | st.none(), max_size=8
)


@settings(deadline=None, max_examples=100)
@given(steps=steps)
def test_it_tells_what_was_laid_on_it_last(steps: list[Any]) -> None:
    cold_cache = ColdCache()
    layers: list[tuple[dict[Any, Any], ...]] = []  # (people, users, anonymous), the newest first
    for step in steps:
        if step is None:
            if layers:
                cold_cache.shorten()
                layers.pop()
        elif isinstance(step[0], list):
            known, named, devices = step
            cold_cache.lay(known, named, devices)
            if known or named or devices:
                layers.insert(0, ({each.id: columns_of(each) for each in known}, dict(named), dict(devices)))
        else:
            person, gone, gone_devices = step
            cold_cache.forget(person, gone, gone_devices)
            for layer in layers:
                for table, keys in zip(layer, ([person], gone, gone_devices), strict=True):
                    for key in keys:
                        table.pop(key, None)
    people, users, anonymous = (dict(ChainMap(*(layer[place] for layer in layers))) for place in range(3))
    assert cold_cache.users(values_asked()) == users
    assert cold_cache.anonymous(values_asked()) == anonymous
    found = cold_cache.take(range(14))
    assert {person: columns_of(profile) for person, profile in found.items()} == people
    assert all(profile.traits is None and profile.stored and not profile.dirty for profile in found.values())


def test_a_layer_counts_as_many_as_the_longest_of_its_tables() -> None:
    cold_cache = ColdCache()
    cold_cache.lay([], {"a": 1}, {"b": 1, "c": 1})
    cold_cache.lay([new_profile(1, "u", 5, 5)], {}, {})
    assert len(cold_cache) == 3
    cold_cache.shorten()
    assert len(cold_cache) == 1


def values_asked() -> list[str]:
    return [f"id {number}" for number in range(14)] + ["", "é", "\U0010ffff"]


def test_nobody_is_found_where_nothing_was_laid() -> None:
    cold_cache = ColdCache()
    cold_cache.lay([new_profile(1, "u", 5, 5)], {}, {})
    assert cold_cache.users(["u"]) == cold_cache.anonymous([]) == {}
    assert list(cold_cache.take([1])) == [1]
