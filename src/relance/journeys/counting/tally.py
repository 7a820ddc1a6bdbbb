"""Counts what runs do, by node and by edge, and sums it up. Pure.

Counts are a function of runs and their steps: moving a run adds what it did; replaying one subtracts what it had done and adds
what it does now. A run that never began (``superseded``) counts nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from relance.journeys.model import EdgeCount, ExitCount, LeaveReason, NodeCount, ReasonCount, Run, RunState, RunStep, Totals, Via

_WAITING = RunState.WAITING.value
_COMPLETED, _EXIT = LeaveReason.COMPLETED.value, LeaveReason.EXIT_EVENT.value
_SUPERSEDED = LeaveReason.SUPERSEDED.value
_STOPPED = Via.EXIT_EVENT.value


class NodeKey(NamedTuple):
    """A node of a version."""

    journey_id: int
    version: int
    node: str


class EdgeKey(NamedTuple):
    """An edge from a node of a version (from ``""``: into the journey), as in ``EdgeCount``."""

    journey_id: int
    version: int
    node: str
    way: str
    event: str


class CountDeltas:
    """Increments of the counts."""

    def __init__(self) -> None:
        self.nodes: dict[NodeKey, list[int]] = {}  # arrived, departed, stopped
        self.edges: dict[EdgeKey, int] = {}

    def visit(self, run: Run, at: str, node: str, via: str, sign: int = 1) -> None:
        """The run goes from ``at`` (``""``: it begins) to a node, or an event ends it there."""
        if via == _STOPPED:
            self._node(run, node)[2] += sign
            return
        if at:
            self._node(run, at)[1] += sign
        self._node(run, node)[0] += sign
        self._edge(EdgeKey(run.journey_id, run.version, at, via, ""), sign)

    def leave(self, run: Run, sign: int = 1) -> None:
        """The run is over, for its reason."""
        self._node(run, run.node)[1] += sign
        self._edge(_way_out(run), sign)

    def whole(self, run: Run, steps: Sequence[RunStep], sign: int = 1) -> None:
        """Everything the run did."""
        if run.reason == _SUPERSEDED:
            return
        at = ""
        for step in steps:
            self.visit(run, at, step.node, step.via, sign)
            at = step.node
        if at and run.state != _WAITING:
            self.leave(run, sign)

    def _node(self, run: Run, node: str) -> list[int]:
        return self.nodes.setdefault(NodeKey(run.journey_id, run.version, node), [0, 0, 0])

    def _edge(self, edge: EdgeKey, sign: int) -> None:
        self.edges[edge] = self.edges.get(edge, 0) + sign


def _way_out(run: Run) -> EdgeKey:
    if run.reason == _COMPLETED:
        return EdgeKey(run.journey_id, run.version, run.node, run.left_by or _COMPLETED, "")
    return EdgeKey(run.journey_id, run.version, run.node, run.reason, run.left_by if run.reason == _EXIT else "")


def totals(nodes: Iterable[NodeCount], edges: Iterable[EdgeCount]) -> Totals:
    """The sum over all versions."""
    entered, completed = 0, 0
    exits: dict[str, int] = {}
    reasons: dict[str, int] = {}
    for edge in edges:
        if edge.way == Via.START.value:
            entered += edge.runs
        elif edge.way == _EXIT:
            exits[edge.event] = exits.get(edge.event, 0) + edge.runs
        elif edge.way in _REASONS:
            reasons[edge.way] = reasons.get(edge.way, 0) + edge.runs
        elif edge.to is None:  # by an edge without a target, or at a node that ends runs
            completed += edge.runs
    return Totals(
        entered=entered,
        waiting=sum(node.waiting for node in nodes),
        completed=completed,
        exits=[ExitCount(event, runs) for event, runs in sorted(exits.items(), key=_most_first) if runs],
        otherwise=[ReasonCount(reason, runs) for reason, runs in sorted(reasons.items(), key=_most_first) if runs],
    )


_REASONS = frozenset(LeaveReason) - {LeaveReason.COMPLETED, LeaveReason.EXIT_EVENT}


def _most_first(each: tuple[str, int]) -> tuple[int, str]:
    return -each[1], each[0]
