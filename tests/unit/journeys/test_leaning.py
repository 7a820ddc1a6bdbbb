"""Which segments a journey depends on."""

from __future__ import annotations

from typing import Any

import pytest

from relance.journeys.dependencies import segments_of
from relance.journeys.graph import read_graph


def is_(value: Any, is_: str = "=", name: str = "segment") -> dict[str, Any]:
    return {"property": name, "is": is_, "value": value}


@pytest.mark.parametrize(
    ("event", "where", "branch", "found"),
    [
        ("segment_entered", [is_(5)], [], {5}),
        ("segment_left", [is_([5, "6"], "in")], [is_(7)], {5, 6, 7}),
        ("segment_entered", [is_(5, "!="), is_("VIP"), is_(True), is_(5.5), is_(8, name="other")], [], set()),
        ("segment_entered", [], [{"kind": "trait", "name": "segment", "is": "=", "value": 9}], set()),
        ("Order Completed", [is_(5)], [], set()),
    ],
)
def test_segments_that_start_a_journey_or_are_asked_about(
    event: str, where: list[Any], branch: list[Any], found: set[int]
) -> None:
    nodes: list[dict[str, Any]] = [{"id": "end", "kind": "exit"}]
    if branch:
        nodes.append({"id": "start", "kind": "branch", "if": branch, "then": "end", "else": None})
    graph = {"entry": {"event": event, "where": where}, "nodes": nodes, "start": "start" if branch else "end"}
    assert segments_of(read_graph(graph)) == found
