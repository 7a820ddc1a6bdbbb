"""What a node may know of a person is what this tick has settled: its memberships and its zone, in every partition."""

from __future__ import annotations

import pytest

from relance.core.time import HOUR, MINUTE
from tests.journey_nodes import add_kinds
from tests.service.pipeline.rig import START, counted
from tests.service.pipeline.test_partitions import rigs


@pytest.mark.parametrize("partitions", [1, 4])
def test_who_enters_a_segment_by_an_event_is_a_member_when_it_is_heard(partitions: int, monkeypatch: pytest.MonkeyPatch) -> None:
    add_kinds(monkeypatch)
    with rigs(partitions) as (rig,):
        twice = rig.segments.create(rig.app, "Twice", counted("Bought", ">=", 2, None), START).id
        greeting = rig.messages.create(rig.app, "Hello", "web_push", {"title": "Hello"}, START).id
        nodes = [
            {
                "id": "f", "kind": "fork", "greeting": greeting, "otherwise": None,
                "ways": [{"label": "again", "segment": twice, "to": "p"}],
            },
            {"id": "p", "kind": "pause", "hot": "Sun Rose", "cold": "Frost Came", "warm": None, "fled": None, "tired": None},
        ]  # fmt: skip
        journey = rig.journeys.create(rig.app, "j", {"entry": {"event": "Bought"}, "start": "f", "nodes": nodes}, START).id
        rig.journeys.publish(rig.app, journey, START)
        rig.definitions_changed()
        people = [f"u{number}" for number in range(6)]
        rig.write(*(rig.identify(user, 0, timezone="Asia/Tokyo" if user == "u0" else "Europe/Paris") for user in people))
        rig.write(*(rig.track(user, "Bought", MINUTE) for user in people))
        rig.settle(MINUTE)
        assert {run.left_by for run in rig.journeys.runs(rig.app, journey)} == {"otherwise"}
        rig.write(*(rig.track(user, "Bought", 2 * MINUTE) for user in people))
        rig.settle(2 * MINUTE)
        resting = rig.journeys.runs(rig.app, journey, node="p")
        assert len(resting) == len(people)
        assert sorted(run.wake_at - START - 2 * MINUTE for run in resting) == [2 * HOUR] * 5 + [3 * HOUR]
        rig.settle(4 * HOUR)
        edges = {(each.node, each.way): each.runs for each in rig.journeys.figures(rig.app, journey).edges}
        assert edges == {("", "start"): 12, ("f", "otherwise"): 6, ("f", "again"): 6, ("p", "tired"): 6}
