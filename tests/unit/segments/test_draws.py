"""Random parts drawn for many at once: as the definition draws them for each."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relance.segments.definition.evaluate import evaluate
from relance.segments.query.draws import drawn
from relance.segments.rule.conditions import Bucket
from relance.segments.rule.tree import parse_rule

salts = st.one_of(st.none(), st.sampled_from(["100 %d", "%", "été", "a:1"]), st.text(st.characters(codec="utf-8"), min_size=1))
ends = st.lists(st.integers(0, 10_000), min_size=2, max_size=2, unique=True).map(sorted)
people = st.lists(st.integers(1, 2**63 - 1), max_size=200, unique=True)


@given(salts, ends, people)
def test_many_are_drawn_as_each_is(salt: str | None, between: list[int], ids: list[int]) -> None:
    written: dict[str, Any] = {"kind": "bucket", "from": between[0] / 100, "to": between[1] / 100}
    rule = parse_rule(written if salt is None else written | {"salt": salt})
    assert isinstance(rule, Bucket)
    expected = [evaluate(rule, (), {}, 0, person) for person in ids]
    assert drawn(rule, np.array(ids, np.int64)).tolist() == expected


def test_a_part_of_more_than_a_page_has_its_share() -> None:
    rule = parse_rule({"kind": "bucket", "from": 10, "to": 30})
    assert isinstance(rule, Bucket)
    inside = drawn(rule, np.arange(1, 25_001))
    assert abs(int(inside.sum()) / 25_000 - 0.2) < 0.01
    assert [bool(inside[person - 1]) for person in (9_999, 10_001, 25_000)] == [
        evaluate(rule, (), {}, 0, person) for person in (9_999, 10_001, 25_000)
    ]
