"""Who came into an area, decided by a part of a track that several conditions share: as by the whole of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.places import read_spot
from relance.segments.definition.evaluate import RuleEvent, holds
from relance.segments.definition.needs import joined_keeps
from relance.segments.definition.turns import next_turn
from relance.segments.live.columns.instants import NEVER
from relance.segments.live.columns.person_column import PersonColumn
from relance.segments.live.sources.event_lists import EventListSource
from relance.segments.live.sources.interpreted_leaves import JudgedLeaf
from relance.segments.rule.conditions import SPOTTED, Entered
from relance.segments.rule.tree import parse_rule

HOUR = 3_600_000
START = 1_760_000_000_000
CIRCLE = {"latitude": 48.0, "longitude": 2.0, "radius": 500}
WINDOWS: list[dict[str, Any] | None] = [
    None,
    {"last": "1h"},
    {"last": "1d"},
    {"last": "30d"},
    {"ago": ["2d", "1d"]},
    {"calendar": "today", "zone": "Europe/Paris"},
    {"after_first": "3d"},
]
moves = st.lists(st.tuples(st.sampled_from([0, 1, 2, 25, 50]), st.sampled_from([True, True, False])), min_size=1, max_size=12)


def entered(window: dict[str, Any] | None) -> Entered:
    rule = parse_rule({"kind": "entered", "circle": CIRCLE, **({} if window is None else {"window": window})})
    assert isinstance(rule, Entered)
    return rule


@pytest.mark.slow
@settings(max_examples=300)
@given(moves, st.lists(st.sampled_from(WINDOWS), min_size=1, max_size=3), st.sampled_from([0, 1, 3, 30]))
def test_a_part_of_a_track_tells_what_the_whole_tells(
    moved: list[tuple[int, bool]], windows: list[dict[str, Any] | None], later: int
) -> None:
    conditions = [entered(each) for each in [*windows, {"last": "90d"}]]  # which keeps the track long
    ((step, keeps),) = joined_keeps(conditions).values()
    event_list, firsts, at = EventListSource(1, step, keeps), PersonColumn(np.int64, NEVER), START
    whole: list[RuleEvent] = []
    for position, (hours, inside) in enumerate(moved):
        at += hours * HOUR
        event = RuleEvent(SPOTTED, at, position, {}, read_spot(48.0 if inside else 49.0, 2.0))
        whole.append(event)
        event_list.add([1], [event], at)
    firsts.set(np.array([1]), whole[0].occurred_at)
    now = at + later * HOUR
    for condition in conditions:
        leaf = JudgedLeaf(2, condition, [event_list], firsts, None)
        _, due, _ = leaf.update(np.array([1]), np.array([now]))
        turn = next_turn(condition, whole, now)
        assert leaf.answers.truth.one(1) == holds(condition, whole, now)
        assert due.tolist() == ([] if turn is None else [turn])
