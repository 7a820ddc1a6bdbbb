"""Who a rule would hold now, without keeping it live: events from history, traits from profiles, the tree over both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from relance.segments.definition.evaluate import evaluate
from relance.segments.model import Preview
from relance.segments.query.compile import answers, name_of
from relance.segments.rule.conditions import Bucket, Trait
from relance.segments.rule.predicate import matches
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions

SAMPLE = 20
SPREAD = 10_000  # people, for estimates

Profiles = Iterable[tuple[int, Mapping[str, Any]]]
Ids = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Past(Protocol):
    """History, as far as a preview needs it."""

    def arrays(self, select: sa.Select[Any]) -> list[npt.NDArray[Any]]:
        """The columns of a query's rows."""
        ...


def preview(rule: Rule, app_id: int, past: Past, profiles: Profiles, now: int) -> Preview:
    """How many of these people fulfil the rule, written out, at ``now``, and the first of their ids.

    ``profiles`` are all people of the app; without conditions on traits (``asks_for_traits``) theirs may be left empty.
    """
    traits = dict(profiles)
    people = np.sort(np.fromiter(traits, np.int64, len(traits)))
    truths = _of_events(rule, app_id, past, people, now)
    for leaf in conditions(rule):
        if isinstance(leaf, Trait):
            truths[name_of(leaf)] = _of_traits(leaf, people, traits, now)
        elif isinstance(leaf, Bucket):
            drawn = (evaluate(leaf, (), {}, now, person) for person in people.tolist())
            truths[name_of(leaf)] = np.fromiter(drawn, np.bool_, people.size)
    inside = people[_tree(rule, truths)]
    return Preview(int(inside.size), inside[:SAMPLE].tolist(), inside[:: max(1, -(-inside.size // SPREAD))].tolist())


def _of_events(rule: Rule, app_id: int, past: Past, people: Ids, now: int) -> dict[str, Bools]:
    """The truth of every condition on events, in the order of ``people``."""
    truths: dict[str, Bools] = {}
    for found in answers(rule, app_id, now):
        names = list(found.select.selected_columns.keys())
        columns = dict(zip(names, past.arrays(found.select), strict=True))
        places, present = _places(people, columns["person_id"].astype(np.int64))
        for name, otherwise in found.otherwise.items():
            truth = np.full(people.size, otherwise, np.bool_)
            truth[places] = columns[name][present]
            truths[name] = truth
    return truths


def _places(people: Ids, some: Ids) -> tuple[Ids, Bools]:
    """Where some people stand, and who of them is there at all: history is ahead of the state while a tick commits."""
    places = np.searchsorted(people, some)
    present: Bools = places < people.size
    present[present] = people[places[present]] == some[present]
    return places[present], present


def asks_for_traits(rule: Rule) -> bool:
    """Whether the answer hangs on profiles."""
    return any(isinstance(leaf, Trait) for leaf in conditions(rule))


def _of_traits(leaf: Trait, people: Ids, traits: Mapping[int, Mapping[str, Any]], now: int) -> Bools:
    """The truth of a test of a trait; who has none is tested once."""
    truth = np.full(people.size, matches({}, leaf.predicate, now), np.bool_)
    found = (matches(each, leaf.predicate, now) for each in traits.values())
    places = np.searchsorted(people, np.fromiter(traits, np.int64, len(traits)))
    truth[places] = np.fromiter(found, np.bool_, len(traits))
    return truth


def _tree(rule: Rule, truths: Mapping[str, Bools]) -> Bools:
    if isinstance(rule, Not):
        return ~_tree(rule.part, truths)
    if isinstance(rule, All | Any_):
        combine = np.logical_and if isinstance(rule, All) else np.logical_or
        answer: Bools = combine.reduce([_tree(part, truths) for part in rule.parts])
        return answer
    return truths[name_of(rule)]
