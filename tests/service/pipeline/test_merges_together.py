"""Aliases and merges of one tick settle together, to the same end as one by one, and in a fraction of the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from relance.events.model import Kind
from relance.infra.database import LOG, STATE, open_engine
from tests.conftest import declare_tables
from tests.service.pipeline.rig import START, Rig, counted
from tests.service.pipeline.streams import Act, Found, Player, acts, rules, steps

pytestmark = pytest.mark.both_databases

JOINING = st.builds(
    Act,
    st.sampled_from(["alias", "alias", "merge", "identify", "viewed", "bought", "delete"]),
    st.sampled_from([0, 1, 1_000]),
    st.sampled_from(("ada", "bob", "cleo")),
    st.sampled_from(("", "desk", "phone")),
    st.sampled_from(("ada", "bob", "cleo", "desk", "phone")),
    st.just(0),
    st.just({"a": 1}),
)


@contextmanager
def rigs(*tick_events: int) -> Iterator[list[Rig]]:
    memory = Path("/dev/shm")  # noqa: S108
    declare_tables()
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = []
        for most in tick_events:
            place = Path(folder) / f"by{most}"
            place.mkdir()
            state, log = (open_engine(f"sqlite:///{place}/{name}.db") for name in ("state", "log"))
            STATE.create_all(state)
            LOG.create_all(log)
            made.append(Rig(place / "data", state, log, tick_events=most))
        try:
            yield made
        finally:
            for rig in made:
                rig.close()
                rig.state.dispose()
                rig.log.dispose()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    chosen=st.lists(rules, min_size=1, max_size=2),
    story=st.lists(st.lists(st.one_of(JOINING, JOINING, acts, steps), max_size=12), min_size=1, max_size=3),
)
def test_however_a_stream_of_merges_is_cut_the_end_is_the_same(chosen: list[Any], story: list[Any]) -> None:
    with rigs(1, 10_000) as made:
        found = []
        for rig in made:
            player = Player(rig, chosen)
            for group in story:
                player.at_once(group)
            found.append(Found(player))
        singly, together = found
        assert singly.people == together.people
        assert singly.emitted() == together.emitted()
        assert singly.members == together.members == together.defined()


def test_a_thousand_aliases_among_events_are_one_write_of_history(tmp_path: Path, state: Engine, log_engine: Engine) -> None:
    """1,200 of them, 86 KB, held everybody up for 79 s: each was settled on its own, and waited for the disk."""
    rig = Rig(tmp_path / "data", state, log_engine)
    segment = rig.segments.create(rig.app, "Viewed", counted("Viewed", ">=", 1, "1d"), START).id
    rig.definitions_changed()
    rig.settle()
    appended: list[int] = []
    append = rig.parts.history.append
    rig.parts.history.append = lambda *given: (appended.append(1), append(*given))[1]  # type: ignore[method-assign,func-returns-value]
    events = []
    for number in range(1_000):
        events.append(rig.track(f"old{number}", "Viewed", number))
        events.append(rig.event(Kind.ALIAS, "", number, {"previous_id": f"old{number}"}, user_id=f"new{number % 10}"))
    rig.write(*events)
    rig.tick.run()
    assert len(appended) == 1
    rig.settle(2_000)
    assert len(rig.members(segment)) == 10
    assert len(rig.people.list(rig.app, limit=2_000)) == 10
    rig.close()
