"""Whether the person of a run did what its journey is for, as conditions on a query of runs.

Which order is about which run is told by the property by which the journey keys its runs: an order that names another cart is not
this run's, and one that names none is its where a message of it is credited with it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from relance.messaging.credit.store import CONVERSIONS, CONVERTED, KEYS
from relance.messaging.store import DELIVERIES

_Condition = sa.ColumnElement[bool]
_AT = CONVERSIONS.c.occurred_at


class RunRow(NamedTuple):
    """A run as the query has it. ``key``: the property that tells it from the person's other runs, None where nothing does."""

    run_id: sa.ColumnElement[str]
    app_id: sa.ColumnElement[int]
    person_id: sa.ColumnElement[int]
    run_key: sa.ColumnElement[str]
    entered_at: sa.ColumnElement[int]
    key: str | None


def did_in_time(run: RunRow, event: str, within: int, *, is_entry: bool) -> _Condition:
    """Its person did it less than ``within`` ms after the run began or sent a message, or a message of it is credited with it.

    ``is_entry``: the same event begins runs, and does not count as what came of it.
    """
    mine = (DELIVERIES.c.app_id == run.app_id, DELIVERIES.c.person_id == run.person_id, DELIVERIES.c.run_id == run.run_id)
    sent = _there(DELIVERIES, *mine, DELIVERIES.c.sent_at <= _AT, DELIVERIES.c.sent_at > _AT - within)
    credited = _there(DELIVERIES, *mine, DELIVERIES.c.id == CONVERSIONS.c.delivery_id)
    in_time = sa.or_(run.entered_at + within > _AT, sent)
    begun = run.entered_at < _AT if is_entry else run.entered_at <= _AT
    return _did(run, event, begun, sa.or_(sa.and_(_is_about(run), in_time), sa.and_(_may_be_about(run), credited)))


def was_about(run: RunRow, event: str, instant: sa.ColumnElement[int]) -> _Condition:
    """Whether what its person did at an instant may have been about the run: it names no other, or was not kept (imports)."""
    if run.key is None:
        return sa.true()
    return sa.or_(_did(run, event, instant == _AT, _may_be_about(run)), sa.not_(_did(run, event, instant == _AT)))


def _did(run: RunRow, event: str, *conditions: _Condition) -> _Condition:
    theirs = (CONVERTED.c.app_id == run.app_id, CONVERTED.c.person_id == run.person_id)
    those = (CONVERSIONS.c.id == CONVERTED.c.conversion_id, CONVERSIONS.c.event == event)
    query: sa.Select[Any] = (
        sa.select(sa.literal_column("1", sa.Integer)).select_from(CONVERTED, CONVERSIONS).where(*theirs, *those, *conditions)
    )
    return query.correlate_except(CONVERTED, CONVERSIONS).exists()


def _is_about(run: RunRow) -> _Condition:
    if run.key is None:
        return sa.true()
    named = (KEYS.c.conversion_id == CONVERSIONS.c.id, KEYS.c.name == run.key, KEYS.c.run_key == run.run_key)
    return _there(KEYS, *named)


def _may_be_about(run: RunRow) -> _Condition:
    if run.key is None:
        return sa.true()
    names_one = _there(KEYS, KEYS.c.conversion_id == CONVERSIONS.c.id, KEYS.c.name == run.key)
    return sa.or_(_is_about(run), sa.not_(names_one))


def _there(table: sa.Table, *conditions: _Condition) -> _Condition:
    """Whether there is such a row; all other tables are those of the queries around it."""
    return sa.select(sa.literal_column("1", sa.Integer)).select_from(table).where(*conditions).correlate_except(table).exists()
