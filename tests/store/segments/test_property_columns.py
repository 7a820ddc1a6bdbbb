"""Properties read from history's columns give what their JSON gives, and what the definition says, on each engine."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.encoding import from_json, to_json
from relance.core.paths import path_names
from relance.events.history import History
from relance.events.history_columns import NO_COLUMNS, PropertyColumns, PropertyUse
from relance.events.model import Batch, Event
from relance.events.model_tables import EVENTS
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.definition.needs import reads_of
from relance.segments.live.fill.fillers import Slice
from relance.segments.query.compile import members
from relance.segments.query.found import EventProperties
from relance.segments.query.preview import preview
from relance.segments.query.properties import passes
from relance.segments.query.values import as_amount, as_number, identity, read_identity
from relance.segments.rule.conditions import Behaviour, Predicate, Trait
from relance.segments.rule.predicate import matches
from relance.segments.rule.tree import Rule, conditions, parse_rule
from relance.segments.rule.values import as_amount as amount_of
from relance.segments.rule.values import as_number as number_of
from relance.segments.rule.values import identity as identity_of
from tests.store.conftest import Open
from tests.unit.segments import every_kind
from tests.unit.segments.everybody import InMemory

PATHS = ("a", "a.b", r"a\.b", r"a.b\.c", "c", "k", "delivery")
_apps = count(1)
_positions = count(1)
relaxed = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def history(open_history: Open) -> History:
    return open_history()


def append(history: History, app: int, bodies: list[str], name: str = "bought") -> None:
    """One event a body, of the persons 1, 2, …"""
    first = next(_positions)
    events = [
        Event(app, "track", name, f"{app}-{first + place}", "", "", 1_000 + place, 2_000, body.encode())
        for place, body in enumerate(bodies)
    ]
    for _ in bodies:
        next(_positions)
    history.append(0, Batch(events, list(range(1, len(bodies) + 1)), [False] * len(events), first))


def lay_out(history: History, uses: list[PropertyUse]) -> None:
    history.use_columns(uses, 100)
    while history.fill_columns(1 + history.position(0) // 2):
        pass


def read(history: History, app: int, *columns: sa.ColumnElement[Any]) -> list[list[Any]]:
    """For each event the values of the columns."""
    select = sa.select(EVENTS.c.position, *(each.label(f"c{place}") for place, each in enumerate(columns)))
    return [list(row[1:]) for row in sorted(history.run(select.where(EVENTS.c.app_id == app)), key=lambda row: row[0])]


def both(history: History, app: int) -> tuple[EventProperties, EventProperties]:
    """The properties as columns have them, and as the JSON has them."""
    return EventProperties(EVENTS, app, "bought", history.columns), EventProperties(EVENTS, app, "bought", NO_COLUMNS)


#: JSON as senders write it: numbers at the edges, texts that look like something else, spaces, escapes, names of all kinds.
WRITTEN = [
    "{}", '{"a":null}', '{"a":0}', '{"a":-0.0}', '{"a":1E3}', '{"a" : 1.50 }', '{"a":1e-400}', '{"a":0.30000000000000004}',
    '{"a":9223372036854775807}', '{"a":-9223372036854775808}', '{"a":9007199254740993}', '{"a":5e-324}',
    '{"a":1.7976931348623157e308}',
    '{"a":""}', '{"a":"5"}', '{"a":"5.0"}', '{"a":"05"}', '{"a":"-0"}', '{"a":"5e0"}', '{"a":" 5"}', '{"a":"+5"}', '{"a":"٥"}',
    '{"a":"999999999999999.999999999"}', '{"a":"9999999999999999"}', '{"a":"NaN"}', '{"a":"Infinity"}',
    '{"a":"inf"}', '{"a":"null"}',
    '{"a":"true"}', '{"a":true}', '{"a":false}', '{"a":"[1]"}', '{"a":"{}"}', '{"a":[]}', '{"a":{}}',
    '{"a":[1, "2",null ,true,[1],{"b":1}]}',
    '{"a":["true"]}', '{"a":{"b":1}}', '{"a":{"b":null}}', '{"a":{"b":[1]}}', '{"a":{"b":{"c":1}}}',
    '{"a.b":1}', '{"\\u0061":7}',
    '{"a":"\\u00e9\\n\\t\\"\\\\\\/"}', '{"a":"\\ud83d\\ude00"}', '{"a":"雪"}', '{"a":"\\""}', '{"a":"\\\\"}',
    '{"a":" "}', '{"a":" t5"}', '{"a":" n5"}', '{"a":" btrue"}', '{"a":"\\t"}', '{"a":"!"}',
    '{"a":"x\\ny"}', '{"a":"\'"}',
    '{"c":1,"a":2}', '{"A":1}', '{"a":"2024-02-29T23:59:59.999Z"}', '{"a":"v2.10.0-beta"}',
    '{ "a" : { "b" : "5" } , "c" : [ ] }',
]  # fmt: skip


@pytest.mark.parametrize("before", [True, False], ids=["filled back", "written at once"])
def test_values_read_alike_however_they_are_written(history: History, before: bool) -> None:
    app = next(_apps)
    uses = [PropertyUse(path, app, "bought") for path in ("a", "a.b", r"a\.b")]
    if before:
        append(history, app, WRITTEN)
        lay_out(history, uses)
    else:
        lay_out(history, uses)
        append(history, app, WRITTEN)
    laid_out, json = both(history, app)
    for path in ("a", "a.b", r"a\.b"):
        assert history.columns.of(app, "bought", path) is not None
        readings: list[list[sa.ColumnElement[Any]]] = [
            [as_number(each, path), as_amount(each, path), identity(each, path), passes(each, Predicate(path, "exists"))]
            for each in (laid_out, json)
        ]
        by_columns, by_json = (read(history, app, *each) for each in readings)
        assert by_columns == by_json
        said = [every_kind_value(from_json(body), path) for body in WRITTEN]
        assert [row[:2] for row in by_columns] == [[number_of(each), amount_of(each)] for each in said]
        kinds = [identity_of(each) for each in said]
        assert [row[3] for row in by_columns] == [each is not None for each in said]
        # Equal texts for equal values, and none for what has no identity.
        names = [row[2] for row in by_columns]
        assert [name is None for name in names] == [kind is None for kind in kinds]
        assert [None if name is None else identity_of(read_identity(name)) for name in names] == kinds
        assert [[one == other for other in names] for one in names] == [[one == other for other in kinds] for one in kinds]


def every_kind_value(found: Any, path: str) -> Any:
    for name in path_names(path):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def test_nothing_below_zero_is_zero_among_other_numbers(history: History) -> None:
    app = next(_apps)
    append(history, app, ['{"a":-0.0}', '{"a":0}', '{"a":1}'])
    lay_out(history, [PropertyUse("a", app, "bought")])
    tests = [Predicate("a", is_, wanted) for is_ in ("in", "not_in") for wanted in ((0, 1, 2), ("0", "1", "2"), (1, 2, 3))]
    for each in both(history, app):
        read_alike = read(history, app, *(passes(each, test) for test in tests))
        assert read_alike == [[matches({"a": value}, test) for test in tests] for value in (-0.0, 0, 1)]


OPERATORS = sorted(every_kind.WANTED)


@pytest.mark.parametrize("is_", OPERATORS)
def test_each_test_of_a_property_reads_columns_as_the_definition_does(history: History, is_: str) -> None:
    @relaxed
    @given(
        found=st.lists(every_kind.properties, min_size=10, max_size=10),
        wanted=st.lists(every_kind.WANTED[is_], min_size=4, max_size=4),
        path=every_kind.paths,
    )
    def check(found: list[dict[str, Any]], wanted: list[Any], path: str) -> None:
        app = next(_apps)
        bodies = [to_json(each) for each in found] + WRITTEN
        append(history, app, bodies[::2])
        lay_out(history, [PropertyUse(path, app, "bought")])
        append(history, app, bodies[1::2])
        tests = [Predicate(path, is_, tuple(each) if isinstance(each, list) else each) for each in wanted]  # type: ignore[arg-type]
        laid_out, json = both(history, app)
        expected = [[matches(from_json(body), test) for test in tests] for body in bodies[::2] + bodies[1::2]]
        assert read(history, app, *(passes(laid_out, test) for test in tests)) == expected
        assert read(history, app, *(passes(json, test) for test in tests)) == expected

    check()


def test_a_list_of_objects_reads_columns_as_the_definition_does(history: History) -> None:
    @relaxed
    @given(
        found=st.lists(every_kind.items, min_size=10, max_size=10), wanted=st.lists(every_kind.of_items, min_size=4, max_size=4)
    )
    def check(found: list[Any], wanted: list[list[dict[str, Any]]]) -> None:
        app = next(_apps)
        append(history, app, [to_json({"items": each}) for each in found])
        lay_out(history, [PropertyUse("items", app, "bought")])
        rules = [parse_rule({"kind": "trait", "name": "items", "is": "has", "where": where}) for where in wanted]
        tests = [rule.predicate for rule in rules if isinstance(rule, Trait)]
        expected = [[matches({"items": each}, test) for test in tests] for each in found]
        for json in both(history, app):
            assert read(history, app, *(passes(json, test) for test in tests)) == expected

    check()


KINDS = {each: every_kind.behaviours((each,)) for each in ("count", "sum", "average", "min", "max", "distinct")} | {
    "sequence": every_kind.sequences(),
    "lifecycle": every_kind.lifecycles(),
    "unopened": every_kind.unopened(),
    "message": every_kind.messages(),
}
people = st.sampled_from([1, 1, 2, 3])


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_condition_finds_the_same_people_by_columns(history: History, kind: str) -> None:
    @relaxed
    @given(
        KINDS[kind].map(every_kind.read),
        every_kind.starts,
        st.lists(every_kind.drawn_events(people), min_size=6, max_size=20),
        st.integers(0, 20),
        st.integers(0, 3),
        every_kind.gaps,
    )
    def check(rule: Rule, start: int, reported: list[every_kind.DrawnEvent], laid_out_at: int, missing: int, later: int) -> None:
        app = next(_apps)
        pairs = [pair for leaf in conditions(rule) for pair in reads_of(leaf)]
        names = sorted({event for event, _ in pairs}) or ["bought"]
        story = [each._replace(name=names[place % len(names)]) if place % 3 else each for place, each in enumerate(reported)]
        uses = [PropertyUse(path, app, event) for event, path in pairs][missing:]  # some are still read as JSON
        lines: dict[int, list[RuleEvent]] = {1: [], 2: [], 3: []}
        now, first = start, next(_positions)
        events, persons = [], []
        for place, each in enumerate(story):
            now += each.gap
            next(_positions)
            happened = now - each.delay
            body = to_json(each.properties).encode()
            events.append(Event(app, each.kind, each.name, f"{app}-{place}", "", "", happened, now, body))
            persons.append(each.person)
            lines[each.person].append(RuleEvent(each.heard, happened, first + place, each.properties))
        cut = min(laid_out_at, len(events))
        if cut:
            history.append(0, Batch(events[:cut], persons[:cut], [False] * cut, first))
        lay_out(history, uses)
        if events[cut:]:
            history.append(0, Batch(events[cut:], persons[cut:], [False] * len(events[cut:]), first + cut))
        now += later
        expected = {person for person in lines if evaluate(rule, lines[person], {}, now, person)}
        everybody = sa.values(sa.column("person_id", sa.BigInteger), name="people").data([(person,) for person in lines])
        for columns in (history.columns, PropertyColumns()):
            assert {row[0] for row in history.run(members(rule, app, now, everybody, columns=columns))} == expected

    check()


class Behind:
    """A history that was asked for its columns just before they were dropped."""

    def __init__(self, history: History, stale: PropertyColumns) -> None:
        self.history, self.stale = history, [stale]

    @property
    def columns(self) -> PropertyColumns:
        return self.stale.pop() if self.stale else self.history.columns

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        return self.history.run(select)

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        return self.history.arrays(select)


def dropped(history: History) -> tuple[int, PropertyColumns]:
    """An app with two buyers, one of them for more than 5, and the columns that have just been dropped."""
    app = next(_apps)
    append(history, app, ['{"gone":3}', '{"gone":7}'])
    lay_out(history, [PropertyUse("gone", app, "bought")])
    stale = history.columns
    lay_out(history, [])
    history.use_columns([], 0)
    assert history.columns.of(app, "bought", "gone") is None
    return app, stale


BIG = parse_rule({"kind": "behaviour", "event": "bought", "where": [{"property": "gone", "is": ">", "value": 5}]})


def test_a_preview_goes_on_where_columns_were_dropped_under_it(history: History) -> None:
    app, stale = dropped(history)
    assert preview(BIG, app, Behind(history, stale), InMemory({1: {}, 2: {}}), 3_000).sample == [2]


def test_a_backfill_goes_on_where_columns_were_dropped_under_it(history: History) -> None:
    app, stale = dropped(history)
    part = Slice(app, 0, -1, history.position(0))
    assert isinstance(BIG, Behaviour)
    select = [EVENTS.c.person_id]
    (people,) = part.read(Behind(history, stale), lambda columns: part.select(select, *part.those(BIG, columns)))
    assert people.tolist() == [2]


def test_what_fails_for_another_reason_fails(history: History) -> None:
    part = Slice(1, 0, -1, 1)
    with pytest.raises(Exception, match="nowhere"):
        part.read(history, lambda _columns: part.select([sa.literal_column("nowhere")]))
