"""Queries over history for live state that is built anew: events as they were told, and everybody's first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from relance.events.model_tables import EVENTS, MERGED, resolved_events
from relance.events.model_tables import named as events_named
from relance.events.service import NO_COLUMNS, PropertyColumns
from relance.segments.live.columns.partition_share import PartitionShare
from relance.segments.live.sources.locations import is_track
from relance.segments.query.places import may_tell_spot, tells_spot
from relance.segments.rule.conditions import SPOTTED

Told = sa.Select[tuple[int, int, int, str]]


def told(event: str, app_id: int, after: int, until: int) -> Told:
    """(person, occurred_at, position, body as JSON text) of the events of one name in (after, until]."""
    body = body_of(event)
    events = resolved_events(
        EVENTS.c.app_id == app_id,
        named(event),
        EVENTS.c.occurred_at > after,
        EVENTS.c.occurred_at <= until,
        columns=("person_id", "occurred_at", "position", body),
    )
    return sa.select(events.c.person_id, events.c.occurred_at, events.c.position, events.c[body])


def named(event: str, columns: PropertyColumns = NO_COLUMNS) -> sa.ColumnElement[bool]:
    """The events of a name; or for tracks those that may tell where somebody is, or surely do (``tells_spot``)."""
    return tells_spot(columns) if is_track(event) else events_named(event)


def body_of(event: str) -> str:
    """The column that is read of events of a name."""
    return "context" if is_track(event) else "properties"


def firsts(app_id: int, until: int) -> sa.Select[tuple[int, int]]:
    """(person, instant): everybody's first event of any name."""
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= until, columns=("person_id", "occurred_at"))
    return sa.select(events.c.person_id, sa.func.min(events.c.occurred_at)).group_by(events.c.person_id)


def newest_instant(app_id: int, share: PartitionShare) -> sa.Select[tuple[int | None]]:
    """When the newest event of these people happened; NULL or 0 where there is none."""
    newest = sa.select(sa.func.max(EVENTS.c.occurred_at)).where(EVENTS.c.app_id == app_id)
    if share.is_all:
        return newest
    own = EVENTS.c.partition == share.partition
    return newest.where(sa.or_(own, EVENTS.c.person_id.in_(taken_over(app_id, share.partition))))


def taken_over(app_id: int, partition: int, after: int = -1, upto: int | None = None) -> sa.Select[tuple[int]]:
    """Who became part of somebody of a partition, by merges that it settled in (after, upto]."""
    table = MERGED.c
    mine = [table.app_id == app_id, table.partition == partition, table.position > after]
    return sa.select(table.from_id).where(*mine, *([] if upto is None else [table.position <= upto]))


def last_position(app_id: int, partition: int) -> sa.Select[tuple[int | None]]:
    """The newest position that a partition has of an app; NULL or 0 where there is none."""
    return sa.select(sa.func.max(EVENTS.c.position)).where(EVENTS.c.app_id == app_id, EVENTS.c.partition == partition)


Between = tuple[int, int]
"""Positions: above the first, up to the second."""


class SettledShare(NamedTuple):
    """What a partition settled of an app after a position.

    Beside other partitions without what happened to those who became part of somebody since: of them all is read that ever
    happened, wherever, since nobody knows how much of it is kept already.
    """

    app_id: int
    share: PartitionShare
    after: int

    def events(
        self, between: Between | None, *tests: sa.ColumnElement[bool], columns: tuple[str, ...]
    ) -> Sequence[sa.ColumnElement[Any]]:
        """Columns of the events between two positions that pass some tests, each with the person of today.

        Without ``between``: of all that ever happened to those who became part of somebody since, under the ids that they had.
        """
        table = EVENTS.c
        taken = taken_over(self.app_id, self.share.partition, self.after)
        if between is None:
            selected = [table[name].label("former_id" if name == "person_id" else name) for name in columns]
            whose = (table.app_id == self.app_id, table.person_id.in_(taken))
            return list(sa.select(*selected).where(*whose, *tests).subquery("before").c)
        after, upto = between
        mine = [table.app_id == self.app_id, table.partition == self.share.partition]
        if not self.share.is_all:
            mine.append(table.person_id.not_in(taken))
        return list(resolved_events(*mine, table.position > after, table.position <= upto, *tests, columns=columns).c)


def told_between(names: Sequence[str], of: SettledShare, between: Between | None, *, inside: bool) -> sa.Select[tuple[Any, ...]]:
    """(person, occurred_at, position, name) of the events of some names; with ``inside`` their properties as JSON text, too."""
    columns = ("person_id", "occurred_at", "position", "event", *(["properties"] if inside else []))
    return sa.select(*of.events(between, events_named(*names), columns=columns))


def spotted_between(of: SettledShare, between: Between | None) -> sa.Select[tuple[Any, ...]]:
    """The same of events of any name that may tell where somebody is, with their contexts; all under one name."""
    columns = ("person_id", "occurred_at", "position", "context")
    person, occurred_at, position, context = of.events(between, may_tell_spot(EVENTS.c.context), columns=columns)
    return sa.select(person, occurred_at, position, sa.literal(SPOTTED, sa.Text).label("event"), context)


def seen_between(of: SettledShare, between: Between | None) -> sa.Select[tuple[int, int, int]]:
    """(person, newest position, earliest instant) of everybody of whom anything was settled."""
    person, position, occurred_at = of.events(between, columns=("person_id", "position", "occurred_at"))
    return sa.select(person, sa.func.max(position), sa.func.min(occurred_at)).group_by(person)


def merged_since(app_id: int, partition: int, after: int) -> sa.Select[tuple[int, int, int]]:
    """(person, whom it became part of, position) of merges after a position, in order."""
    table = MERGED.c
    mine = (table.app_id == app_id, table.partition == partition, table.position > after)
    return sa.select(table.from_id, table.into_id, table.position).where(*mine).order_by(table.position)


def newest_merges(of: SettledShare) -> sa.Select[tuple[int, int, int, int]]:
    """(person, whom it became part of, position, partition) of all merges ever, in order, of those who became part of somebody
    of a partition since.
    """
    table = MERGED.c
    taken = taken_over(of.app_id, of.share.partition, of.after)
    merges = sa.select(table.from_id, table.into_id, table.position, table.partition)
    return merges.where(table.app_id == of.app_id, table.from_id.in_(taken)).order_by(table.position)
