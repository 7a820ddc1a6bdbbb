"""Live state that is restored from a snapshot and caught up with history stands where it stood, and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection, Engine
from typing_extensions import override

from relance.core.time import DAY
from relance.events.past import History
from relance.infra.database import STATE, reading, writing
from relance.segments import store
from relance.segments.live.snapshot import chunks, lines
from relance.segments.live.snapshot import store as snapshot_store
from relance.segments.live.snapshot.snapshots import Snapshots
from relance.segments.live.snapshot.snapshotter import Snapshotter
from relance.segments.membership import Live
from relance.segments.rule.tree import Rule
from tests.store.segments.test_three_evaluators import Durable, Edit, Fail, Restart
from tests.unit.segments import every_kind
from tests.unit.segments.stories import APP, Happen, Merge, Model, Tick
from tests.unit.segments.stories import Edit as EditPerson
from tests.unit.segments.test_live_is_the_definition import FOCUS, bare, every_step, focused_step

_TABLES = [
    *store.TABLES,
    snapshot_store.LIVE_PARTS,
    snapshot_store.LIVE_CHUNKS,
    snapshot_store.LIVE_FORGOTTEN,
]


class Snap(NamedTuple):
    """A snapshot is taken; of some parts only, if ``leaving`` is not 0: the others stay as they were written before."""

    leaving: int


@dataclass
class Again(Durable):
    """The model with stores and snapshots. As in the program, people change by events only, and a merge has a position."""

    snapshots: Snapshots = field(init=False)
    snapshotter: Snapshotter = field(init=False)
    restored: list[int] = field(default_factory=list)

    def profiles_of(
        self, _connection: Connection, _app_id: int, people: Sequence[int], _asked: frozenset[str] = frozenset()
    ) -> Mapping[int, Mapping[str, Any]]:
        return {person: self.traits[person] for person in people if person in self.traits}

    def open(self) -> None:
        self.snapshots = Snapshots(0, self.profiles_of)
        self.live = Live(0, self.profiles, self.snapshots)
        with reading(self.state) as connection:
            self.live.load(connection, self.history, self.now)
        self.snapshotter = Snapshotter(
            self.live, self.snapshots, self.state, lambda: self.position - 1, lambda _: True, lambda: self.now
        )

    @override
    def step(self, step: Any) -> None:
        if isinstance(step, EditPerson) and step.person not in self.gone:
            super().step(Happen(step.person, "edited", 0, 0, {}))
        super().step(step)

    @override
    def merge(self, step: Merge) -> None:
        self.settle()
        if step.source != step.into and not {step.source, step.into} & self.gone and step.source in self.people:
            self.history.merge(APP, step.source, step.into, self.position)
            self.position += 1
        Model.merge(self, step)

    @override
    def tick(self, gap: int) -> None:
        Model.tick(self, gap)
        self.commit()

    @override
    def restart(self) -> None:
        self.tick(0)
        self.open()
        self.restored.append(len(self.live.part_names()))
        self.exempt.clear()
        self.tick(0)

    def snap(self, leaving: int) -> None:
        self.tick(0)
        if leaving == 0:
            assert self.snapshotter.snapshot()
            return
        for place, part in enumerate(self.live.part_names()):
            if place % 3 != leaving % 3:
                self.snapshotter.write(part)
        self.snapshotter.commit()

    @override
    def more(self, step: Any) -> None:
        if isinstance(step, Snap):
            self.snap(step.leaving)
        else:
            super().more(step)


again = st.one_of(
    st.just(Restart()),
    st.just(Restart()),
    st.builds(Snap, st.integers(0, 3)),
    st.builds(Snap, st.integers(0, 3)),
    st.builds(Fail, every_kind.gaps),
    st.builds(Edit, every_kind.rules),
)
steps = st.sampled_from(range(6)).flatmap(lambda place: again if place == 0 else every_step)
restarts = st.one_of(st.just(Restart()), st.builds(Snap, st.integers(0, 3)))
focused = st.sampled_from(range(6)).flatmap(lambda place: restarts if place == 0 else focused_step)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    # Hypothesis runs many examples in one fixture; what is specific to a database is tested beside this on both.
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    STATE.create_all(engine, _TABLES)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 96)
    monkeypatch.setattr(lines, "PEOPLE_A_CHUNK", 2)


def begin(state: Engine, history: History, chosen: list[Rule], now: int) -> Again:
    with writing(state) as connection:
        for table in (*_TABLES[2:], store.SEGMENT_VERSIONS, store.SEGMENTS):
            connection.execute(sa.delete(table))
        numbered = {
            store.insert_segment(connection, APP, f"s{place}", rule, now, "t").id: rule for place, rule in enumerate(chosen)
        }
    model = Again(Live(0, lambda *_: []), numbered, now, 1, state=state, history=history)
    model.open()
    return model


def play(state: Engine, chosen: list[Rule], now: int, story: list[Any]) -> None:
    history = History(":memory:")
    try:
        model = begin(state, history, chosen, now)
        for step in [*story, Tick(0), Restart(), Snap(1), Tick(2 * DAY), Restart(), Snap(0), Restart(), Tick(40 * DAY)]:
            model.more(step)
    finally:
        history.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    chosen=st.lists(every_kind.rules, min_size=2, max_size=4),
    now=every_kind.starts,
    story=st.lists(steps, min_size=20, max_size=35),
)
def test_every_kind_goes_on_from_snapshots(engine: Engine, chosen: list[Rule], now: int, story: list[Any]) -> None:
    play(engine, chosen, now, story)


@pytest.mark.parametrize("kind", FOCUS)
def test_each_kind_by_itself_goes_on_from_snapshots(engine: Engine, kind: str) -> None:
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        chosen=st.lists(FOCUS[kind].map(bare).map(every_kind.read), min_size=3, max_size=5),
        now=every_kind.starts,
        story=st.lists(focused, min_size=30, max_size=45),
    )
    def check(chosen: list[Rule], now: int, story: list[Any]) -> None:
        play(engine, chosen, now, story)

    check()
