"""Traits read from the texts that they are kept as, for previews."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from relance.core.encoding import to_canonical_json
from relance.events.service import NO_COLUMNS, PropertyColumns
from relance.segments.definition.evaluate import evaluate
from relance.segments.query.preview import preview
from relance.segments.query.traits import signs
from relance.segments.rule.conditions import Predicate
from relance.segments.rule.predicate import matches
from relance.segments.rule.tree import Rule
from tests.unit.segments import every_kind
from tests.unit.segments.everybody import InMemory


class NoHistory:
    """Nobody may ask it."""

    columns: PropertyColumns = NO_COLUMNS

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        raise AssertionError(select)


@pytest.mark.parametrize("is_", sorted(every_kind.WANTED))
def test_whose_traits_have_no_sign_is_answered_like_one_without_traits(is_: str) -> None:
    @given(every_kind.properties, every_kind.WANTED[is_], every_kind.paths)
    def check(traits: dict[str, Any], wanted: Any, path: str) -> None:
        predicate = Predicate(path, is_, tuple(wanted) if isinstance(wanted, list) else wanted)  # type: ignore[arg-type]
        text = to_canonical_json(traits)
        if not any(sign in text for sign in signs(predicate)):
            assert matches(traits, predicate) is matches({}, predicate)

    check()


def only_texts(traits: dict[int, dict[str, Any]]) -> InMemory:
    """People whose whole profiles nobody may ask for."""
    people = InMemory(traits)
    people.profiles = None  # type: ignore[assignment, method-assign]
    return people


@given(
    every_kind.trees(every_kind.traits()).map(every_kind.read),
    st.dictionaries(st.integers(1, 9), every_kind.properties, max_size=7),
    every_kind.starts,
)
def test_a_preview_of_traits_reads_texts_alone_and_finds_whom_the_definition_holds_for(
    rule: Rule, traits: dict[int, dict[str, Any]], now: int
) -> None:
    found = preview(rule, 1, NoHistory(), only_texts(traits), now)
    expected = sorted(person for person, theirs in traits.items() if evaluate(rule, [], theirs, now, person))
    assert (found.count, found.sample) == (len(expected), expected)


def test_a_text_that_a_trait_must_equal_is_looked_for_rather_than_its_name() -> None:
    assert signs(Predicate("plan", "=", 'a "b"')) == (r'"a \"b\""',)
    assert signs(Predicate("plan.kind", "not_in", ("gold", "red"))) == ('"gold"', '"red"')
    assert signs(Predicate("plan", "=", "5")) == signs(Predicate("plan", "in", ("gold", 5))) == ('"plan"',)
