"""Live state of every kind of condition that is built again from history stands where it stood, and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.core.time import DAY
from relance.events.past import History
from relance.infra.database import STATE, reading, writing
from relance.segments import store
from relance.segments.membership import Live
from relance.segments.rule.tree import Rule
from tests.store.segments.test_three_evaluators import Durable, Edit, Fail, Restart
from tests.unit.segments import every_kind
from tests.unit.segments.stories import APP, Model, Tick
from tests.unit.segments.test_live_is_the_definition import every_step


@dataclass
class Again(Durable):
    """The model with stores, asked for nothing but live membership."""

    @override
    def tick(self, gap: int) -> None:
        Model.tick(self, gap)
        self.commit()


again = st.one_of(st.just(Restart()), st.builds(Fail, every_kind.gaps), st.builds(Edit, every_kind.rules))
steps = st.sampled_from(range(8)).flatmap(lambda place: again if place == 0 else every_step)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    # Hypothesis runs many examples in one fixture; what is specific to a database is tested beside this on both.
    engine = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('state')}/state.db")
    STATE.create_all(engine, store.TABLES)
    yield engine
    engine.dispose()


def begin(state: Engine, history: History, chosen: list[Rule], now: int) -> Again:
    with writing(state) as connection:
        for table in reversed(store.TABLES):
            connection.execute(sa.delete(table))
        numbered = {
            store.insert_segment(connection, APP, f"s{place}", rule, now, "t").id: rule for place, rule in enumerate(chosen)
        }
    model = Again(Live(0, lambda *_: []), numbered, now, state=state, history=history)
    model.live = Live(0, model.profiles)
    with reading(state) as connection:
        model.live.load(connection, history, now)
    return model


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    chosen=st.lists(every_kind.rules, min_size=2, max_size=4),
    now=every_kind.starts,
    story=st.lists(steps, min_size=15, max_size=30),
)
def test_live_state_survives_restarts_edits_and_failures(state: Engine, chosen: list[Rule], now: int, story: list[Any]) -> None:
    history = History(":memory:")
    try:
        model = begin(state, history, chosen, now)
        for step in [*story, Tick(0), Restart(), Tick(2 * DAY), Restart(), Tick(40 * DAY)]:
            model.more(step)
    finally:
        history.close()
