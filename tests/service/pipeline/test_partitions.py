"""One partition and four come to the same, and each of them to the definition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.infra.database import LOG, STATE, open_engine
from tests.service.pipeline.rig import Rig
from tests.service.pipeline.streams import Found, Player, rules, steps


@contextmanager
def rigs(*partitions: int, **more: Any) -> Iterator[list[Rig]]:
    # In memory where there is such a folder: what survives is tested elsewhere, and many small commits wait for the disk.
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = []
        for count in partitions:
            place = Path(folder) / str(count)
            place.mkdir()
            state, log = open_engine(f"sqlite:///{place}/state.db"), open_engine(f"sqlite:///{place}/log.db")
            STATE.create_all(state)
            LOG.create_all(log)
            made.append(Rig(place / "data", state, log, partitions=count, **more))
        try:
            yield made
        finally:
            for rig in made:
                rig.close()
                rig.state.dispose()
                rig.log.dispose()


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(rules, min_size=1, max_size=3), story=st.lists(steps, min_size=1, max_size=12))
def test_in_a_stream_that_comes_slowly_nothing_differs(chosen: list[Any], story: list[Any]) -> None:
    with rigs(1, 4) as made:
        players = [Player(rig, chosen) for rig in made]
        for step in story:
            for player in players:
                player.slowly(step)
        one, four = (Found(player) for player in players)
        assert one.people == four.people
        assert one.emitted() == four.emitted()
        assert one.members == four.members == four.defined()
        assert one.changes() == four.changes()


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.lists(rules, min_size=1, max_size=3), story=st.lists(st.lists(steps, max_size=12), min_size=1, max_size=4))
def test_however_fast_a_stream_comes_the_members_are_those_of_the_definition(chosen: list[Any], story: list[Any]) -> None:
    with rigs(4) as (rig,):
        player = Player(rig, chosen)
        for group in story:
            player.at_once(group)
        found = Found(player)
        assert found.members == found.defined()
        ids = [message_id for _, _, message_id, _ in found.emitted()]
        assert len(set(ids)) == len(ids)
