"""Compiles a rule to a query over history: previews, backfill, audit. The same for DuckDB and ClickHouse, apart from
``constructs``.

Conditions on behaviour come from a single scan of the events that any of them names; each of the other kinds is a query of its
own. People without a row in one of them are answered as the definition answers for a person without events.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.expression import ColumnElement, FromClause

from relance.events.service import EVENTS, NO_COLUMNS, PropertyColumns, named, resolved_events
from relance.segments.definition.evaluate import BUCKETS, holds
from relance.segments.definition.needs import StreamNeeds
from relance.segments.query.aggregates import Counted, aggregates
from relance.segments.query.constructs import md5_hex
from relance.segments.query.places import entries, lies_in, located
from relance.segments.query.properties import passes
from relance.segments.query.rhythms import rhythm
from relance.segments.query.sequences import Steps, sequences, steps_of
from relance.segments.query.unopened import unopened
from relance.segments.rule.conditions import (
    FACTS,
    Behaviour,
    Bucket,
    Condition,
    Entered,
    Lifecycle,
    Place,
    Predicate,
    Rhythm,
    Sequence,
    Trait,
    Unopened,
)
from relance.segments.rule.own_zone import rule_asks_own_zone, rule_in_own_zone
from relance.segments.rule.tree import All, Any_, Not, Rule, canonical, conditions, digest, hundredths

Members = sa.Select[tuple[int]]


class TruthQuery(NamedTuple):
    """A query of (person_id, a truth under each name), and by name the truth for people without a row."""

    select: sa.Select[Any]
    otherwise: dict[str, bool]


def members(
    rule: Rule,
    app_id: int,
    now: int,
    people: FromClause | None = None,
    zones: Collection[str] = (),
    columns: PropertyColumns = NO_COLUMNS,
) -> Members:
    """The ids of everyone who matches ``rule``, an expanded rule, at ``now``, unordered.

    ``people`` lists who exists: columns ``person_id`` and, for rules with traits, ``traits`` (a JSON object as text). Without it,
    everyone with an event. ``zones`` are the time zones of these people; ``columns`` says which properties are read from columns
    of history.
    """
    universe = everybody(app_id, now).subquery("people") if people is None else people
    if any(isinstance(leaf, Place) for leaf in conditions(rule)):
        universe = located(universe, universe.c.traits, FACTS, universe.c.keys())
    source: FromClause = universe
    truths: dict[str, ColumnElement[bool]] = {}
    by_zone = in_each_zone(rule, zones, now)
    everywhere = All(tuple(by_zone.values()))
    for place, found in enumerate(answers(everywhere, app_id, now, columns)):
        query = found.select.subquery(f"answers_{place}")
        source = sa.join(source, query, universe.c.person_id == query.c.person_id, isouter=True)
        for name, otherwise in found.otherwise.items():
            truths[name] = sa.func.coalesce(query.c[name], sa.true() if otherwise else sa.false(), type_=sa.Boolean)
    for leaf in conditions(everywhere):
        if isinstance(leaf, Trait):
            truths[name_of(leaf)] = passes(universe.c.traits, leaf.predicate, now)
        elif isinstance(leaf, Place):
            truths[name_of(leaf)] = lies_in(leaf.area, universe)
        elif isinstance(leaf, Bucket):
            truths[name_of(leaf)] = _bucket(leaf, universe.c.person_id)
    outcome = _tree(by_zone[""], truths)
    if len(by_zone) > 1:
        cases = [(passes(universe.c.traits, _is_in(zone)), _tree(local, truths)) for zone, local in by_zone.items() if zone]
        outcome = sa.case(*cases, else_=outcome)
    return sa.select(universe.c.person_id).select_from(source).where(outcome)


def in_each_zone(rule: Rule, zones: Collection[str], now: int) -> dict[str, Rule]:
    """Zone → the rule for people in it; "" is for everyone in no other."""
    if not rule_asks_own_zone(rule):
        return {"": rule}
    return {zone: rule_in_own_zone(rule, zone, now) for zone in ("", *zones)}


def _is_in(zone: str) -> Predicate:
    return Predicate(f"{FACTS}.time_zone", "=", zone)


def answers(rule: Rule, app_id: int, now: int, columns: PropertyColumns = NO_COLUMNS) -> list[TruthQuery]:
    """The queries that answer the rule's conditions on events, each condition once, under ``name_of``."""
    distinct = {name_of(leaf): leaf for leaf in conditions(rule)}
    counted: dict[str, Counted] = {name: leaf for name, leaf in distinct.items() if isinstance(leaf, Behaviour | Lifecycle)}
    found = []
    if counted:
        nothing = {name: holds(leaf, (), now) for name, leaf in counted.items()}
        found.append(TruthQuery(aggregates(counted, app_id, now, columns), nothing))
    entered = {name: leaf for name, leaf in distinct.items() if isinstance(leaf, Entered)}
    if entered:
        found.append(TruthQuery(entries(entered, app_id, now, columns), dict.fromkeys(entered, False)))
    stepped: dict[Steps, dict[str, Sequence]] = {}
    for name, leaf in distinct.items():
        if isinstance(leaf, Sequence):
            stepped.setdefault(steps_of(leaf), {})[name] = leaf
    found += [TruthQuery(sequences(alike, app_id, now, columns), dict.fromkeys(alike, False)) for alike in stepped.values()]
    for name, leaf in distinct.items():
        ids = _holders(leaf, app_id, now, columns)
        if ids is not None:
            those = ids.subquery("holders")
            found.append(TruthQuery(sa.select(those.c.person_id, sa.true().label(name)), {name: False}))
    return found


def fulfil(rule: Rule, found: TruthQuery, *, wanted: bool) -> Members:
    """Of people with a row in the only query that a rule needs, the ids of those it holds for, or of those it does not."""
    those = found.select.subquery("answers")
    holds = _tree(rule, {name: those.c[name] for name in found.otherwise})
    return sa.select(those.c.person_id).where(holds if wanted else sa.not_(holds))


def _holders(leaf: Condition, app_id: int, now: int, columns: PropertyColumns) -> Members | None:
    """The ids of those for whom one of the kinds holds that never hold without events."""
    if isinstance(leaf, Rhythm):
        return rhythm(leaf, app_id, now)
    if isinstance(leaf, Unopened):
        return unopened(leaf, app_id, now, columns)
    return None


def name_of(condition: Condition) -> str:
    """The name of a condition's truth: equal for conditions with the same meaning."""
    return f"holds_{digest(canonical(condition))}"


def everybody(app_id: int, now: int) -> Members:
    """The ids of everyone with an event."""
    events = resolved_events(EVENTS.c.app_id == app_id, EVENTS.c.occurred_at <= now, columns=("person_id",))
    return sa.select(events.c.person_id).distinct()


def newest(condition: Behaviour, need: StreamNeeds, app_id: int, now: int) -> sa.Select[tuple[int, int]]:
    """(person, instant), by person: the newest events of the condition's stream, as many as live state keeps."""
    events = _stream(condition, app_id, EVENTS.c.occurred_at <= now, EVENTS.c.occurred_at > now - need.span)
    rank = sa.func.row_number().over(partition_by=events.c.person_id, order_by=events.c.occurred_at.desc())
    ranked = sa.select(events.c.person_id, events.c.occurred_at, rank.label("rank")).subquery("ranked")
    return sa.select(ranked.c.person_id, ranked.c.occurred_at).where(ranked.c.rank <= need.depth).order_by(ranked.c.person_id)


def totals(condition: Behaviour, app_id: int, now: int) -> sa.Select[tuple[int, int]]:
    """(person, number of events of the condition's stream), by person."""
    events = _stream(condition, app_id, EVENTS.c.occurred_at <= now)
    return sa.select(events.c.person_id, sa.func.count()).group_by(events.c.person_id).order_by(events.c.person_id)


def _stream(condition: Behaviour, app_id: int, *bounds: ColumnElement[bool]) -> sa.Subquery:
    tests = [passes(EVENTS.c.properties, predicate) for predicate in condition.where]
    return resolved_events(
        EVENTS.c.app_id == app_id, named(condition.event), *bounds, *tests, columns=("person_id", "occurred_at")
    )


def _bucket(condition: Bucket, person: ColumnElement[int]) -> ColumnElement[bool]:
    """``draw`` by its hexadecimal digits, which sort like the numbers."""
    drawn = sa.func.substr(md5_hex(sa.literal(f"{condition.salt}:", sa.Text) + sa.cast(person, sa.Text)), 1, 8, type_=sa.Text)
    # The smallest draw inside: draw × 10,000 >= hundredths × 2³².
    low, high = (-(-hundredths(each) * BUCKETS // 10_000) for each in (condition.from_, condition.to))
    above = drawn >= f"{low:08x}"
    return above if high >= BUCKETS else sa.and_(above, drawn < f"{high:08x}")


def _tree(rule: Rule, truths: dict[str, ColumnElement[bool]]) -> ColumnElement[bool]:
    if isinstance(rule, All):
        return sa.and_(*(_tree(part, truths) for part in rule.parts))
    if isinstance(rule, Any_):
        return sa.or_(*(_tree(part, truths) for part in rule.parts))
    if isinstance(rule, Not):
        return sa.not_(_tree(rule.part, truths))
    return truths[name_of(rule)]
