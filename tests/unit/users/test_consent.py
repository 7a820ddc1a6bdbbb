"""Which saying about messages holds, against a definition over all of them."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from relance.users.consent import NOTHING_SAID, ConsentStanding, Grant, holding, joined, said

NO, YES = True, False
grants: st.SearchStrategy[Grant] = st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from(("a", "b")))
sayings = st.lists(st.tuples(grants, st.booleans()), max_size=12)


def defined(every: list[tuple[Grant, bool]]) -> bool | None:
    """Whether messages are refused, read off the whole list; None where nobody said anything."""
    if not every:
        return None
    explicit = [grant for grant, is_explicit in every if is_explicit]
    last_explicit_no = max((at for at, denied, _ in explicit if denied), default=0)
    lifted = any(at > last_explicit_no for at, denied, _ in explicit if not denied)
    if last_explicit_no and not lifted:
        return NO
    newest = max(at for (at, *_), _ in every)
    return any(denied for (at, denied, _), _ in every if at == newest)


def standing_of(every: list[tuple[Grant, bool]]) -> ConsentStanding:
    return reduce(lambda standing, one: said(standing, one[0], explicit=one[1]), every, NOTHING_SAID)


@given(sayings)
def test_the_standing_says_what_all_sayings_say(every: list[tuple[Grant, bool]]) -> None:
    held = holding(standing_of(every))
    assert (None if held is None else held[1]) == defined(every)


@given(sayings.flatmap(lambda every: st.tuples(st.just(every), st.permutations(every), st.integers(0, len(every)))))
def test_neither_order_nor_repeats_nor_whose_they_were_make_a_difference(
    given: tuple[list[tuple[Grant, bool]], list[tuple[Grant, bool]], int],
) -> None:
    every, shuffled, cut = given
    assert standing_of(shuffled) == standing_of(every) == standing_of([*every, *shuffled])
    assert joined(standing_of(shuffled[:cut]), standing_of(shuffled[cut:])) == standing_of(every)


def test_an_own_no_outlives_what_is_told_and_a_newer_own_yes_lifts_it() -> None:
    standing = said(said(NOTHING_SAID, (1, YES, "identify"), explicit=False), (2, NO, "unsubscribe"), explicit=True)
    standing_after = said(standing, (9, YES, "identify"), explicit=False)
    assert holding(standing_after) == (2, NO, "unsubscribe")
    assert holding(said(standing_after, (1, YES, "form"), explicit=True)) == (2, NO, "unsubscribe")
    assert holding(said(standing_after, (2, YES, "form"), explicit=True)) == (2, NO, "unsubscribe")
    lifted = said(standing_after, (10, YES, "form"), explicit=True)
    assert holding(lifted) == (10, YES, "form")
    assert holding(said(lifted, (11, NO, "identify"), explicit=False)) == (11, NO, "identify")


def test_a_no_that_was_told_is_lifted_by_a_yes_told_later() -> None:
    standing = said(said(NOTHING_SAID, (1, NO, "identify"), explicit=False), (2, YES, "context"), explicit=False)
    assert holding(standing) == (2, YES, "context")
