"""Who gets columns, and what they are called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relance.events.history_columns import PropertyColumns, PropertyUse, choose, column_names

uses = st.builds(PropertyUse, st.sampled_from("abcd"), st.sampled_from([1, 2]), st.sampled_from(["x", "y"]))
lists = st.lists(uses, max_size=8, unique=True)


def use(path: str, event: str = "x", app: int = 1) -> PropertyUse:
    return PropertyUse(path, app, event)


def test_who_has_a_place_keeps_it_while_a_rule_asks() -> None:
    assert choose([use("old")], [use("new"), use("old")], 1) == [use("old")]


def test_what_nobody_asks_for_stays_only_where_there_is_room() -> None:
    assert choose([use("old"), use("kept")], [use("new"), use("kept")], 3) == [use("kept"), use("new"), use("old")]
    assert choose([use("old"), use("kept")], [use("new"), use("kept")], 2) == [use("kept"), use("new")]


def test_free_places_go_in_the_order_given() -> None:
    assert choose([], [use("b"), use("a"), use("c")], 2) == [use("b"), use("a")]
    assert choose([use("a")], [use("a")], 0) == []


@given(lists, lists, st.integers(0, 5))
def test_choices_hold_the_limit_and_stand_when_made_again(
    present: list[PropertyUse], wanted: list[PropertyUse], most: int
) -> None:
    chosen = choose(present, wanted, most)
    paths = {each.path for each in chosen}
    assert len(paths) == min(most, len({each.path for each in [*present, *wanted]}))
    assert len(chosen) == len(set(chosen))
    assert set(chosen) == {each for each in [*present, *wanted] if each.path in paths}
    assert set(choose(chosen, wanted, most)) == set(chosen)


def test_names_tell_the_path_and_differ() -> None:
    paths = ["price", "Price", "cart.total", "cart_total", "é" * 60, "雪", "a b", "'; --"]
    names = [column_names(path).text for path in paths]
    assert len(set(names)) == len(paths)
    assert all(name.isascii() and name.isidentifier() and len(name) < 60 for name in names)
    assert names[2].startswith("p_cart_total_")


def test_a_property_is_read_from_columns_only_where_they_are_whole() -> None:
    columns = PropertyColumns(frozenset([use("a")]), frozenset(["z"]))
    assert columns.of(1, "x", "a") == column_names("a")
    assert columns.of(1, "y", "a") is None
    assert columns.of(2, "x", "a") is None
    assert columns.of(9, "any", "z") == column_names("z")
