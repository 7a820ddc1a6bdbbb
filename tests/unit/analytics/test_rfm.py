"""RFM against an independent count of the same real purchases, and its edges."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.analytics.rfm import Buyer, Cell, score
from relance.core.time import DAY, HOUR
from tests.unit.analytics.cdnow import SIZES, purchases

NOON = 12 * HOUR


def test_the_cells_of_cdnow_have_the_known_sizes() -> None:
    buyers: dict[int, Buyer] = {}
    for person, bought_at, dollars in purchases():
        known = buyers.get(person, Buyer(0, 0))
        buyers[person] = Buyer(known.purchases + 1, max(known.last_at, bought_at), known.spent + dollars)
    assert (len(buyers), sum(buyer.purchases for buyer in buyers.values())) == (23_570, 69_659)
    assert Counter(scored.cell.value for scored in score(buyers).values()) == SIZES


def test_nobody_gives_nothing() -> None:
    assert score({}) == {}


def test_a_single_buyer_is_worse_than_nobody_and_scores_lowest() -> None:
    only = score({7: Buyer(3, 10 * DAY + NOON)})[7]
    assert (only.recency, only.r, only.f, only.cell) == (1, 1, 1, Cell.HIBERNATING)


@pytest.mark.parametrize(
    ("last_at", "recency"),
    [(10 * DAY, 1), (11 * DAY - 1, 1), (10 * DAY - 1, 2), (9 * DAY, 2), (0, 11)],
)
def test_recency_counts_whole_utc_days_to_the_day_after_the_last(last_at: int, recency: int) -> None:
    assert score({1: Buyer(1, last_at), 2: Buyer(1, 11 * DAY - 1)})[1].recency == recency


@given(st.dictionaries(st.integers(1, 60), st.builds(Buyer, st.integers(1, 9), st.integers(0, 40 * DAY)), max_size=40))
def test_scores_are_those_of_the_definition(buyers: dict[int, Buyer]) -> None:
    scored = score(buyers)
    for person, buyer in buyers.items():
        place = scored[person]
        worse_r = sum(other.recency > place.recency for other in scored.values())
        worse_f = sum(other.purchases < buyer.purchases for other in buyers.values())
        assert place.r == 1 + 5 * worse_r // len(buyers)
        assert place.f == 1 + 5 * worse_f // len(buyers)
        assert 1 <= place.r <= 5
        assert 1 <= place.f <= 5
