"""Live segments, and changes of their members."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from relance.segments.live.changes.truth_changes import StateAt, TimePointCodec, TruthChanges, TruthReader
from relance.segments.live.columns.person_column import Bools, Ids, PersonColumn
from relance.segments.live.columns.runs import is_run_start, lasts_of
from relance.segments.live.columns.truth_column import TruthColumn
from relance.segments.rule.conditions import Bucket
from relance.segments.rule.tree import All, Any_, Not, Rule, conditions


class Looked(Protocol):
    """The truth of leaves for some people, at some time."""

    people: Ids

    def truth(self, answers: TruthColumn, /) -> Bools:
        """For which of ``people`` a leaf holds."""
        ...


class ConditionIndex(Protocol):
    """The truth of each condition for everybody."""

    def compile(self, rule: Rule) -> Callable[[Looked], Bools]:
        """Compile the rule to a function that returns who matches, given the truth of its leaves."""
        ...


class LiveSegment:
    """A live segment: its rule over the app's leaves, and its members."""

    def __init__(self, segment_id: int, rule: Rule, digest: str, index: ConditionIndex) -> None:
        self.id = segment_id
        self.rule = rule
        self.digest = digest
        self.member = PersonColumn(np.bool_, False)
        self.size = 0
        self.decide = index.compile(rule)
        # Nobody has the id 0: no events, no traits. In a random bucket, however, each stranger is drawn by their own id.
        by_id = any(isinstance(each, Bucket) for each in conditions(rule))
        self.is_one_condition = not by_id and not isinstance(rule, All | Any_ | Not)
        self.holds_for_strangers = by_id or bool(self.decide(TruthReader(np.zeros(1, np.int64)))[0])

    def put(self, people: Ids, inside: Bools) -> Ids:
        """Set the membership of these (distinct) people; returns where it changed."""
        changed: Ids = (self.member.get(people) != inside).nonzero()[0]
        if changed.size:
            answers = inside[changed]
            self.member.set(people[changed], answers)
            self.size += 2 * int(np.count_nonzero(answers)) - changed.size
        return changed

    def moved_since(self, members: Ids) -> tuple[Ids, Bools]:
        """The net changes of these (distinct) people since they were its members: entered (True) and left."""
        inside = np.array(self.member.where_true(), np.int64)
        came, went = np.setdiff1d(inside, members), np.setdiff1d(members, inside)
        return np.concatenate([came, went]), np.arange(came.size + went.size) < came.size

    def follow(self, codec: TimePointCodec, truth_changes: TruthChanges) -> TruthChanges:
        """For a rule of a single condition: membership follows the condition."""
        people = codec.people(truth_changes.moments)
        lasts = lasts_of(people)
        self.put(people[lasts], truth_changes.truth[lasts])
        return truth_changes

    def move(
        self,
        codec: TimePointCodec,
        moments: Ids,
        truth_changes: Mapping[TruthColumn, TruthChanges],
        used: Sequence[TruthChanges],
        known: Callable[[Ids], Bools],
    ) -> TruthChanges:
        """Re-evaluate at these moments, ascending; ``used`` are the changes of its rule's leaves, ``known`` who was known
        when.
        """
        state_at = StateAt(codec, moments, truth_changes)
        inside = self.decide(state_at) & known(moments)
        people = state_at.people
        before = np.append(False, inside[:-1])
        firsts, lasts = is_run_start(people).nonzero()[0], lasts_of(people)
        before[firsts] = self.member.get(people[firsts])
        changed = (inside != before).nonzero()[0]
        self.put(people[lasts], inside[lasts])
        moments = moments[changed]
        by_time = np.zeros(moments.size, np.bool_)
        for each in used:
            if each.by_time.any():
                by_time |= np.isin(moments, each.moments[each.by_time])
        return TruthChanges(moments, inside[changed], by_time)
