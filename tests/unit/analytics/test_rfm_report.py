"""RFM says nothing of few people or a short time, and counts days where the app is."""

from __future__ import annotations

import pytest

from relance.analytics.rfm import Buyer
from relance.analytics.service import day_of, rfm_report, start_of
from relance.core.time import DAY, HOUR


@pytest.mark.parametrize(
    ("people", "days", "ready"),
    [(100, 60, True), (99, 60, False), (100, 59, False), (1, 400, False), (0, 0, False), (500, 400, True)],
)
def test_below_a_hundred_buyers_or_sixty_days_there_are_no_cells(people: int, days: int, ready: bool) -> None:
    buyers = {number: Buyer(1 + number % 3, (days - 1) * DAY) for number in range(people)}
    report = rfm_report("Paid", None, buyers, 0)
    assert (report.ready, len(report.cells), report.people, report.days) == (ready, 10 if ready else 0, people, days)
    assert sum(cell.people for cell in report.cells) == (people if ready else 0)
    assert report.spent is None


def test_what_was_spent_is_told_by_cell() -> None:
    buyers = {number: Buyer(2, number * DAY, 1.5) for number in range(100)}
    report = rfm_report("Paid", "total", buyers, 0)
    assert report.spent == 150
    assert sum(cell.spent or 0 for cell in report.cells) == 150


def test_days_begin_where_the_app_is() -> None:
    """The evening of the 31st in Auckland, while it is still the 31st at noon in London; summer time has days of 23 hours."""
    auckland = day_of("Pacific/Auckland")
    noon = 12 * HOUR
    assert (auckland(noon - 1), auckland(noon)) == (0, 1)
    paris, begins = day_of("Europe/Paris"), start_of("Europe/Paris")
    for day in range(20_000, 20_400):
        assert paris(begins(day)) == day
        assert paris(begins(day) - 1) == day - 1
    lengths = {begins(day + 1) - begins(day) for day in range(20_000, 20_400)}
    assert lengths == {23 * HOUR, 24 * HOUR, 25 * HOUR}
