"""Who a rule would hold now, without keeping it live: counts from history, traits from profiles, the tree over both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from relance.segments.compile import column, counts, everybody
from relance.segments.conditions import Behaviour, Trait
from relance.segments.live.building import Past
from relance.segments.live.paged import Bools, Ids
from relance.segments.model import Preview
from relance.segments.needs import leaf_key
from relance.segments.predicate import matches
from relance.segments.rule import All, Any_, Not, Rule, conditions

SAMPLE = 20

Profiles = Iterable[tuple[int, Mapping[str, Any]]]


def preview(rule: Rule, app_id: int, past: Past, profiles: Profiles, now: int) -> Preview:
    """How many people fulfil the rule at ``now``, and the first of their ids."""
    traits = dict(profiles)
    people = np.array(sorted({row[0] for row in past.run(everybody(app_id, now))} | traits.keys()), np.int64)
    answers = _behaviours(rule, app_id, past, people, now)
    for leaf in conditions(rule):
        if isinstance(leaf, Trait):
            truth = (matches(traits.get(person, {}), leaf.predicate) for person in people.tolist())
            answers[leaf_key(leaf)] = np.fromiter(truth, np.bool_, people.size)
    inside = people[_tree(rule, answers)]
    return Preview(int(inside.size), inside[:SAMPLE].tolist())


def _behaviours(rule: Rule, app_id: int, past: Past, people: Ids, now: int) -> dict[str, Bools]:
    """The truth of every condition on behaviour, in the order of ``people``."""
    leaves = [leaf for leaf in conditions(rule) if isinstance(leaf, Behaviour)]
    query = counts(leaves, app_id, now)
    if query is None:
        return {}
    rows = past.run(query)
    names = list(query.selected_columns.keys())
    table = np.array(rows, np.int64).reshape(-1, len(names))
    places = np.searchsorted(people, table[:, 0])
    answers: dict[str, Bools] = {}
    for leaf in leaves:
        count = np.zeros(people.size, np.int64)
        count[places] = table[:, names.index(column(leaf))]
        low, high = leaf.bounds
        answers[leaf_key(leaf)] = (count >= low) & (True if high is None else count <= high)
    return answers


def _tree(rule: Rule, answers: Mapping[str, Bools]) -> Bools:
    if isinstance(rule, Not):
        return ~_tree(rule.part, answers)
    if isinstance(rule, All | Any_):
        combine = np.logical_and if isinstance(rule, All) else np.logical_or
        answer: Bools = combine.reduce([_tree(part, answers) for part in rule.parts])
        return answer
    return answers[leaf_key(rule)]
