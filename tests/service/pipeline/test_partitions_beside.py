"""Four partitions are as good as one: segments are filled beside ticks, live state is snapshotted, whoever moves meanwhile.

On each engine of history: definition, live state and a query come to the same members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.core.time import DAY
from tests.service.pipeline.beside import Beside, Create, play, stories, take_small_steps
from tests.service.pipeline.streams import rules_of_every_kind as rules
from tests.service.pipeline.test_partitions import rigs

emitted = given(chosen=st.lists(rules, min_size=1, max_size=2), late=rules, story=stories(rules))


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    take_small_steps(monkeypatch)


def check(chosen: list[Any], late: Any, story: list[Any], **more: str) -> None:
    with rigs(4, **more) as (rig,):
        half = len(story) // 2
        play(Beside(rig, chosen), [*story[:half], Create(late), *story[half:]], 2 * DAY)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@emitted
def test_whatever_comes_in_between_the_members_are_those_of_the_definition(
    chosen: list[Any], late: Any, story: list[Any]
) -> None:
    check(chosen, late, story)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@emitted
def test_likewise_with_history_on_clickhouse(
    clickhouse_url: str, clickhouse_database: Callable[[], str], chosen: list[Any], late: Any, story: list[Any]
) -> None:
    check(chosen, late, story, history_url=clickhouse_url, history_database=clickhouse_database())
