"""Definition, query and live state agree on a real history, across restarts, edits of rules, merges and deletions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection, Engine
from typing_extensions import override

from relance.core.encoding import to_json
from relance.events.past import History
from relance.infra.database import STATE, reading, writing
from relance.segments import store
from relance.segments.definition.evaluate import evaluate
from relance.segments.membership import Live
from relance.segments.query.compile import members
from relance.segments.query.preview import preview
from relance.segments.rule.tree import Rule, parse_rule, to_data
from relance.segments.service import Segments
from tests.unit.segments.everybody import InMemory
from tests.unit.segments.stories import APP, START, Happen, Merge, Model, Tick, rules, steps


class Restart(NamedTuple):
    """The process ends; another reads what is committed."""


class Fail(NamedTuple):
    """Time passes, a tick works and its commit fails: all is dropped and read again."""

    gap: int


class Edit(NamedTuple):
    """The first segment gets another rule."""

    rule: Rule


more_steps = st.one_of(
    steps, steps, steps, steps, st.just(Restart()), st.builds(Fail, st.sampled_from([1, 999, 5000])), st.builds(Edit, rules)
)


@dataclass
class Durable(Model):
    """The model with stores: every tick is committed, so that a new process can go on from there."""

    state: Engine = field(kw_only=True)
    history: History = field(kw_only=True)
    ticks: int = 0

    def profiles(
        self, _connection: Connection, app_id: int, _asked: frozenset[str] = frozenset()
    ) -> list[tuple[int, Mapping[str, Any]]]:
        return [(person, self.traits.get(person, {})) for person in self.people] if app_id == APP else []

    @override
    def merge(self, step: Merge) -> None:
        if step.source != step.into and not {step.source, step.into} & self.gone and step.source in self.people:
            order = 100 * self.position + len(self.gone)  # two merges never share a position
            self.history.merge(APP, step.source, step.into, order)
        super().merge(step)

    @override
    def forget(self, person: int) -> None:
        self.history.forget(APP, person)
        kept = [place for place, each in enumerate(self.persons) if each != person]
        self.pending, self.persons = [self.pending[i] for i in kept], [self.persons[i] for i in kept]
        super().forget(person)

    @override
    def settle(self) -> None:
        super().settle()
        if self.batches[-1].events:
            self.history.append(0, self.batches[-1])

    @override
    def tick(self, gap: int) -> None:
        super().tick(gap)
        self.commit()
        people = sa.values(sa.column("person_id", sa.BigInteger), sa.column("traits", sa.Text), name="people")
        rows = [(person, to_json(self.traits.get(person, {}))) for person in self.people] or [(0, "{}")]
        for rule in self.rules.values():
            inside = {
                person
                for person in self.people
                if evaluate(rule, self.events.get(person, []), self.traits.get(person, {}), self.now)
            }
            found = {row[0] for row in self.history.run(members(rule, APP, self.now, people.data(rows)))}
            assert found - {0} == inside
            assert preview(rule, APP, self.history, InMemory(dict(self.profiles(None, APP))), self.now).sample == sorted(inside)  # type: ignore[arg-type]

    def commit(self) -> None:
        self.ticks += 1
        with writing(self.state) as connection:
            self.live.flush(connection, self.ticks, self.now)

    def restart(self) -> None:
        self.tick(0)
        self.live = Live(0, self.profiles)
        with reading(self.state) as connection:
            self.live.load(connection, self.history, self.now)
        self.exempt.clear()
        self.tick(0)

    def fail(self, gap: int) -> None:
        self.settle()
        self.tick(0)
        self.now += gap
        self.live.expire(self.now)
        self.live.drop()
        with reading(self.state) as connection:
            self.live.load(connection, self.history, self.now)
        self.tick(0)

    def edit(self, rule: Rule) -> None:
        self.tick(0)
        number = min(self.rules)
        version = Segments(self.state).get(APP, number).version
        Segments(self.state).update(APP, number, version, self.now, rule=to_data(rule))
        self.rules[number] = rule
        with reading(self.state) as connection:
            self.live.reload(connection, self.history, self.now)
        for person in range(1, 10):
            self.seen[number, person] = self.live.contains(APP, number, person)
        self.commit()
        self.tick(0)

    def more(self, step: Any) -> None:
        if isinstance(step, Restart):
            self.restart()
        elif isinstance(step, Fail):
            self.fail(step.gap)
        elif isinstance(step, Edit):
            self.edit(step.rule)
        else:
            self.step(step)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    # Hypothesis runs many examples in one fixture; what is specific to a database is tested beside this on both.
    engine = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('state')}/state.db")
    STATE.create_all(engine, store.TABLES)
    yield engine
    engine.dispose()


def begin(state: Engine, history: History, chosen: list[Rule]) -> Durable:
    with writing(state) as connection:
        for table in store.TABLES:
            connection.execute(sa.delete(table))
        numbered = {
            store.insert_segment(connection, APP, f"s{place}", rule, START, "t").id: rule for place, rule in enumerate(chosen)
        }
    model = Durable(Live(0, lambda *_: []), numbered, state=state, history=history)
    model.live = Live(0, model.profiles)
    with reading(state) as connection:
        model.live.load(connection, history, START)
    return model


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(rules, min_size=1, max_size=3), story=st.lists(more_steps, min_size=1, max_size=30))
def test_all_evaluators_agree(state: Engine, chosen: list[Rule], story: list[Any]) -> None:
    history = History(":memory:")
    try:
        model = begin(state, history, chosen)
        for step in [*story, Tick(0), Restart(), Tick(1000), Restart(), Tick(70_000)]:
            model.more(step)
    finally:
        history.close()


def test_windows_that_closed_while_nothing_ran_come_out_at_their_instants(state: Engine) -> None:
    history = History(":memory:")
    rule = parse_rule({"kind": "behaviour", "event": "viewed", "window": {"last": "5s"}})
    model = begin(state, history, [rule])
    for place, person in enumerate((1, 2)):
        model.happen(_happen(person, 1000 * place))
    model.tick(0)
    last_seen = model.now
    model.live = Live(0, model.profiles)
    with reading(state) as connection:
        model.live.load(connection, history, last_seen + 60_000)
    assert model.live.size(APP, min(model.rules)) == 2
    changes = model.live.expire(last_seen + 60_000)
    assert [(each.person_id, each.entered, each.occurred_at - START) for each in changes] == [(1, False, 5000), (2, False, 6000)]
    history.close()


def _happen(person: int, gap: int) -> Happen:

    return Happen(person, "viewed", gap, 0, {})
