"""Percentiles of durations, from a histogram."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relance.worker.latency import Histogram


def test_an_empty_histogram_knows_no_percentile() -> None:
    assert Histogram().percentile(0.99) is None


@given(st.lists(st.floats(min_value=1, max_value=1e6), min_size=1, max_size=200), st.floats(min_value=0.01, max_value=1))
def test_a_percentile_is_right_within_a_tenth(durations: list[float], share: float) -> None:
    histogram = Histogram()
    for duration in durations:
        histogram.add(duration)
    wanted = max(1, -(-len(durations) * share // 1))
    exact = sorted(durations)[int(wanted) - 1]
    found = histogram.percentile(share)
    assert found is not None
    assert exact * 0.99 <= found + 0.1
    assert found <= exact * 1.1 + 0.1
