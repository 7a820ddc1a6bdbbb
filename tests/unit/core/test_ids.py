"""Ids computed from their cause."""

from __future__ import annotations

from relance.core.ids import stable_id, stable_ids


def test_many_ids_of_one_beginning_are_those_made_one_by_one() -> None:
    of = stable_ids("segment_entered", 7, 12)
    assert of(3, 1_700_000_000_000) == stable_id("segment_entered", 7, 12, 3, 1_700_000_000_000)
    assert of(31, 700_000_000_000) != of(3, 1_700_000_000_000)
