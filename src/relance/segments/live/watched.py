"""Segments that are kept live, and what changed in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from relance.segments.live.paged import Bools, Ids, Instants, Paged
from relance.segments.model import Change
from relance.segments.rule.conditions import Bucket
from relance.segments.rule.tree import Rule, conditions


class Board(Protocol):
    """Where each condition stands for everybody."""

    def compile(self, rule: Rule) -> Callable[[Ids], Bools]:
        """A function that says for an array of people who fulfils the rule, as the conditions stand."""
        ...


class Changes(NamedTuple):
    """Changes of one segment, as parallel columns."""

    segment_id: int
    people: Ids
    entered: Bools
    occurred_at: Instants
    late: Bools


class Watched:
    """A segment that is kept live: its rule over the app's leaves, and who is in."""

    def __init__(self, segment_id: int, rule: Rule, digest: str, board: Board) -> None:
        self.id = segment_id
        self.rule = rule
        self.digest = digest
        self.member = Paged(np.bool_, False)
        self.size = 0
        self.decide = board.compile(rule)
        # Nobody has the id 0: no events, no traits. But in a random part each stranger is by an id of their own, or not.
        by_id = any(isinstance(each, Bucket) for each in conditions(rule))
        self.holds_for_strangers = by_id or bool(self.decide(np.zeros(1, np.int64))[0])

    def put(self, people: Ids, inside: Bools) -> Ids:
        """Set who of these (distinct) people is in; returns where that changed."""
        changed: Ids = (self.member.get(people) != inside).nonzero()[0]
        if changed.size:
            answers = inside[changed]
            self.member.set(people[changed], answers)
            self.size += 2 * int(np.count_nonzero(answers)) - changed.size
        return changed


def in_order_of_time(found: Sequence[tuple[int, Changes]]) -> list[Change]:
    """(app, changes of one segment) as single changes: by instant, then app, person and segment."""
    if not found:
        return []
    sizes = [each.people.size for _, each in found]
    apps = np.repeat([app_id for app_id, _ in found], sizes)
    segments = np.repeat([each.segment_id for _, each in found], sizes)
    people = np.concatenate([each.people for _, each in found])
    entered = np.concatenate([each.entered for _, each in found])
    instants = np.concatenate([each.occurred_at for _, each in found])
    late = np.concatenate([each.late for _, each in found])
    order = np.lexsort((segments, people, apps, instants))
    columns = (column[order].tolist() for column in (apps, segments, people, entered, instants, late))
    return list(map(Change, *columns))
