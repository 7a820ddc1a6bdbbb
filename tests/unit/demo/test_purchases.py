"""The CDNOW file, read as it is."""

from __future__ import annotations

from datetime import date

import pytest

from relance.demo.purchases import read_purchases


@pytest.mark.slow
def test_every_line_is_a_purchase_of_its_own_moved_by_the_same_days() -> None:
    purchases = read_purchases(date(2026, 11, 22))
    assert len(purchases) == 69_659
    assert len({each.customer for each in purchases}) == 23_570
    assert len({each.message_id for each in purchases}) == 69_659
    assert max(each.day for each in purchases) == date(2026, 11, 22)
    assert (max(each.day for each in purchases) - min(each.day for each in purchases)).days == 545
    same = len(purchases) - len({(each.customer, each.day, each.quantity, each.total) for each in purchases})
    assert same == 255
