"""What may come between while a segment is filled from history: each by itself."""

from __future__ import annotations

from typing import Any

import pytest

from relance.core.time import DAY
from relance.segments.live import engine
from relance.segments.live.fill import backfill
from relance.segments.model import Stage
from relance.segments.rule.conditions import Behaviour
from relance.segments.rule.tree import Rule, parse_rule, to_data
from tests.store.segments.test_backfill import Archive, Begin, Create, Fill, Filling, Rewrite, begin, in_small_steps, state
from tests.store.segments.test_three_evaluators import Fail, Restart
from tests.unit.segments.stories import APP, START, Edit, Forget, Happen, Merge, Tick

__all__ = ["begin", "in_small_steps", "state"]

VIEWED = parse_rule({"kind": "behaviour", "event": "viewed", "window": {"last": "1d"}})
BOUGHT = parse_rule({"kind": "behaviour", "event": "bought", "value": 2, "window": {"last": "1d"}})
OPENED = parse_rule({"kind": "behaviour", "event": "opened", "window": {"last": "1d"}})
PRO = parse_rule({"kind": "trait", "name": "a", "is": "=", "value": "pro"})
EVER = parse_rule({"kind": "lifecycle", "stage": "first", "event": "bought", "window": {"last": "1d"}})


def happens(person: int, name: str, gap: int = 1, delay: int = 0) -> Happen:
    return Happen(person, name, gap, delay, {})


PAST = [happens(person, name) for person in (1, 2, 3) for name in ("viewed", "bought", "opened") for _ in range(person)]


def live_shop(begin: Begin, *chosen: Rule, steps: list[Any]) -> Filling:
    model = begin(list(chosen), START)
    for step in [*steps, Tick(0)]:
        model.more(step)
    return model


def go(model: Filling, *steps: Any) -> None:
    for step in steps:
        model.more(step)


def newest(model: Filling) -> int:
    return max(model.wanted)


def test_a_new_segment_is_being_built_and_not_empty(begin: Begin) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT))
    (building,) = model.live.building(APP)
    assert (building.segment, building.is_new, building.share) == (newest(model), True, 0.0)
    assert newest(model) not in model.live.sizes(APP)
    shares = []
    while not model.live.has_filled:
        go(model, Fill(1))
        shares += [each.share for each in model.live.building(APP)]
        if not model.live.building(APP):
            break
    assert shares == sorted(shares)
    assert len(set(shares)) > 3
    model.finish()
    assert model.live.members(APP, newest(model)) == [2, 3]


def test_an_edited_one_goes_by_its_former_rule_until_then(begin: Begin) -> None:
    model = live_shop(begin, VIEWED, steps=[happens(1, "viewed"), happens(2, "bought"), happens(2, "bought")])
    go(model, Rewrite(0, BOUGHT), Fill(1))
    assert model.live.members(APP, 1) == [1]
    go(model, happens(3, "viewed"), Tick(0))
    assert model.live.members(APP, 1) == [1, 3]
    assert [each.is_new for each in model.live.building(APP)] == [False]
    model.finish()
    assert model.live.members(APP, 1) == [2]


def test_what_is_live_already_is_taken_up_at_once(begin: Begin) -> None:
    model = live_shop(begin, VIEWED, BOUGHT, steps=PAST)
    both = parse_rule({"all": [{"not": to_data(VIEWED)}, to_data(BOUGHT)]})
    go(model, Create(both))
    assert model.live.building(APP) == []
    assert model.live.backfill() is None
    assert model.live.members(APP, newest(model)) == []


def test_an_archived_one_is_not_filled_on(begin: Begin) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT), Fill(1))
    present = model.live.backfill()
    go(model, Archive(1))
    assert present is not None
    assert present.cancelled
    assert model.live.backfill() is None
    assert model.live.building(APP) == []


def test_an_edit_of_what_is_filled_begins_another(begin: Begin) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT), Fill(1), Rewrite(1, OPENED))
    assert [each.segment for each in model.live.building(APP)] == [newest(model)]
    model.finish()
    assert model.live.members(APP, newest(model)) == [1, 2, 3]


def test_a_second_one_waits_for_the_first(begin: Begin) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT), Fill(1), Create(OPENED))
    assert [each.stage for each in model.live.building(APP)][1] is Stage.WAITING
    model.finish()
    assert model.live.building(APP) == []


def test_the_first_segment_of_an_app_finds_everybody(begin: Begin) -> None:
    nobody = parse_rule({"kind": "behaviour", "event": "viewed", "compare": "=", "value": 0, "window": {"last": "1d"}})
    model = live_shop(begin, steps=[*PAST, happens(4, "bought"), Edit(5, {"a": "pro"})])
    go(model, Create(nobody), Fill(3), happens(6, "opened"), Edit(7, {"a": "x"}), Tick(0))
    model.finish()
    assert model.live.members(APP, newest(model)) == [4, 5, 6, 7]


@pytest.mark.parametrize("steps", range(1, 12))
def test_a_merge_at_any_instant(begin: Begin, steps: int) -> None:
    model = live_shop(begin, VIEWED, steps=[happens(1, "bought"), happens(2, "bought"), *PAST[:6]])
    go(model, Create(BOUGHT), Fill(steps), Merge(1, 2), Tick(0))
    model.finish()
    assert model.live.contains(APP, newest(model), 2)


@pytest.mark.parametrize("steps", range(1, 12))
def test_a_person_deleted_at_any_instant(begin: Begin, steps: int) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT), Fill(steps), Forget(3), Tick(0))
    model.finish()
    assert model.live.members(APP, newest(model)) == [2]


@pytest.mark.parametrize("steps", range(1, 12))
@pytest.mark.parametrize("rule", [BOUGHT, EVER])
def test_late_events_at_any_instant(begin: Begin, rule: Rule, steps: int) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(rule), Fill(steps), happens(1, "bought", delay=3_600_000), happens(2, "bought", delay=2 * DAY), Tick(0))
    model.finish()


@pytest.mark.parametrize("steps", range(1, 12))
def test_traits_that_change_at_any_instant(begin: Begin, steps: int) -> None:
    model = live_shop(begin, VIEWED, steps=[*PAST, *(Edit(person, {"a": "pro"}) for person in (1, 2, 3))])
    go(model, Create(PRO), Fill(steps), Edit(1, {"a": "free"}), Edit(4, {"a": "pro"}), Tick(0))
    model.finish()
    assert model.live.members(APP, newest(model)) == [2, 3, 4]


@pytest.mark.parametrize("after", [Restart(), Fail(1000)])
def test_what_was_filled_is_gone_with_the_process_or_a_failed_tick(begin: Begin, after: Any) -> None:
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT), Fill(2))
    present = model.live.backfill()
    go(model, after)
    assert present is not model.live.backfill()
    model.finish()
    assert model.live.members(APP, newest(model)) == [2, 3]


def test_nothing_existing_is_read_again(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    model = live_shop(begin, VIEWED, BOUGHT, steps=PAST)
    go(model, Create(parse_rule({"any": [to_data(VIEWED), to_data(OPENED)]})))
    present = model.live.backfill()
    assert present is not None
    assert len(present.plan.needs) == 1
    assert [leaf.event for leaf in present.plan.on_events.values() if isinstance(leaf, Behaviour)] == ["opened"]
    model.finish()


def test_a_small_history_is_filled_within_the_tick(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "AT_ONCE", 1_000)
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT))
    assert model.live.building(APP) == []
    assert model.live.members(APP, newest(model)) == [2, 3]


def test_too_far_behind_the_ticks_it_goes_on_before_it_joins(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "NEAR", 0)
    model = live_shop(begin, VIEWED, steps=PAST)
    go(model, Create(BOUGHT))
    model.fill(1_000)
    assert model.live.has_filled
    go(model, happens(1, "bought"), Tick(0))
    model.take_up()
    assert not model.live.has_filled
    assert [each.stage for each in model.live.building(APP)] != []
    model.finish()
    assert model.live.members(APP, newest(model)) == [1, 2, 3]


def test_one_that_looks_further_back_is_not_served_by_what_looks_less_far(begin: Begin) -> None:
    def ago(first: str, last: str) -> Rule:
        return parse_rule({"kind": "behaviour", "event": "bought", "window": {"ago": [first, last]}})

    model = live_shop(begin, VIEWED, steps=[happens(1, "bought"), Tick(20 * DAY), happens(2, "viewed")])
    for rule in (ago("9d", "4d"), ago("30d", "10d")):
        go(model, Create(rule))
        model.finish()
    assert model.live.members(APP, newest(model)) == [1]
