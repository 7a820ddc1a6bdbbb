"""Four partitions are as good as one: segments are filled beside ticks, live state is snapshotted, whoever moves meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.time import DAY
from tests.service.pipeline.beside import Beside, Create, play, stories, take_small_steps
from tests.service.pipeline.streams import rules
from tests.service.pipeline.test_partitions import rigs


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    take_small_steps(monkeypatch)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(rules, min_size=1, max_size=2), late=rules, story=stories())
def test_whatever_comes_in_between_the_members_are_those_of_the_definition(
    chosen: list[Any], late: Any, story: list[Any]
) -> None:
    with rigs(4) as (rig,):
        half = len(story) // 2
        play(Beside(rig, chosen), [*story[:half], Create(late), *story[half:]], 2 * DAY)
