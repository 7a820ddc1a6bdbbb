"""The course of a segment, as it is reported afterwards, is that of the sizes that were seen, whatever its rule went through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.analytics.model import Edited, SegmentRow
from relance.analytics.service import Reports
from relance.core.time import MINUTE
from relance.infra.database import reading
from relance.segments import store
from relance.segments.service import parse_rule, to_data
from relance.worker.membership import MembershipReader
from tests.service.pipeline.rig import START, Rig, counted
from tests.service.pipeline.test_partitions import rigs

ONCE, TWICE = counted("bought", ">=", 1, None), counted("bought", ">=", 2, None)
LATELY = counted("bought", ">=", 1, "3m")
RULES = [ONCE, TWICE, LATELY, {"not": ONCE}]


@pytest.fixture(params=[1, 4])
def rig(request: pytest.FixtureRequest, tmp_path: Path, state: Engine, log_engine: Engine) -> Iterator[Rig]:
    made = Rig(tmp_path / "data", state, log_engine, partitions=request.param)
    yield made
    made.close()


class Watch:
    """A minute for each step of a story; at its end the sizes are noted."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.minute = 0
        self.made: dict[str, int] = {}
        self.seen: list[dict[str, int]] = []

    @property
    def at(self) -> int:
        return self.minute * MINUTE

    def bought(self, *users: int) -> None:
        self.rig.write(*(self.rig.track(f"u{user}", "bought", self.at + 1) for user in users))
        self.rig.settle(self.at + 2)

    def make(self, name: str, rule: Any) -> None:
        self.made[name] = self.rig.segments.create(self.rig.app, name, rule, START + self.at + 3).id

    def edit(self, name: str, rule: Any, *, announce: bool = False) -> None:
        version = self.rig.segments.get(self.rig.app, self.made[name]).version
        self.rig.segments.update(self.rig.app, self.made[name], version, START + self.at + 3, rule=rule, announce=announce)

    def end(self, *, restart: bool = False) -> None:
        """Rules are taken up a while after they were saved, by what goes on or by a start."""
        if restart:
            self.rig.stop()
            self.rig.start()
        else:
            self.rig.definitions_changed()
        self.rig.settle(self.at + 4)
        self.rig.settle(self.at + MINUTE - 1)
        self.seen.append({name: len(self.rig.members(number)) for name, number in self.made.items()})
        self.minute += 1

    def course(self, name: str) -> SegmentRow:
        live, now = MembershipReader([each.live for each in self.rig.every]), self.rig.clock.now()
        reports = Reports(self.rig.state, self.rig.parts.history)
        found = reports.segments(self.rig.app, live, now, since=START, until=START + self.at, every=MINUTE)
        return next(row for row in found.segments if row.segment_id == self.made[name])

    def sizes(self, name: str) -> list[int]:
        return [point.size for point in self.course(name).points]

    def sizes_seen(self, name: str) -> list[int]:
        return [sizes.get(name, 0) for sizes in self.seen]


@pytest.mark.parametrize("restart", [False, True])
def test_an_edit_shifts_no_past_and_is_told_apart(rig: Rig, restart: bool) -> None:
    watch = Watch(rig)
    watch.bought(1, 2, 3, 4, 5)
    watch.bought(4, 5)
    watch.end()
    watch.make("buyers", ONCE)
    watch.end(restart=restart)
    watch.bought(6)
    watch.end()
    watch.edit("buyers", TWICE)
    watch.end(restart=restart)
    watch.bought(1)
    watch.end()
    watch.edit("buyers", ONCE, announce=True)
    watch.end(restart=restart)
    row = watch.course("buyers")
    assert watch.sizes("buyers") == watch.sizes_seen("buyers") == [0, 5, 6, 2, 3, 6]
    assert [point.edited for point in row.points] == [None, Edited(5, 0), None, Edited(0, 4), None, None]
    assert [(point.entered, point.left) for point in row.points] == [(0, 0), (0, 0), (1, 0), (0, 0), (1, 0), (3, 0)]
    assert (row.size, row.entered, row.left, row.edited) == (6, 5, 0, Edited(5, 4))


def test_what_names_an_edited_segment_is_moved_with_it_and_an_archived_one_leaves_nothing(rig: Rig) -> None:
    watch = Watch(rig)
    watch.bought(1, 2, 3)
    watch.bought(3)
    watch.make("buyers", ONCE)
    watch.end()
    watch.make("others", {"not": {"kind": "segment", "segment": watch.made["buyers"]}})
    watch.end()
    watch.edit("buyers", TWICE)
    watch.end()
    assert watch.sizes("others") == watch.sizes_seen("others") == [0, 0, 2]
    assert watch.course("others").points[-1].edited == Edited(2, 0)
    rig.segments.archive(rig.app, watch.made["others"], 1, START + watch.at)
    watch.end()
    with reading(rig.state) as connection:
        kept = set(connection.scalars(sa.select(store.SEGMENT_UPTAKES.c.segment_id)))
    assert kept == {watch.made["buyers"]}


def test_a_rule_that_was_taken_up_but_not_committed_is_counted_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(rig)
    watch.bought(1, 2)
    watch.end()
    watch.make("buyers", ONCE)
    rig.definitions_changed()
    for tick in rig.ticks:
        with monkeypatch.context() as patched:
            patched.setattr(tick.parts.live, "flush", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                tick.run()
    watch.end()
    assert watch.sizes("buyers") == watch.sizes_seen("buyers") == [0, 2]
    assert watch.course("buyers").edited == Edited(2, 0)


buying = st.lists(st.integers(1, 6), max_size=4)
editing = st.one_of(st.none(), st.tuples(st.sampled_from(RULES), st.booleans()))
minutes = st.tuples(buying, editing, st.booleans())


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@example(story=[([2, 3, 3], (LATELY, True), False), ([4, 3], (TWICE, True), False), ([3, 4], None, False), ([4], None, False)])
@given(story=st.lists(minutes, min_size=2, max_size=7))
def test_the_course_at_each_instant_is_the_size_that_was_seen(story: list[Any]) -> None:
    with rigs(1, 4) as made:
        for watch in map(Watch, made):
            for users, edit, restart in story:
                watch.bought(*users)
                if edit is not None and "any" not in watch.made:
                    watch.make("any", edit[0])
                elif edit is not None and _differs(watch, edit[0]):
                    watch.edit("any", edit[0], announce=edit[1])
                watch.end(restart=restart)
            if watch.made:
                assert watch.sizes("any") == watch.sizes_seen("any")


def _differs(watch: Watch, rule: Any) -> bool:
    present = watch.rig.segments.get(watch.rig.app, watch.made["any"]).rule
    return to_data(present) != to_data(parse_rule(rule))
