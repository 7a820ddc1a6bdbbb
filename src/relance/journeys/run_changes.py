"""How runs begin, move and end, as changes of their rows: the same in a tick and in a replay. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.events.causes import from_text, joined, to_text
from relance.journeys.answers import answers_of, answers_text, with_answer
from relance.journeys.effects import KeepAnswer, Leave, Visit, Wait
from relance.journeys.facts import Happened
from relance.journeys.graph import Graph
from relance.journeys.model import LeaveReason, Run, RunState, RunStep, Via
from relance.journeys.triggers import Running

_WAITING, _DONE, _LEFT = RunState.WAITING.value, RunState.DONE.value, RunState.LEFT.value
_STOPPED = Via.EXIT_EVENT.value


def begun(
    journey: Running, run_id: str, person_id: int, key: str, instant: int, data: str, caused_by: tuple[int, ...] = ()
) -> Run:
    """A run of the current version, before its first step. ``data``: the entry event's properties as JSON."""
    return Run(
        id=run_id,
        app_id=journey.app_id,
        journey_id=journey.id,
        version=journey.published,
        person_id=person_id,
        run_key=key,
        node="",
        state=_WAITING,
        reason="",
        wake_at=0,
        entered_at=instant,
        moved_at=instant,
        seq=0,
        data=data,
        caused_by=to_text(caused_by),
    )


def visited(run: Run, visit: Visit, now: int) -> RunStep:
    """The run arrived at a node, or an event ended it there; returns the step to write."""
    run.seq += 1
    run.moved_at = now
    if visit.via != _STOPPED:
        run.node = visit.node
    return RunStep(run.id, run.seq, visit.node, visit.via, now)


def rested(run: Run, wait: Wait) -> None:
    """The run waits."""
    run.wake_at = wait.until


def kept(run: Run, keep: KeepAnswer) -> None:
    """The run keeps an answer."""
    run.answers = answers_text(with_answer(answers_of(run.answers), keep))


def ended(run: Run, leave: Leave, now: int) -> None:
    """The run is over."""
    run.state = _DONE if leave.reason is LeaveReason.COMPLETED else _LEFT
    run.reason = leave.reason.value
    run.left_by = leave.by
    run.moved_at = now


def as_heard(
    run: Run, graph: Graph, event: str, properties: Mapping[str, Any], instant: int, caused_by: tuple[int, ...]
) -> Happened:
    """An event as the run sees it. During a pause a wait that is over does not advance; events caused by the run's own journey do
    not end a wait to which it would return at once, and what became of a message that an earlier visit to the node asked for is
    nothing to go by.
    """
    goes_round = run.node in graph.whirls and run.journey_id in caused_by
    awaited = run.moved_at <= instant < run.wake_at and not goes_round and not _is_of_earlier_visit(run, properties)
    return Happened(event, properties, instant >= run.entered_at, awaited)


def _is_of_earlier_visit(run: Run, about: Mapping[str, Any]) -> bool:
    asked_at = about.get("asked_at")
    return about.get("run") == run.id and about.get("node") == run.node and asked_at not in (None, run.moved_at)


def chain_after(heard: tuple[int, ...], before: str) -> str:
    """The chain of a run moved by an event: a person's own act starts a new one."""
    return to_text(joined(heard, from_text(before))) if heard else ""
