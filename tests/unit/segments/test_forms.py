"""Kinds of conditions as forms: complete, and what a new condition begins with is a rule once it is filled in."""

from __future__ import annotations

from typing import Any

import pytest

from relance.core.forms import FieldForm, KindForm, Role, kind_form
from relance.segments.rule.conditions import KINDS, Rhythm
from relance.segments.rule.forms import HINTS, condition_forms
from relance.segments.rule.tree import parse_rule

FORMS = {each.kind: each for each in condition_forms()}
FILLED: dict[Role, Any] = {
    Role.EVENT: "Bought", Role.TRAIT: "plan", Role.TEST: "pro", Role.FACT: "FR", Role.SEGMENT: 7, Role.LIST: 7,
    Role.HAPPENS: {"event": "Bought"}, Role.DEVICE: [{"name": "os", "is": "=", "value": "iOS"}],
    Role.AREA: {"latitude": 48.85, "longitude": 2.35, "radius": 5_000},
}  # fmt: skip


def is_empty(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(is_empty, value.values() if isinstance(value, dict) else value))
    return bool(value == "")


def begun(form: KindForm) -> dict[str, Any]:
    """A new condition, with what is empty filled in as somebody would."""
    values = {each.name: FILLED[each.role] if is_empty(each.begins) else each.begins for each in form.fields}
    return {"kind": form.kind, **{name: value for name, value in values.items() if value is not None}}


def test_every_kind_has_a_form() -> None:
    assert HINTS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_condition_is_a_rule_once_it_is_filled_in(kind: str) -> None:
    assert isinstance(parse_rule(begun(FORMS[kind])), KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_what_must_be_given_is_begun_with(kind: str) -> None:
    assert [each.name for each in FORMS[kind].fields if each.required and each.begins is None] == []


def test_a_field_says_what_it_holds() -> None:
    (times,) = FORMS["rhythm"].fields
    assert times == FieldForm("times", Role.NUMBER, True, None, 3, [], 0.1, 100)
    did = FORMS["message"].fields[0]
    assert (did.role, did.choices[:3]) == (Role.CHOICE, ["received", "shown", "opened"])


def test_a_form_that_misses_a_field_is_refused() -> None:
    with pytest.raises(KeyError, match="times"):
        kind_form("rhythm", Rhythm, {})
