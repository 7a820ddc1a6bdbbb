"""The cost of keeping a rule live, before it is: an upper estimate from how often its events ever happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from relance.events.service import EVENTS, PropertyColumns
from relance.segments.definition.evidence import names_of
from relance.segments.definition.needs import leaf_key, need_of
from relance.segments.model import Cost
from relance.segments.query.places import has_spot
from relance.segments.rule.conditions import SPOTTED, Behaviour
from relance.segments.rule.tree import Rule, conditions

PERSON_BYTES = 40  # an answer, a timer and a place in a page
INSTANT_BYTES = 8
EVENT_BYTES = 24  # if values are kept with instants
TRAIT_BYTES = 2  # for everybody


def leaves_of(rule: Rule) -> dict[str, Any]:
    """The distinct conditions of an expanded rule."""
    return {leaf_key(each): each for each in conditions(rule)}


def counts_query(app_id: int, names: Collection[str], columns: PropertyColumns) -> sa.Select[Any]:
    """(event, number of occurrences) for these names."""
    table = EVENTS.c
    counted = sa.func.count().label("events")
    plain = sorted(set(names) - {SPOTTED})
    by_name = sa.select(table.event, counted).where(table.app_id == app_id, table.event.in_(plain)).group_by(table.event)
    if SPOTTED not in names:
        return by_name
    spotted = sa.select(sa.literal(SPOTTED, sa.Text).label("event"), counted)
    both = sa.union_all(by_name, spotted.where(table.app_id == app_id, has_spot(columns)))
    return sa.select(both.subquery("counts"))


def cost(leaves: Mapping[str, Any], live: Collection[str], counts: Mapping[str, int], people: int) -> Cost:
    """The cost of conditions, of which those in ``live`` are kept already; ``counts`` are the numbers of events. Pure."""
    fresh = [leaf for key, leaf in leaves.items() if key not in live]
    size = sum(_bytes(leaf, counts, people) for leaf in fresh)
    names = {name for leaf in fresh for name in names_of(leaf)}
    return Cost(len(leaves), len(leaves) - len(fresh), size, sum(counts.get(name, 0) for name in names))


def _bytes(leaf: Any, counts: Mapping[str, int], people: int) -> int:
    names = names_of(leaf)
    if not names:
        return TRAIT_BYTES * people
    events = sum(counts.get(name, 0) for name in names)
    holders = min(people, events)
    if isinstance(leaf, Behaviour) and leaf.aggregate == "count":
        return holders * PERSON_BYTES + min(events, holders * need_of(leaf).depth) * INSTANT_BYTES
    return holders * PERSON_BYTES + events * EVENT_BYTES
