"""RFM against an independent count of the same real purchases, and its edges."""

from __future__ import annotations

import importlib.util
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.analytics.rfm import Buyer, Cell, score
from relance.core.time import DAY, HOUR

NOON = 12 * HOUR


def cdnow() -> dict[int, Buyer]:
    """The 69,659 purchases of CDNOW, each at noon UTC of its day."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / "datasets" / "CDNOW_master.txt"
    buyers: dict[int, Buyer] = {}
    for line in file.read_text().splitlines()[1:]:
        person, day, _discs, dollars = line.split()
        noon = datetime.strptime(day, "%Y%m%d").replace(hour=12, tzinfo=UTC)
        known = buyers.get(int(person), Buyer(0, 0))
        last_at = max(known.last_at, round(noon.timestamp() * 1000))
        buyers[int(person)] = Buyer(known.purchases + 1, last_at, known.spent + float(dollars))
    return buyers


def test_the_cells_of_cdnow_have_the_known_sizes() -> None:
    buyers = cdnow()
    assert (len(buyers), sum(buyer.purchases for buyer in buyers.values())) == (23_570, 69_659)
    assert Counter(scored.cell for scored in score(buyers).values()) == {
        Cell.HIBERNATING: 8_569,
        Cell.CHAMPIONS: 4_135,
        Cell.ABOUT_TO_SLEEP: 3_339,
        Cell.LOYAL: 3_322,
        Cell.POTENTIAL_LOYALIST: 2_367,
        Cell.NEED_ATTENTION: 960,
        Cell.AT_RISK: 867,
        Cell.CANT_LOSE: 11,
    }


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
