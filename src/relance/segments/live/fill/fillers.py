"""Fills the sources of live state from history, a slice of positions at a time.

Positions are assigned once, and a row never changes except by deletion, so that slices contain each event exactly once, whatever
is merged or arrives while they are read. Rows carry the person of their time; the shard maps it to the current one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Row
from itertools import repeat
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from relance.core.places import Spot
from relance.events.model_tables import EVENTS, MERGED, roots
from relance.events.service import PropertyColumns
from relance.segments.definition.evaluate import RuleEvent
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.columns.person_column import Ids
from relance.segments.live.columns.property_columns import amounts, read_body
from relance.segments.live.columns.runs import distinct, is_run_start
from relance.segments.live.columns.value_hash import Identities
from relance.segments.live.fill.history_queries import body_of, named, taken_over
from relance.segments.live.kernel.window_scan import FIRST, THEN
from relance.segments.live.shard import GONE, Shard
from relance.segments.live.sources.aggregates import AggregateNeed, AggregateSource, reading_of
from relance.segments.live.sources.counts import CountNeed, CountSource
from relance.segments.live.sources.event_lists import EventListNeed, EventListSource
from relance.segments.live.sources.locations import spot_in
from relance.segments.live.sources.sequences import SequenceNeed, SequenceSource, mark
from relance.segments.live.sources.source import Source, SourceNeed
from relance.segments.query.found import EventProperties
from relance.segments.query.properties import passes
from relance.segments.query.values import as_number, identity, read_identity
from relance.segments.rule.conditions import Behaviour, Happens, Sequence
from relance.segments.rule.window import EVER

Column = npt.NDArray[Any]
SLICE = 1_000_000  # positions read at a time, if only numbers are read
TEXT_SLICE = 250_000  # texts are Python objects, which hold the interpreter: smaller slices, so that ticks can run in between
LINES = 20_000  # people whose events are put into an event list at a time
NOTHING_YET = -1  # before the first position
_NO_PROPERTIES: dict[str, Any] = {}


class ColumnHistory(Protocol):
    """What a backfill needs of history."""

    @property
    def columns(self) -> PropertyColumns:
        """Which properties can be read from columns."""
        ...

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        ...

    def arrays(self, select: sa.Select[Any]) -> list[Column]:
        """The columns of a query's rows, none of which is NULL."""
        ...


class Slice(NamedTuple):
    """The events of an app that a partition settled at positions in (after, upto].

    With several partitions, excluding people taken over by ``merges`` at positions in (first, second]; with ``of_taken``, all
    events ever of those people, anywhere, up to ``upto``.
    """

    app_id: int
    partition: int
    after: int
    upto: int
    merges: tuple[int, int] | None = None
    of_taken: bool = False

    def select(self, columns: Row[sa.ColumnElement[Any]], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        table = EVENTS.c
        mine = [table.app_id == self.app_id, table.position > self.after, table.position <= self.upto]
        if not self.of_taken:
            mine.append(table.partition == self.partition)
        if self.merges is not None:
            taken = table.person_id.in_(taken_over(self.app_id, self.partition, *self.merges))
            mine.append(taken if self.of_taken else ~taken)
        return sa.select(*columns).where(*mine, *conditions)

    def read(self, past: ColumnHistory, make: Callable[[PropertyColumns], sa.Select[Any]]) -> list[Column]:
        """The columns of a query, which is rebuilt if the property columns it used have disappeared meanwhile."""
        columns = past.columns
        try:
            return past.arrays(make(columns))
        except Exception:  # each engine has errors of its own
            if past.columns == columns:
                raise
            return past.arrays(make(past.columns))

    def those(self, of: Behaviour | Happens, columns: PropertyColumns) -> list[sa.ColumnElement[bool]]:
        """The conditions for the events of its name that pass its predicates."""
        properties = self.properties(of.event, columns)
        return [named(of.event, columns), *(passes(properties, each) for each in of.where)]

    def properties(self, event: str, columns: PropertyColumns) -> EventProperties:
        """The properties of events of a name."""
        return EventProperties(EVENTS, self.app_id, event, columns)


class Filler(Protocol):
    """Fills one source of live state."""

    after: int
    reads_text: bool

    def fill(self, shard: Shard, of: Slice, past: ColumnHistory) -> Ids:
        """Fold a slice; returns the distinct people of its events."""
        ...

    def finish(self, now: int) -> Iterator[None]:
        """All initial slices are folded: process what was set aside, a little at a time."""
        ...


def width_for(fillers: Row[Filler]) -> int:
    """How many positions to read at a time."""
    return TEXT_SLICE if any(each.reads_text for each in fillers) else SLICE


def filler_of(source: Source, need: SourceNeed, after: int = NOTHING_YET) -> Filler:
    """The filler of a source that holds the events up to a position, or nothing yet."""
    if isinstance(source, CountSource) and isinstance(need, CountNeed):
        return FillCounts(source, need.condition, after)
    if isinstance(source, AggregateSource) and isinstance(need, AggregateNeed):
        return FillAggregates(source, need.condition, after)
    if isinstance(source, SequenceSource) and isinstance(need, SequenceNeed):
        return FillSequences(source, need.condition, after)
    if isinstance(source, EventListSource) and isinstance(need, EventListNeed):
        return FillEventList(source, need.step, after)
    raise TypeError(need)


class FillCounts:
    """Fills the instants and totals of a stream."""

    reads_text = False

    def __init__(self, stream: CountSource, condition: Behaviour, after: int) -> None:
        self.after = after
        self._stream = stream
        self._condition = condition

    def fill(self, shard: Shard, of: Slice, past: ColumnHistory) -> Ids:
        """Fold a slice; returns the distinct people of its events."""
        recent = [] if self._stream.totals is not None else [EVENTS.c.occurred_at > shard.last - self._stream.need.span]
        selected = (EVENTS.c.person_id, EVENTS.c.occurred_at)
        people, instants = of.read(past, lambda columns: of.select(selected, *of.those(self._condition, columns), *recent))
        people, (instants,) = _living(shard, people, instants)
        order = np.lexsort((instants, people))
        people, instants = people[order], instants[order]
        self._stream.add(people, instants, instants, instants, shard.last)
        return people[is_run_start(people)]

    def finish(self, now: int) -> Iterator[None]:  # noqa: ARG002 - nothing was kept aside
        """Nothing is left to do."""
        yield from ()


class FillAggregates:
    """Fills the pairs of an aggregate source. The engine reads the values, so that no JSON is decoded here."""

    def __init__(self, tally: AggregateSource, condition: Behaviour, after: int) -> None:
        self.after = after
        self.reads_text = tally.is_keyed
        self._tally = tally
        self._condition = condition
        self._how, self._about = reading_of(condition)

    def fill(self, shard: Shard, of: Slice, past: ColumnHistory) -> Ids:
        """Fold a slice; returns the distinct people of its events."""
        since = shard.last - self._tally.span
        people, instants, *read = of.read(past, lambda columns: self._select(of, columns, since))
        if self._how == "day":
            values: Column = np.zeros(people.size, np.int64)
        elif self._how == "identity":
            values = _bits(read[0], shard.identities)
        elif self._how == "number":
            values = read[0].astype(np.float64).view(np.int64)
        else:
            places, values = amounts(read[0])
            people, instants = people[places], instants[places]
        people, (instants, values) = _living(shard, people, instants, values)
        order = np.lexsort((instants, people))
        people, instants, values = people[order], instants[order], values[order]
        values = self._tally.values_of(values, instants)
        self._tally.add(people, instants, values, values, shard.last)
        return people[is_run_start(people)]

    def finish(self, now: int) -> Iterator[None]:  # noqa: ARG002 - nothing was kept aside
        """Nothing is left to do."""
        yield from ()

    def _select(self, of: Slice, columns: PropertyColumns, since: int) -> sa.Select[Any]:
        selected: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at]
        bounds = [*of.those(self._condition, columns), EVENTS.c.occurred_at > since]
        if self._how == "day":
            return of.select(selected, *bounds)
        read = identity if self._how == "identity" else as_number
        value = read(of.properties(self._condition.event, columns), self._about)
        return _with_value(of.select([*selected, value.label("value")], *bounds))


class FillSequences:
    """Fills the steps of sequences."""

    def __init__(self, steps: SequenceSource, condition: Sequence, after: int) -> None:
        self.after = after
        self.reads_text = steps.is_keyed
        self._steps = steps
        self._condition = condition

    def fill(self, shard: Shard, of: Slice, past: ColumnHistory) -> Ids:
        """Fold a slice; returns the distinct people of its events."""
        parts = [self._read(event, shard, of, past) for event in self._steps.events]
        found, *rest = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        people, (instants, keys, marks) = _living(shard, found, *rest)
        order = np.lexsort((marks, instants, people))
        people = people[order]
        self._steps.add(people, instants[order], keys[order], marks[order], shard.last)
        return people[is_run_start(people)]

    def finish(self, now: int) -> Iterator[None]:  # noqa: ARG002 - nothing was kept aside
        """Nothing is left to do."""
        yield from ()

    def _read(self, event: str, shard: Shard, of: Slice, past: ColumnHistory) -> tuple[Column, ...]:
        """(people, instants, keys, marks) of the events of a name that are a step."""
        since = shard.last - self._steps.span
        people, instants, positions, roles, *values = of.read(past, lambda columns: self._select(event, of, columns, since))
        keys = _bits(values[0], shard.identities) if values else np.zeros(people.size, np.int64)
        return people, instants, keys, mark(positions.astype(np.int64), roles.astype(np.int64))

    def _select(self, event: str, of: Slice, columns: PropertyColumns, since: int) -> sa.Select[Any]:
        steps = [(FIRST, self._condition.first), (THEN, self._condition.then)]
        tests = {role: sa.and_(*of.those(step, columns)) for role, step in steps if step.event == event}
        roles = sum((sa.case((test, role), else_=0) for role, test in tests.items()), start=sa.literal(0))
        selected = [EVENTS.c.person_id, EVENTS.c.occurred_at, EVENTS.c.position, roles.label("roles")]
        bounds = [named(event), sa.or_(*tests.values()), EVENTS.c.occurred_at > since]
        if self._condition.on is None:
            return of.select(selected, *bounds)
        key = identity(of.properties(event, columns), self._condition.on)
        return _with_value(of.select([*selected, key.label("value")], *bounds))


class FillEventList:
    """Fills an event list: events are set aside as columns until all are read, since most may be older than it needs."""

    def __init__(self, event_list: EventListSource, step: Happens, after: int) -> None:
        self.after = after
        self.reads_text = event_list.reads_text
        self._list = event_list
        self._step = step
        self._aside: list[tuple[Column, ...]] | None = [] if after == NOTHING_YET else None

    def fill(self, shard: Shard, of: Slice, past: ColumnHistory) -> Ids:
        """Fold a slice; returns the distinct people of its events: none while they are set aside."""
        since = self._list.since(shard.last)
        bounds = [] if since == EVER else [EVENTS.c.occurred_at > since]
        found, *rest = of.read(past, lambda columns: of.select(self._selected(columns), *of.those(self._step, columns), *bounds))
        people, columns = _living(shard, found, *rest)
        if self._list.is_track and len(columns) == 3:
            people, columns = _spotted(people, *columns)
        if self._aside is not None:
            self._aside.append((people, *columns))
            return people[:0]
        self._list.add(people.tolist(), self._events(*columns), shard.last)
        return distinct(people)

    def _selected(self, columns: PropertyColumns) -> list[sa.ColumnElement[Any]]:
        """Person, instant and position; then what is needed of an event: its text, or its location."""
        selected: list[sa.ColumnElement[Any]] = [EVENTS.c.person_id, EVENTS.c.occurred_at, EVENTS.c.position]
        if self._list.is_track and columns.places:
            return [*selected, EVENTS.c.latitude, EVENTS.c.longitude]
        return [*selected, EVENTS.c[body_of(self._step.event)]] if self._list.reads_text else selected

    def finish(self, now: int) -> Iterator[None]:
        """Put each person's events into the list."""
        aside, self._aside = self._aside, None
        if aside is None:
            return
        self._list.begin(now)
        if not aside:
            return
        people, instants, positions, *contents = (np.concatenate(columns) for columns in zip(*aside, strict=True))
        aside.clear()
        order = np.lexsort((positions, instants, people))
        kept = order[self._list.reaches(people[order], instants[order], now)]
        ends = np.append(is_run_start(people[kept]).nonzero()[0], kept.size)
        for first in range(0, ends.size - 1, LINES):
            bounds = ends[first : first + LINES + 1]
            chosen = kept[bounds[0] : bounds[-1]]
            events = list(self._events(instants[chosen], positions[chosen], *(each[chosen] for each in contents)))
            cuts = (bounds - bounds[0]).tolist()
            whose = people[kept[bounds[:-1]]].tolist()
            self._list.put((person, events[begin:end]) for person, begin, end in zip(whose, cuts[:-1], cuts[1:], strict=True))
            yield

    def _events(self, instants: Column, positions: Column, *contents: Column) -> Iterator[RuleEvent]:
        """``contents`` are texts, or latitudes and longitudes."""
        if len(contents) == 1:
            return map(self._list.event_of, instants.tolist(), positions.tolist(), map(read_body, contents[0].tolist()))
        bare = repeat(self._list.event), instants.tolist(), positions.tolist(), repeat(_NO_PROPERTIES)
        return map(RuleEvent, *bare, *([map(Spot, *(each.tolist() for each in contents))] if contents else []))


def _spotted(people: Ids, instants: Column, positions: Column, contexts: Column) -> tuple[Ids, list[Column]]:
    """Of contexts that may have a location, those that do; replaced by latitudes and longitudes."""
    spots = [spot_in(read_body(text)) for text in contexts.tolist()]
    located = np.array([spot is not None for spot in spots], np.bool_)
    known = np.array([spot for spot in spots if spot is not None], np.int64).reshape(-1, 2)
    return people[located], [instants[located], positions[located], known[:, 0], known[:, 1]]


class FillPeople:
    """Finds everyone with any event, and the time of their first."""

    reads_text = False

    def __init__(self, after: int = NOTHING_YET) -> None:
        self.after = after
        self.newest = 0

    def fill(self, shard: Shard, of: Slice, past: ColumnHistory) -> Ids:
        """Fold a slice; returns the distinct people of its events."""
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

    def finish(self, now: int) -> Iterator[None]:  # noqa: ARG002 - nothing was kept aside
        """Nothing is left to do."""
        yield from ()


def put_merged(shard: Shard, past: ColumnHistory, upto: int, share: PartitionShare) -> bool:
    """Load all merges up to a position into an empty shard; people now of another partition are nobody here.

    With several partitions, returns whether anyone is merged into someone of this one: slices read their events separately.
    """
    if upto == NOTHING_YET:
        return False
    root = roots(upto)
    read = past.arrays(sa.select(root.c.from_id, root.c.root_id).where(root.c.app_id == shard.app_id))
    people, into = (column.astype(np.int64) for column in read)
    stay = share.has(into)
    shard.put_roots(people, np.where(stay, into, GONE))
    return not share.is_all and bool(stay.any())


def people_since(shard: Shard, names: Row[str], of: Slice, past: ColumnHistory) -> Ids:
    """The people, as of today, of a slice's events of some names, or of any if none is given."""
    person = EVENTS.c.person_id

    def select(columns: PropertyColumns) -> sa.Select[Any]:
        tests = [sa.or_(*(named(name, columns) for name in names))] if names else []
        return of.select((person,), *tests).distinct()

    (found,) = of.read(past, select)
    people, _ = _living(shard, found)
    return distinct(people)


def newest_merge(app_id: int) -> sa.Select[tuple[int | None]]:
    """The position of an app's newest merge in any partition; NULL or 0 if there is none."""
    return sa.select(sa.func.max(MERGED.c.position)).where(MERGED.c.app_id == app_id)


def newest_position(partition: int) -> sa.Select[tuple[int | None]]:
    """The position of the newest event that a partition settled; NULL or 0 if there is none."""
    return sa.select(sa.func.max(EVENTS.c.position)).where(EVENTS.c.partition == partition)


def event_count(of: Slice) -> sa.Select[tuple[int]]:
    """The number of events in a slice."""
    return of.select((sa.func.count(),))


def _with_value(select: sa.Select[Any]) -> sa.Select[Any]:
    """The rows whose last column is not NULL."""
    rows = select.subquery("rows")
    return sa.select(rows).where(rows.c.value.is_not(None))


def _bits(written: Column, identities: Identities) -> Ids:
    """The hashes of values that the engine wrote in the form of ``identity``."""
    texts = written.tolist()
    known = {each: identities.of(read_identity(each)) or 0 for each in set(texts)}
    return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))


def _living(shard: Shard, people: Column, *columns: Column) -> tuple[Ids, Row[Column]]:
    """Columns with ids replaced by today's people; removed people are left out."""
    today = shard.root_of(people.astype(np.int64))
    alive = today > 0
    return (today, columns) if alive.all() else (today[alive], [column[alive] for column in columns])
