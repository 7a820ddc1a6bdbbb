"""What an edit of a segment changed, for people: conditions added and removed, and other differences. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from relance.core.encoding import to_canonical_json
from relance.segments.rule.conditions import Trait
from relance.segments.rule.tree import All, Any_, Not, Rule, canonical, conditions, to_data


class Renaming(msgspec.Struct, frozen=True):
    """The name before and after."""

    before: str
    after: str


class Difference(msgspec.Struct, frozen=True):
    """From one version to the next. ``added`` and ``removed`` are conditions, as written.

    ``regrouped`` is true if the remaining conditions are combined differently (and, or, not); ``meaning_changed`` is false if
    only spelling or order differ.
    """

    renamed: Renaming | None
    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    regrouped: bool
    meaning_changed: bool


def difference(name_before: str, before: Rule, name_after: str, after: Rule) -> Difference:
    """The difference between two versions of a segment."""
    old, new = _by_meaning(before), _by_meaning(after)
    kept = old.keys() & new.keys()
    names = {to_canonical_json(canonical(_name_of(form))) for form in kept}
    return Difference(
        renamed=None if name_before == name_after else Renaming(name_before, name_after),
        added=_missing_from(kept, new),
        removed=_missing_from(kept, old),
        regrouped=_shape(canonical(_named(before)), names) != _shape(canonical(_named(after)), names),
        meaning_changed=canonical(before) != canonical(after),
    )


def _by_meaning(rule: Rule) -> dict[str, dict[str, Any]]:
    """Each condition once, by its canonical form."""
    return {to_canonical_json(canonical(each)): to_data(each) for each in conditions(rule)}


def _named(rule: Rule) -> Rule:
    """The rule with one leaf per condition: shorthand may expand to a group or a negation."""
    if isinstance(rule, All | Any_):
        return type(rule)(tuple(map(_named, rule.parts)))
    return Not(_named(rule.part)) if isinstance(rule, Not) else _name_of(to_canonical_json(canonical(rule)))


def _name_of(form: str) -> Trait:
    return Trait(form, "exists")


def _missing_from(kept: Iterable[str], found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    known = set(kept)
    return [data for key, data in found.items() if key not in known]


def _shape(form: Any, kept: Iterable[str]) -> Any:
    """How the remaining conditions are combined: a canonical form without all others, and without groups of one."""
    known = set(kept)
    if form[0] == "not":
        inner = _shape(form[1], known)
        if inner is None:
            return None
        return inner[1] if inner[0] == "not" else ["not", inner]
    if form[0] in ("all", "any"):
        shapes = [shape for shape in (_shape(each, known) for each in form[1:]) if shape is not None]
        parts = [part for shape in shapes for part in (shape[1:] if shape[0] == form[0] else [shape])]
        if len(parts) <= 1:
            return parts[0] if parts else None
        return [form[0], *sorted(parts, key=to_canonical_json)]
    return form if to_canonical_json(form) in known else None
