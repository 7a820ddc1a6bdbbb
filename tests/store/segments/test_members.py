"""Rules of every kind over random streams: the query gives whom the definition gives, on each engine of history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.events.history import History
from relance.events.model import Batch, Event, HistoryMerge
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.query.compile import answers, in_each_zone, members, name_of
from relance.segments.query.preview import preview
from relance.segments.rule.tree import All, Rule, conditions, parse_rule, to_data
from tests.store.conftest import Open
from tests.unit.segments.every_kind import (
    KNOWN_ZONES,
    DrawnEvent,
    drawn_events,
    gaps,
    known,
    on_events,
    read,
    rules,
    starts,
    trees,
)
from tests.unit.segments.everybody import InMemory

PEOPLE = range(1, 5)  # of whom the last does nothing

people = st.sampled_from([1, 1, 1, 2, 2, 3])
streams = st.lists(drawn_events(people), min_size=4, max_size=20)
merges = st.lists(st.tuples(people, people, st.integers(1, 20)), max_size=1)
traits = st.dictionaries(st.sampled_from(PEOPLE), known)
many_conditions = st.lists(trees(on_events).map(read), min_size=5, max_size=5)
_apps = count(1)


@dataclass
class Past:
    """An app's history, and what is known of each person by it."""

    history: History
    app_id: int = field(default_factory=lambda: next(_apps))
    now: int = 0
    events: dict[int, list[RuleEvent]] = field(default_factory=dict)

    def write(self, stream: Sequence[DrawnEvent], folded: Sequence[tuple[int, int, int]], start: int, later: int) -> None:
        """Append the stream; ``now`` is ``later`` after its newest instant."""
        at, events = start, []
        for position, each in enumerate(stream, 1):
            at += each.gap
            happened = at - each.delay
            body = to_json(each.properties).encode()
            events.append(Event(self.app_id, each.kind, each.name, f"m{position}", "", "", happened, at, body))
            self.events.setdefault(each.person, []).append(RuleEvent(each.heard, happened, position, each.properties))
        changes = [HistoryMerge(self.app_id, *each) for each in folded if each[0] != each[1]]
        for one in changes:
            self.events.setdefault(one.into_id, []).extend(self.events.pop(one.from_id, []))
        self.history.append(0, Batch(events, [each.person for each in stream], [False] * len(events), 1), changes)
        self.now = at + later

    def inside(self, rule: Rule, traits_of: Mapping[int, Mapping[str, Any]]) -> list[int]:
        """Whom the definition gives."""
        return [
            person
            for person in PEOPLE
            if evaluate(rule, self.events.get(person, []), traits_of.get(person, {}), self.now, person)
        ]

    def found(self, rule: Rule, traits_of: Mapping[int, Mapping[str, Any]]) -> list[int]:
        """Whom the query gives."""
        everyone = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people")
        rows = everyone.data([(person, to_json(traits_of.get(person, {}))) for person in PEOPLE])
        return sorted(row[0] for row in self.history.run(members(rule, self.app_id, self.now, rows, KNOWN_ZONES)))


@pytest.fixture(scope="module")
def history(open_history: Open) -> History:
    return open_history()


relaxed = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@relaxed
@given(chosen=rules, stream=streams, folded=merges, start=starts, later=gaps, traits_of=traits)
def test_members_are_whom_the_definition_gives(
    history: History,
    chosen: Rule,
    stream: list[DrawnEvent],
    folded: list[tuple[int, int, int]],
    start: int,
    later: int,
    traits_of: dict[int, dict[str, Any]],
) -> None:
    past = Past(history)
    past.write(stream, folded, start, later - 1)  # sometimes before the newest event
    inside = past.inside(chosen, traits_of)
    assert past.found(chosen, traits_of) == inside, to_data(chosen)
    everybody = InMemory({person: traits_of.get(person, {}) for person in PEOPLE})
    found = preview(chosen, past.app_id, history, everybody, past.now)
    assert (found.count, found.sample) == (len(inside), inside), to_data(chosen)
    newcomer = preview(chosen, past.app_id, history, InMemory({1: traits_of.get(1, {})}), past.now)
    assert newcomer.count == len([person for person in inside if person == 1]), "who is not committed yet is not counted"


@relaxed
@given(chosen=many_conditions, stream=streams, folded=merges, start=starts, later=gaps)
def test_each_condition_of_many_is_answered_as_if_alone(
    history: History, chosen: list[Rule], stream: list[DrawnEvent], folded: list[tuple[int, int, int]], start: int, later: int
) -> None:
    past = Past(history)
    past.write(stream, folded, start, later - 1)
    leaves = {name_of(leaf): leaf for rule in chosen for leaf in conditions(in_each_zone(rule, (), past.now)[""])}
    for found in answers(All(tuple(leaves.values())), past.app_id, past.now):
        rows = {row[0]: row for row in history.run(found.select)}
        names = list(found.select.selected_columns.keys())
        for name, otherwise in found.otherwise.items():
            answered = {p: bool(rows[p][names.index(name)]) if p in rows else otherwise for p in PEOPLE}
            leaf = leaves[name]
            assert [person for person in PEOPLE if answered[person]] == past.inside(leaf, {}), to_data(leaf)


def bought(person: int, gap: int, **found: Any) -> DrawnEvent:
    return DrawnEvent(person, "bought", gap, 0, found)


def rule_of(**data: Any) -> Rule:
    return parse_rule({"kind": "behaviour", "event": "bought", **data})


def test_who_never_did_it_is_found(history: History) -> None:
    """On ClickHouse the newest of no events is in 1970, unless it is asked for with care."""
    past = Past(history)
    past.write([bought(1, 0), DrawnEvent(2, "viewed", 0, 0, {})], [], 1_700_000_000_000, 1000)
    never = parse_rule({"not": {"kind": "behaviour", "event": "bought", "aggregate": "last", "value": {"ago": "10d"}}})
    assert past.found(never, {}) == [2, 3, 4]
    early = rule_of(aggregate="last", compare="<=", value="2000-01-01")
    assert past.found(early, {}) == []
    least = rule_of(aggregate="min", property="price", compare="<=", value=0)
    assert past.found(least, {}) == []


def test_sums_of_many_large_amounts_neither_overflow_nor_drift(history: History) -> None:
    past = Past(history)
    past.write([bought(1, 0, price=1e11) for _ in range(10_000)] + [bought(2, 0, price=0.1) for _ in range(3)], [], 0, 1)
    assert past.found(rule_of(aggregate="sum", property="price", value=1e12), {}) == [1]
    assert past.found(rule_of(aggregate="average", property="price", compare="=", value=1e11), {}) == [1]
    assert past.found(rule_of(aggregate="sum", property="price", compare="=", value=0.3), {}) == [2]


def test_one_rule_of_two_hundred_conditions(history: History) -> None:
    past = Past(history)
    past.write([bought(1, 0, when="2024-01-01"), bought(2, 5)], [], 1_700_000_000_000, 0)
    where = [{"property": "when", "is": "starts", "value": "2024"}]
    parts = [
        {"kind": "behaviour", "event": "bought", "value": 1, "window": {"last": f"{n}h"}, "where": where} for n in range(1, 201)
    ]
    assert past.found(parse_rule({"all": parts}), {}) == [1]
