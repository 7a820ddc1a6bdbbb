"""Segments that are filled from history while events keep coming hold whom the definition holds, however the two interleave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from typing_extensions import override

from relance.core.time import DAY
from relance.events.past import History
from relance.events.service import NO_COLUMNS, PropertyUse
from relance.infra.database import STATE, reading, writing
from relance.segments import store
from relance.segments.definition.needs import reads_of
from relance.segments.live import engine
from relance.segments.live.changes.membership_changes import MembershipChanges
from relance.segments.live.fill import backfill, fillers
from relance.segments.live.fill.backfill import Backfill
from relance.segments.membership import Live
from relance.segments.model import Stage
from relance.segments.rule.tree import Rule, conditions, to_data
from relance.segments.service import Segments
from tests.store.segments.test_live_again import Again
from tests.store.segments.test_three_evaluators import Fail, Restart
from tests.unit.segments import every_kind
from tests.unit.segments.stories import APP, Tick
from tests.unit.segments.test_live_is_the_definition import FOCUS, bare, every_step, focused_step

SEEN = range(1, 10)


class Create(NamedTuple):
    """Somebody makes a segment."""

    rule: Rule


class Rewrite(NamedTuple):
    """Somebody gives a segment, the ``place``-th modulo their number, another rule."""

    place: int
    rule: Rule


class Archive(NamedTuple):
    """Somebody archives one."""

    place: int


class Fill(NamedTuple):
    """The backfill goes on by so many steps."""

    steps: int


class Break(NamedTuple):
    """The backfill's next step fails."""


class LayOut(NamedTuple):
    """History has columns for at most so many of the properties that rules read, and writes so many slices of old rows."""

    most: int
    slices: int


class BrokenError(Exception):
    """History cannot be read just now."""


class Unreadable:
    """A history that cannot be read."""

    columns = NO_COLUMNS

    def run(self, select: sa.Select[Any]) -> list[tuple[Any, ...]]:
        raise BrokenError(str(select)[:20])

    def arrays(self, select: sa.Select[Any]) -> list[Any]:
        raise BrokenError(str(select)[:20])


def unreadable_profiles(_asked: frozenset[str]) -> Any:
    """People who cannot be read either: what is filled from them alone asks no history."""
    raise BrokenError("profiles")


@dataclass
class Filling(Again):
    """The model, with segments that become live some time after they are wanted. ``rules`` are those that hold now."""

    wanted: dict[int, Rule] = field(default_factory=dict)
    driven: dict[Backfill, Iterator[None]] = field(default_factory=dict)

    @override
    def check(self) -> None:
        super().check()
        for rule in self.rules.values():
            found = self.live.preview(APP, rule, self.now)
            inside = sorted(self.inside(rule))
            if found is not None:  # else a random part was not drawn for all yet
                assert (found.count, found.sample, found.at) == (len(inside), inside, self.now)

    @override
    def follow(self, changes: MembershipChanges, before: int | None) -> None:
        if before is None:  # nothing is live yet
            assert not changes
            self.met |= self.people
        else:
            super().follow(changes, before)

    def take_up(self) -> None:
        """What a tick begins with when definitions changed, or a backfill is done."""
        self.tick(0)
        with reading(self.state) as connection:
            self.live.reload(connection, self.history, self.now)
        self.adopted()
        self.commit()
        self.tick(0)

    def adopted(self) -> None:
        """From here on what is no longer being built holds by its newest rule; nothing is told of it."""
        building = {each.segment: each for each in self.live.building(APP)}
        assert building.keys() <= self.wanted.keys()
        for number in self.rules.keys() - self.wanted.keys():
            del self.rules[number]
            self.seen = {key: inside for key, inside in self.seen.items() if key[0] != number}
        for number, rule in self.wanted.items():
            if number in building:
                assert building[number].is_new is (number not in self.rules)
                assert (number in self.live.sizes(APP)) is (number in self.rules)
            elif self.rules.get(number) != rule:
                self.rules[number] = rule
                self.seen |= {(number, person): self.live.contains(APP, number, person) for person in SEEN}
        self.rules = dict(sorted(self.rules.items()))

    def fill(self, steps: int) -> None:
        present = self.live.backfill()
        if present is None:
            return
        driven = self.driven.setdefault(present, present.steps(self.history, lambda _asked: self.profiles(None, APP)))  # type: ignore[arg-type]
        for _ in range(steps):
            if next(driven, self) is self:
                del self.driven[present]
                return

    def break_down(self) -> None:
        present = self.live.backfill()
        if present is not None:
            present.began_at = 1
            try:
                list(present.steps(Unreadable(), unreadable_profiles))
            except BrokenError:
                present.fail("broken")
            else:  # it had come near enough already
                return
            self.driven.pop(present, None)
            assert {each.error for each in self.live.building(APP) if each.stage is not Stage.WAITING} == {"broken"}

    def lay_out(self, step: LayOut) -> None:
        uses = [
            PropertyUse(path, APP, event)
            for rule in self.wanted.values()
            for leaf in conditions(rule)
            for event, path in reads_of(leaf)
        ]
        self.history.use_columns(list(dict.fromkeys(uses)), step.most)
        for _ in range(step.slices):
            self.history.fill_columns(3)

    def finish(self) -> None:
        """Let everything become live."""
        while self.live.backfill() is not None or self.live.has_filled:
            self.fill(1_000)
            self.take_up()
        assert self.rules == self.wanted

    @override
    def restart(self) -> None:
        self.tick(0)
        self.live = Live(0, self.profiles)
        self._load()
        self.exempt.clear()
        self.tick(0)

    @override
    def fail(self, gap: int) -> None:
        self.settle()
        self.tick(0)
        self.now += gap
        self.live.expire(self.now)
        self.live.drop()
        self._load()
        self.tick(0)

    def _load(self) -> None:
        with reading(self.state) as connection:
            self.live.load(connection, self.history, self.now)
        self.driven.clear()
        self.adopted()

    @override
    def more(self, step: Any) -> None:
        if isinstance(step, Create):
            number = Segments(self.state).create(APP, f"n{self.ticks}-{len(self.wanted)}", to_data(step.rule), self.now).id
            self.wanted[number] = step.rule
            self.take_up()
        elif isinstance(step, Rewrite | Archive) and self.wanted:
            number = sorted(self.wanted)[step.place % len(self.wanted)]
            self.define(number, step)
            self.take_up()
        elif isinstance(step, Fill):
            self.fill(step.steps)
            if self.live.has_filled:
                self.take_up()
        elif isinstance(step, Break):
            self.break_down()
        elif isinstance(step, LayOut):
            self.lay_out(step)
        elif not isinstance(step, Rewrite | Archive):
            super().more(step)

    def define(self, number: int, step: Rewrite | Archive) -> None:
        version = Segments(self.state).get(APP, number).version
        if isinstance(step, Archive):
            Segments(self.state).archive(APP, number, version, self.now)
            del self.wanted[number]
        else:
            Segments(self.state).update(APP, number, version, self.now, rule=to_data(step.rule))
            self.wanted[number] = step.rule


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    # Hypothesis runs many examples in one fixture; what is specific to a database is tested beside this on both.
    engine = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('state')}/state.db")
    STATE.create_all(engine, store.TABLES)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is small enough to be done at once, and everything takes many steps."""
    monkeypatch.setattr(engine, "AT_ONCE", -1)
    for name, size in (("SLICE", 3), ("TEXT_SLICE", 2)):
        monkeypatch.setattr(fillers, name, size)
    for name, size in (("PEOPLE", 4), ("FEW", 1), ("NEAR", 2)):
        monkeypatch.setattr(backfill, name, size)


Begin = Callable[[list[Rule], int], Filling]


@pytest.fixture
def begin(state: Engine) -> Iterator[Begin]:
    histories: list[History] = []

    def begun(chosen: list[Rule], now: int) -> Filling:
        histories.append(History(":memory:"))
        with writing(state) as connection:
            for table in reversed(store.TABLES):
                connection.execute(sa.delete(table))
            numbered = {
                store.insert_segment(connection, APP, f"s{place}", rule, now, "t").id: rule for place, rule in enumerate(chosen)
            }
        model = Filling(Live(0, lambda *_: []), numbered, now, state=state, history=histories[-1], wanted=dict(numbered))
        model.live = Live(0, model.profiles)
        with reading(state) as connection:
            model.live.load(connection, histories[-1], now)
        return model

    yield begun
    for each in histories:
        each.close()


fills = st.one_of(
    *[st.builds(Fill, st.integers(1, 6))] * 3, st.builds(LayOut, st.sampled_from([0, 2, 30, 30]), st.sampled_from([1, 30, 100]))
)
places = st.integers(0, 3)


def stories(rules: st.SearchStrategy[Rule], plain: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    """Stories in which the definitions change, and backfills go on by and by."""
    defined = st.one_of(st.builds(Create, rules), st.builds(Rewrite, places, rules), st.builds(Rewrite, places, rules))
    seldom = st.one_of(st.builds(Archive, places), st.just(Break()), st.just(Restart()), st.builds(Fail, every_kind.gaps))
    either = st.sampled_from(range(24)).flatmap(
        lambda place: seldom if place == 0 else defined if place < 3 else fills if place < 8 else plain
    )
    return st.lists(either, min_size=size, max_size=size + 15)


@pytest.mark.parametrize("kind", FOCUS)
def test_each_kind_by_itself(begin: Begin, kind: str) -> None:
    rules = FOCUS[kind].map(bare).map(every_kind.read)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(chosen=st.lists(rules, max_size=2), late=rules, now=every_kind.starts, story=stories(rules, focused_step, 30))
    def check(chosen: list[Rule], late: Rule, now: int, story: list[Any]) -> None:
        model = begin(chosen, now)
        half = len(story) // 2
        for step in [*story[:half], Create(late), Fill(2), *story[half:], Tick(0)]:
            model.more(step)
        model.finish()
        for gap in (0, DAY, 40 * DAY):
            model.tick(gap)
        model.restart()

    check()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(every_kind.rules, max_size=3), now=every_kind.starts, story=stories(every_kind.rules, every_step, 30))
def test_whole_rules(begin: Begin, chosen: list[Rule], now: int, story: list[Any]) -> None:
    model = begin(chosen, now)
    for step in [*story, Tick(0)]:
        model.more(step)
    model.finish()
    for gap in (0, DAY, 40 * DAY):
        model.tick(gap)
    model.restart()
