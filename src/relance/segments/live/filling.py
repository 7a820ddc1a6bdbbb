"""Sources of live state filled from history, a slice of positions at a time.

A position is given once and its row never changes but by being deleted, so that slices hold each event exactly once, whatever
is merged or comes in while they are read. Rows bear the person of their moment; the shard knows who that is today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from relance.events.model_tables import EVENTS, roots
from relance.segments.live.books import Book
from relance.segments.live.intake import read_body
from relance.segments.live.leaves import Stream
from relance.segments.live.paged import Ids
from relance.segments.live.runs import is_run_start
from relance.segments.live.shard import Shard
from relance.segments.live.tallies import Tally, reading_of
from relance.segments.query.properties import passes
from relance.segments.query.values import as_amount
from relance.segments.rule.conditions import Behaviour, Happens

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

    def select(self, columns: Sequence[sa.ColumnElement[Any]], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
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
        self._how, self._about = reading_of(condition)

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        found, instants, values = self._read(shard, of, past)
        people, (instants, values) = _living(shard, found, instants, values)
        order = np.lexsort((instants, people))
        people = people[order]
        self._tally.add(people, instants[order], values[order], shard.last)
        return people[is_run_start(people)]

    def _read(self, shard: Shard, of: Slice, past: Columns) -> tuple[Column, Column, Column]:
        """(people, instants, values) of the events that count."""
        bounds = [*_those(self._condition), EVENTS.c.occurred_at > shard.last - self._tally.span]
        columns: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at]
        if not self._tally.looks_inside:
            people, instants = past.arrays(of.select(columns, *bounds))
            return people, instants, np.zeros(people.size, np.int64)
        if self._how == "amount":  # read by the engine: a thing of this shape is most of what tallies are asked for
            amount = as_amount(EVENTS.c.properties, self._about).label("amount")
            read = of.select([*columns, amount], *bounds).subquery("amounts")
            told = sa.select(*read.c).where(read.c.amount.is_not(None))
            people, instants, values = past.arrays(told)
            return people, instants, values.astype(np.int64)
        people, instants, texts = past.arrays(of.select([*columns, EVENTS.c.properties], *bounds))
        counted, values = self._tally.values([read_body(text) for text in texts.tolist()])
        return people[counted], instants[counted], values


class FillBook:
    """Fills the events of a book."""

    def __init__(self, book: Book, step: Happens) -> None:
        self._book = book
        self._step = step

    def fill(self, shard: Shard, of: Slice, past: Columns) -> Ids:
        """Fold a slice in; returns whose events they were, distinct."""
        columns: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at, EVENTS.c.position]
        if self._book.members:
            columns.append(EVENTS.c.properties)
        bounds = [*_those(self._step), EVENTS.c.occurred_at > self._book.since(shard.last)]
        found, *rest = past.arrays(of.select(columns, *bounds))
        people, (instants, positions, *texts) = _living(shard, found, *rest)
        bodies: Iterable[Mapping[str, Any]] = map(read_body, texts[0].tolist()) if texts else ({} for _ in range(people.size))
        told = self._book.told
        events = (told(*each) for each in zip(instants.tolist(), positions.tolist(), bodies, strict=True))
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
    return [EVENTS.c.event == of.event, *(passes(EVENTS.c.properties, each) for each in of.where)]


def _living(shard: Shard, people: Column, *columns: Column) -> tuple[Ids, Sequence[Column]]:
    """Columns of rows with the people that these ids belong to today; who was forgotten is left out."""
    today = shard.root_of(people.astype(np.int64))
    alive = today > 0
    return (today, columns) if alive.all() else (today[alive], [column[alive] for column in columns])
