"""Ids computed from their cause."""

from __future__ import annotations

from itertools import product

from relance.core.ids import stable_beginning


def test_each_cause_has_an_id_of_its_own_and_the_same_again() -> None:
    causes = [(("segment_entered", 7, 12), 3, 1_700), (("segment_entered", 7, 1), 23, 1_700), (("segment_left", 7, 12), 3, 1_700)]
    causes += [(("segment_entered", 7, 12), one, other) for one, other in product((1, 11, 31), (1, 11, 700_000_000_000))]
    ids = [f"{stable_beginning(*parts)}-{one}-{other}" for parts, one, other in causes]
    assert len(set(ids)) == len(causes)
    assert ids == [f"{stable_beginning(*parts)}-{one}-{other}" for parts, one, other in causes]
