"""Each kind of condition as a query over history finds exactly those for whom its definition holds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.encoding import to_json
from relance.core.places import read_location
from relance.events.model import Batch, Event
from relance.events.past import History
from relance.segments.definition.evaluate import RuleEvent, evaluate
from relance.segments.query.compile import members
from relance.segments.rule.conditions import SESSION, Behaviour, Happens, Lifecycle, Rhythm, Sequence
from relance.segments.rule.window import Calendar
from tests.unit.segments import every_kind

PEOPLE = (1, 2, 3)
_apps = count(1)
_positions = count(1)


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    """One for all examples: each has an app of its own."""
    history = History(":memory:")
    yield history
    history.close()


def play(history: History, app: int, start: int, reported: list[every_kind.DrawnEvent]) -> tuple[dict[int, list[RuleEvent]], int]:
    """Put a stream into history; returns it by person, and its newest instant."""
    lines: dict[int, list[RuleEvent]] = {person: [] for person in PEOPLE}
    events, persons, now = [], [], start
    first = next(_positions)
    for place, each in enumerate(reported):
        now += each.gap
        occurred_at = now - each.delay
        body = to_json(each.properties).encode()
        context = every_kind.context_of(each.properties)
        context_text = to_json(context).encode()
        events.append(Event(app, each.kind, each.name, f"{app}-{place}", "", "", occurred_at, now, body, context_text))
        persons.append(each.person)
        spot = read_location(context.get("location"))
        lines[each.person].append(RuleEvent(each.heard, occurred_at, first + place, each.properties, spot))
    for _ in reported:
        next(_positions)
    history.append(0, Batch(events, persons, [False] * len(events), first))
    return lines, now


AGGREGATES = ("count", "sum", "average", "min", "max", "distinct", "days", "first", "last")
KINDS = {each: every_kind.behaviours((each,)) for each in AGGREGATES} | {
    "sequence": every_kind.sequences(),
    "rhythm": every_kind.rhythms(),
    "lifecycle": every_kind.lifecycles(),
    "own zone lifecycle": every_kind.lifecycles_in_own_zones(),
    "unopened": every_kind.unopened(),
    "message": every_kind.messages(),
    "person": every_kind.facts(),
    "device": every_kind.devices(),
    "lists of objects": st.builds(
        lambda data, where: data | {"where": [{"property": "items", "is": "has", "where": where}]},
        every_kind.behaviours(),
        every_kind.of_items,
    ),
    "country": every_kind.countries(),
    "subscription": every_kind.subscriptions(),
    "consent": every_kind.consents(),
    "place": every_kind.places(),
    "entered": every_kind.entries(),
    "trait": every_kind.traits(),
    "bucket": every_kind.buckets(),
    "own zone": every_kind.in_own_zones(),
}


def heard(rule: Any) -> list[str]:
    """The names of the events that the condition asks for."""
    if isinstance(rule, Behaviour | Lifecycle):
        return [rule.event]
    if isinstance(rule, Sequence):
        return [rule.first.event, rule.then.event]
    return [SESSION] if isinstance(rule, Rhythm) else list(every_kind.NAMES[3:])


@pytest.mark.parametrize("kind", KINDS)
def test_a_query_finds_whom_the_definition_holds_for(history: History, kind: str) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        KINDS[kind].map(every_kind.read),
        every_kind.starts,
        st.lists(every_kind.drawn_events(st.sampled_from(PEOPLE)), min_size=5, max_size=30),
        every_kind.gaps,
        st.lists(every_kind.known, min_size=len(PEOPLE), max_size=len(PEOPLE)),
    )
    def check(rule: Any, start: int, reported: list[every_kind.DrawnEvent], wait: int, traits: list[dict[str, Any]]) -> None:
        names = heard(rule)  # two of three events are such as the condition asks for
        story = [each._replace(name=names[place % len(names)]) if place % 3 else each for place, each in enumerate(reported)]
        app = next(_apps)
        lines, newest = play(history, app, start, story)
        known = dict(zip(PEOPLE, traits, strict=True))
        people = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people")
        rows = [(person, to_json(known[person])) for person in PEOPLE]
        for now in (newest, newest + wait):
            expected = {person for person in PEOPLE if evaluate(rule, lines[person], known[person], now, person)}
            found = {row[0] for row in history.run(members(rule, app, now, people.data(rows), every_kind.KNOWN_ZONES))}
            assert found == expected

    check()


@pytest.mark.parametrize("zones", [(), every_kind.KNOWN_ZONES])
def test_a_sequence_in_each_persons_own_zone_is_one_chain_however_many_zones_there_are(zones: Any) -> None:
    rule = Sequence(Happens("viewed", ()), Happens("bought", ()), "1h", window=Calendar("this_quarter", "person"))
    people = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people").data([(1, "{}")])
    assert str(members(rule, 1, 1_790_000_000_000, people, zones)).count("AS next_at") == 1
