"""Conditions that do not depend on events: tests on traits, and random buckets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from relance.segments.definition.evaluate import evaluate
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import Bools, Ids, Instants, PersonColumn
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.query.draws import drawn
from relance.segments.query.spots import decider
from relance.segments.rule.conditions import Bucket, OnTraits, Relative, Trait
from relance.segments.rule.predicate import turns_at

_UNKNOWN = -1


class TraitLeaf:
    """A distinct condition on traits: whether it holds for each person, and when a moment relative to now passes it."""

    def __init__(self, number: int, condition: OnTraits) -> None:
        self.number = number
        self._moving = condition if isinstance(condition, Trait) and isinstance(condition.value, Relative) else None
        self._after_turn = self._moving is not None and self._moving.is_ == "before"  # instants before it have passed
        self._decide = decider(condition)
        self.answers = TruthColumn(evaluate(condition, (), {}, 0), timed=self._moving is not None)

    def update(self, people: Ids, traits: Collection[Mapping[str, Any]], instants: Instants) -> tuple[Ids, Instants, Ids]:
        """Decide again for people with these traits. Returns what ``Leaf.update`` returns."""
        if self._moving is None:
            return self.answers.put(people, self._decide(traits)), *self.answers.schedule(people[:0], instants[:0])
        turns = [turns_at(found, self._moving.predicate) for found in traits]
        due = np.array([NEVER if turn is None else turn for turn in turns], np.int64)
        passed = due <= instants
        truth = np.where(passed, self._after_turn, not self._after_turn) & (due != NEVER)
        return self.answers.put(people, truth), *self.answers.reschedule(people, np.where(passed, NEVER, due))

    def turn(self, people: Ids) -> Ids:
        """Their moment has passed; returns where the answer changed."""
        return self.answers.put(people, np.full(people.size, self._after_turn))


class BucketLeaf:
    """A distinct random bucket, determined by ids: drawn on first use."""

    def __init__(self, condition: Bucket) -> None:
        self._condition = condition
        self._drawn = PersonColumn(np.int8, _UNKNOWN)

    def get(self, people: Ids) -> Bools:
        """Which of these people are in it."""
        known = self._drawn.get(people)
        missing = people[known == _UNKNOWN]
        if missing.size:
            self._drawn.set(missing, drawn(self._condition, missing))
            known = self._drawn.get(people)
        inside: Bools = known == 1
        return inside

    def dense(self, known: Bools) -> Bools | None:
        """Which people, by id, are in it; None if some who are ``known`` have not been drawn yet."""
        held = self._drawn.dense(known.size)[: known.size]
        return None if (known & (held == _UNKNOWN)).any() else held == 1

    @property
    def nbytes(self) -> int:
        return self._drawn.nbytes
