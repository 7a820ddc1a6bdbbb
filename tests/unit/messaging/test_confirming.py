"""How many confirmation mails one visitor, and all visitors of an app, may cause within an hour."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import HOUR
from relance.messaging.confirming import MOST_OF_A_PERSON, Wish, too_many

INSTANTS = st.integers(0, 3 * HOUR)
PERSONS = st.integers(1, 5)
MOST = 6


@given(st.lists(st.tuples(INSTANTS, PERSONS), max_size=40), st.lists(st.integers(1, 40), max_size=10), st.integers(0, MOST))
def test_it_does_not_matter_how_many_a_tick_sees_and_no_hour_has_more(
    wishes_of: list[tuple[int, int]], cuts: list[int], most: int
) -> None:
    wishes = sorted(Wish(at, f"{number:02}@example.org", person) for number, (at, person) in enumerate(wishes_of))
    refused: set[str] = set()
    asked: list[tuple[int, int]] = []
    for start, stop in zip([0, *sorted(cuts)], [*sorted(cuts), len(wishes)], strict=True):
        some = wishes[start:stop]
        refused |= too_many(reversed(some), asked, most)
        asked += [(each.told_at, each.person) for each in some if each.address not in refused]
    assert refused == too_many(wishes, [], most)
    for at, _ in asked:
        within = [person for then, person in asked if at - HOUR < then <= at]
        assert max(Counter(within).values()) <= MOST_OF_A_PERSON
        assert not most or len(within) <= most
    for wish in wishes:  # and whoever was refused was so for a reason
        if wish.address in refused:
            within = [person for then, person in asked if wish.told_at - HOUR < then <= wish.told_at]
            assert within.count(wish.person) >= MOST_OF_A_PERSON or (most and len(within) >= most)


def test_what_was_asked_for_an_hour_ago_counts_no_more() -> None:
    wish = Wish(HOUR, "new@example.org", 1)
    assert too_many([wish], [(0, 1)] * 3, 1) == set()
    assert too_many([wish], [(1, 1)] * 3, 0) == {"new@example.org"}
    assert too_many([wish], [(1, 2)], 1) == {"new@example.org"}
