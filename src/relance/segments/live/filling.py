"""Sources of live state filled from history, a slice of positions at a time.

A position is given once and its row never changes but by being deleted, so that slices hold each event exactly once, whatever
is merged or comes in while they are read. Rows bear the person of their moment; the shard knows who that is today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as Row
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from relance.events.model_tables import EVENTS, roots
from relance.segments.live.bodies import Bodies, read_body
from relance.segments.live.books import Book
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Ids
from relance.segments.live.past import body_of, named
from relance.segments.live.runs import is_run_start
from relance.segments.live.sequences import Steps, mark
from relance.segments.live.shard import Shard
from relance.segments.live.tallies import Tally, reading_of
from relance.segments.query.properties import passes
from relance.segments.rule.conditions import Behaviour, Happens, Sequence

Column = npt.NDArray[Any]


class Columns(Protocol):
    """History, as far as a backfill needs it."""

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...

    def arrays(self, select: sa.Select[Any]) -> list[Column]:
        """The columns of a query's rows, none of which is NULL."""
        ...


class Slice(NamedTuple):
    """The events of an app that a partition settled at positions in (after, upto]."""

    app_id: int
    partition: int
    after: int
    upto: int

    def select(self, columns: Row[sa.ColumnElement[Any]], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        table = EVENTS.c
        mine = (table.app_id == self.app_id, table.partition == self.partition)
        return sa.select(*columns).where(*mine, table.position > self.after, table.position <= self.upto, *conditions)


class Filler(Protocol):
    """Fills one thing that live state keeps."""

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        ...


class FillStream:
    """Fills the instants and totals of a stream."""

    def __init__(self, stream: Stream, condition: Behaviour) -> None:
        self._stream = stream
        self._condition = condition

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        bounds = _those(self._condition)
        if self._stream.totals is None:
            bounds.append(EVENTS.c.occurred_at > shard.last - self._stream.need.span)
        people, instants = past.arrays(of.select((EVENTS.c.person_id, EVENTS.c.occurred_at), *bounds))
        people, (instants,) = _living(shard, people, instants)
        order = np.lexsort((instants, people))
        people, instants = people[order], instants[order]
        self._stream.add(people, instants, shard.last)
        return people[is_run_start(people)]


class FillTally:
    """Fills the pairs of a tally."""

    def __init__(self, tally: Tally, condition: Behaviour) -> None:
        self._tally = tally
        self._condition = condition
        self._is_of_days = reading_of(condition)[0] == "day"

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        bounds = [*_those(self._condition), EVENTS.c.occurred_at > shard.last - self._tally.span]
        columns: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at]
        if self._is_of_days:
            people, instants = past.arrays(of.select(columns, *bounds))
            values = np.zeros(people.size, np.int64)
        else:
            people, instants, texts = past.arrays(of.select([*columns, EVENTS.c.properties], *bounds))
            counted, values = self._tally.read(Bodies(texts.tolist(), self._tally.names))
            people, instants = people[counted], instants[counted]
        people, (instants, values) = _living(shard, people, instants, values)
        order = np.lexsort((instants, people))
        people = people[order]
        self._tally.add(people, instants[order], values[order], shard.last)
        return people[is_run_start(people)]


class FillSteps:
    """Fills the steps of sequences."""

    def __init__(self, steps: Steps, condition: Sequence) -> None:
        self._steps = steps
        self._condition = condition

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        parts = [self._read(event, shard, of, past) for event in self._steps.events]
        found, *rest = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        people, (instants, keys, marks) = _living(shard, found, *rest)
        order = np.lexsort((marks, instants, people))
        people = people[order]
        self._steps.add(people, instants[order], keys[order], marks[order], shard.last)
        return people[is_run_start(people)]

    def _read(self, event: str, shard: Shard, of: Slice, past: Columns) -> tuple[Column, ...]:
        """(people, instants, keys, marks) of the events of a name that are a step."""
        names = self._steps.names(event)
        columns: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at, EVENTS.c.position]
        if names:
            columns.append(EVENTS.c.properties)
        steps = (step for step in (self._condition.first, self._condition.then) if step.event == event)
        either = sa.or_(*(sa.and_(*_those(step)) for step in steps))
        recent = EVENTS.c.occurred_at > shard.last - self._steps.span
        people, instants, positions, *texts = past.arrays(of.select(columns, either, recent))
        bodies = Bodies(texts[0].tolist() if texts else ["{}"] * people.size, names)
        places, keys, roles = self._steps.read(event, bodies)
        return people[places], instants[places], keys, mark(positions[places].astype(np.int64), roles)


class FillBook:
    """Fills the events of a book."""

    def __init__(self, book: Book, step: Happens) -> None:
        self._book = book
        self._step = step

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        columns: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at, EVENTS.c.position]
        if self._book.reads_text:
            columns.append(EVENTS.c[body_of(self._step.event)])
        bounds = [*_those(self._step), EVENTS.c.occurred_at > self._book.since(shard.last)]
        found, *rest = past.arrays(of.select(columns, *bounds))
        people, (instants, positions, *texts) = _living(shard, found, *rest)
        bodies: Iterable[Mapping[str, Any]] = map(read_body, texts[0].tolist()) if texts else ({} for _ in range(people.size))
        told = self._book.told
        events = [told(*each) for each in zip(instants.tolist(), positions.tolist(), bodies, strict=True)]
        if self._book.is_track:
            kept = np.array([event.spot is not None for event in events], np.bool_)
            people, events = people[kept], [event for event in events if event.spot is not None]
        self._book.add(people.tolist(), events, shard.last)
        return np.unique(people)


class FillPeople:
    """Finds everybody who did anything, and when for the first time."""

    newest = 0

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        person, instant = EVENTS.c.person_id, EVENTS.c.occurred_at
        select = of.select((person, sa.func.min(instant), sa.func.max(instant))).group_by(person)
        found, earliest, latest = past.arrays(select)
        people, (earliest, latest) = _living(shard, found, earliest, latest)
        if not people.size:
            return people
        order = np.argsort(people, kind="stable")
        people = people[order]
        self.newest = max(self.newest, int(latest.max()))
        if shard.knows_firsts:
            shard.put_firsts(people, earliest[order])
        people = people[is_run_start(people)]
        shard.known.set(people, True)
        return people


def put_merged(shard: Shard, past: Columns) -> None:
    """Tell a shard that is empty yet who was merged into whom."""
    root = roots()
    people, into = past.arrays(sa.select(root.c.from_id, root.c.root_id).where(root.c.app_id == shard.app_id))
    shard.put_roots(people.astype(np.int64), into.astype(np.int64))


def newest_position(partition: int) -> sa.Select[tuple[int | None]]:
    """The position of the newest event that a partition settled; NULL or 0 where there is none."""
    return sa.select(sa.func.max(EVENTS.c.position)).where(EVENTS.c.partition == partition)


def event_count(of: Slice) -> sa.Select[tuple[int]]:
    """How many events are in a slice."""
    return of.select((sa.func.count(),))


def _those(of: Behaviour | Happens) -> list[sa.ColumnElement[bool]]:
    """The events of its name that pass its predicates."""
    return [named(of.event), *(passes(EVENTS.c.properties, each) for each in of.where)]


def _living(shard: Shard, people: Column, *columns: Column) -> tuple[Ids, Row[Column]]:
    """Columns of rows with the people that these ids belong to today; who was forgotten is left out."""
    today = shard.root_of(people.astype(np.int64))
    alive = today > 0
    return (today, columns) if alive.all() else (today[alive], [column[alive] for column in columns])
