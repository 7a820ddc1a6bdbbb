"""The runs of one key as they would have been had every event arrived when it happened. Pure.

What was sent is a fact: a run keeps its path up to its last sent message, and continues from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from relance.core.progress import Progress
from relance.events.causes import LONGEST_CHAIN, from_text, to_text
from relance.journeys.answers import answers_of, answers_text, with_answer
from relance.journeys.concerning import properties_of
from relance.journeys.effects import Effect, Go, KeepAnswer, Send, Visit, Wait
from relance.journeys.facts import Happened, PersonFacts, StepFacts
from relance.journeys.graph import Graph
from relance.journeys.model import Run, RunState, RunStep
from relance.journeys.recall import SettledEvent
from relance.journeys.run_changes import as_heard, begun, chain_after, ended, kept, rested, visited
from relance.journeys.step import Started, Trigger, Woke, entry_key, passes_entry, rests_until, step
from relance.journeys.triggers import Running

_WAITING, _DONE = RunState.WAITING.value, RunState.DONE.value
_NONE: frozenset[tuple[str, int]] = frozenset()


class Stored(NamedTuple):
    """A stored run with its steps and the (node, instant) of its messages that were sent.

    ``unsent`` are messages that may still be sent, or were withheld by the run's end; ``settled`` are all others.
    """

    run: Run
    steps: Sequence[RunStep]
    sent: frozenset[tuple[str, int]]
    unsent: frozenset[tuple[str, int]] = frozenset()
    settled: frozenset[tuple[str, int]] = frozenset()


class SendRequest(NamedTuple):
    """A message that a step wants to send."""

    node: str
    message_id: int
    instant: int
    seq: int
    caused_by: str  # as the run had it then
    until: int | None = None


class ReplayedRun:
    """A run being replayed. ``kept``: the number of its steps that are facts."""

    def __init__(self, run: Run, steps: Sequence[RunStep] = (), kept: int = 0) -> None:
        self.run = run
        self.steps = list(steps[:kept])
        self.kept = kept
        self.sendings: list[SendRequest] = []  # after the kept steps
        self.properties = properties_of(run.data)

    @property
    def waits(self) -> bool:
        return self.run.state == _WAITING

    def apply(self, effects: Iterable[Effect], now: int) -> None:
        """Apply the effects of one step to the run."""
        run = self.run
        for effect in effects:
            if isinstance(effect, Visit):
                self.steps.append(visited(run, effect, now))
            elif isinstance(effect, Send):
                self.sendings.append(SendRequest(effect.node, effect.message_id, now, run.seq, run.caused_by, effect.until))
            elif isinstance(effect, Wait):
                rested(run, effect)
            elif isinstance(effect, KeepAnswer):
                kept(run, effect)
            else:
                ended(run, effect, now)


class Scene(NamedTuple):
    """The context of a key's replay. ``until``: time has advanced to there and, unless it is paused, to ``lived_to``.

    ``taken``: the key had a run before all this; ``first``: when the first of those that began did.
    """

    journey: Running
    person_id: int
    key: str
    person: PersonFacts
    until: int
    taken: bool
    first: int | None = None
    lived_to: int = 0
    admitted: Collection[str] = ()  # keys of events that may start a run although they are late
    horizon: int = 0  # of runs that began before, some may be on the record no more


def replay(scene: Scene, stored: Sequence[Stored], past: Sequence[SettledEvent], run_ids: Mapping[str, str]) -> list[ReplayedRun]:
    """The courses of the key's runs, in order of entry. ``past`` holds the person's events in order of time; ``run_ids`` maps the
    key of an entry event to its run.
    """
    return _Replay(scene, stored, run_ids).play(past)


class _Replay:
    def __init__(self, scene: Scene, stored: Sequence[Stored], run_ids: Mapping[str, str]) -> None:
        self.scene = scene
        self.stored = {each.run.id: each for each in stored}
        self.facts_after = [each.run.entered_at for each in stored if each.sent]
        self.run_ids = run_ids
        self.courses: list[ReplayedRun] = []
        self.present: ReplayedRun | None = None
        self.unsent: list[ReplayedRun] = []  # those at their end, with unsent messages
        self.past: Sequence[SettledEvent] = ()

    def play(self, past: Sequence[SettledEvent]) -> list[ReplayedRun]:
        self.past = past
        for event in past:
            self._wake(event.occurred_at)
            properties = properties_of(event.body)
            self._hear(event, properties)
            self._enter(event, properties)
        self._wake(max(self.scene.until, self.scene.lived_to))
        return self.courses

    def _wake(self, now: int) -> None:
        course = self.present
        if course is None:
            return
        if not self.scene.journey.is_live:  # no time passes during a pause
            now = min(now, self.scene.until)
        progress = Progress("Playing a run again")
        while course.waits and course.run.wake_at <= now:
            progress.turn(course.run.seq)
            self._move(course, Woke(), course.run.wake_at)

    def _hear(self, event: SettledEvent, properties: Mapping[str, Any]) -> None:
        at, journey = event.occurred_at, self.scene.journey
        for course in self.unsent:
            self._apply(course, event, Happened(event.name, properties, at >= course.run.entered_at, after_arrival=False))
        self.unsent = [course for course in self.unsent if course.run.state == _DONE]
        present = self.present
        if present is None or not present.waits:
            return
        run = present.run
        self._apply(present, event, as_heard(run, journey.graphs[run.version], event.name, properties, at, event.caused_by))

    def _apply(self, course: ReplayedRun, event: SettledEvent, happened: Happened) -> None:
        run = course.run
        before, seq = run.caused_by, run.seq
        run.caused_by = chain_after(event.caused_by, before)
        self._move(course, happened, max(event.occurred_at, run.moved_at))
        if run.seq == seq:  # it did not concern the run
            run.caused_by = before

    def _note_end(self, course: ReplayedRun) -> None:
        """A run at the end of the graph still reacts to exits until its last message was sent."""
        if course.run.state != _DONE:
            return
        known = self.stored.get(course.run.id)
        settled, unsent = (known.settled, known.unsent) if known is not None else (_NONE, _NONE)
        wanted = any((each.node, each.instant) not in settled for each in course.sendings)
        if wanted or any((each.node, each.occurred_at) in unsent for each in course.steps[: course.kept]):
            self.unsent.append(course)

    def _move(self, course: ReplayedRun, trigger: Trigger, now: int) -> None:
        run = course.run
        graph = self.scene.journey.graphs[run.version]
        decided = self._decided(run.id, graph, now)
        facts = StepFacts(course.properties, self.scene.person, run.id, run.person_id, decided, answers_of(run.answers))
        waited = course.waits
        course.apply(step(graph, run.node, trigger, facts, now), now)
        if waited:
            self._note_end(course)

    def _decided(self, run_id: str, graph: Graph, now: int) -> dict[str, str]:
        """The decisions of nodes at this instant: the person may have changed since."""
        known = self.stored.get(run_id)
        if known is None:
            return {}
        pairs = pairwise(known.steps)
        found = {at.node: after.via for at, after in pairs if at.occurred_at == after.occurred_at == now}
        return {at: via for at, via in found.items() if graph.nodes[at].decides and via in graph.nodes[at].targets}

    def _enter(self, event: SettledEvent, properties: Mapping[str, Any]) -> None:
        journey, at = self.scene.journey, event.occurred_at
        run_id = self.run_ids.get(event.key, "")
        known = self.stored.get(run_id)
        if not run_id or self._is_under_way(at):
            return
        if known is not None and not known.sent and self._is_once() and self._is_preceded(known.run):
            return  # it never began
        if known is None:
            graph = journey.current
            if not journey.is_live:
                return
            is_past = event.late or at <= journey.resumed_at  # until then nobody entered, or whoever could did
            is_late = is_past and event.key not in self.scene.admitted
            in_circle = journey.id in event.caused_by or len(event.caused_by) >= LONGEST_CHAIN
            is_forgotten = at < self.scene.horizon and event.key not in self.scene.admitted  # its run may have been trimmed
            if is_late or is_forgotten or in_circle or not passes_entry(graph, properties):
                return
            if event.name != graph.entry.event or entry_key(graph, properties) != self.scene.key:
                return
            is_over = self._is_once() and (self.scene.taken or bool(self.courses))
            if is_over or any(at < each for each in self.facts_after):
                return  # a later run of the key has sent something, which cannot be undone; one of that instant came first
        self.present = (
            _begin(known, self.scene, run_id, event, self.past)
            if known is None or known.sent
            else _anew(known.run, event.caused_by)
        )
        self.courses.append(self.present)
        if self.present.kept:
            self._note_end(self.present)
        else:
            self._move(self.present, Started(), at)

    def _is_preceded(self, run: Run) -> bool:
        """Whether another run of the key began before it: one that is played again here, or that was over before all this."""
        return bool(self.courses) or (self.scene.first is not None and self.scene.first < run.entered_at)

    def _is_once(self) -> bool:
        return self.scene.journey.current.entry.reentry == "once"

    def _is_under_way(self, at: int) -> bool:
        """Whether the key's newest run was active at that instant. The end of a run that sent something may be a fact already."""
        return self.present is not None and (self.present.waits or at < self.present.run.moved_at)


def _begin(known: Stored | None, scene: Scene, run_id: str, event: SettledEvent, past: Sequence[SettledEvent]) -> ReplayedRun:
    if known is not None:
        return _from_facts(known, scene, past)
    data = event.body if properties_of(event.body) else "{}"
    return ReplayedRun(begun(scene.journey, run_id, scene.person_id, scene.key, event.occurred_at, data, event.caused_by))


def _anew(run: Run, caused_by: tuple[int, ...]) -> ReplayedRun:
    fresh: dict[str, Any] = {
        "caused_by": to_text(caused_by),
        "node": "",
        "state": _WAITING,
        "reason": "",
        "left_by": "",
        "wake_at": 0,
        "moved_at": run.entered_at,
        "seq": 0,
        "answers": "",
    }
    return ReplayedRun(msgspec.structs.replace(run, **fresh))


def _from_facts(known: Stored, scene: Scene, past: Sequence[SettledEvent]) -> ReplayedRun:
    """The run as it was after its last sent message."""
    steps = known.steps
    last = max((place for place, each in enumerate(steps) if (each.node, each.occurred_at) in known.sent), default=-1)
    if last < 0:  # its messages belong to steps that no longer exist
        return _anew(known.run, from_text(known.run.caused_by))
    rest = last
    while rest + 1 < len(steps) and steps[rest + 1].occurred_at == steps[last].occurred_at:
        rest += 1
    run, at = msgspec.structs.replace(known.run), steps[rest]
    if rest + 1 == len(steps) and (run.state == _WAITING or run.moved_at == at.occurred_at):
        return ReplayedRun(run, steps, len(steps))
    graph = scene.journey.graphs[run.version]
    facts = StepFacts(properties_of(run.data), scene.person, run.id, run.person_id)
    wake_at = rests_until(graph, at.node, facts, at.occurred_at)
    if wake_at is None:  # it was at its end there, and an event ended it before the message was sent
        return ReplayedRun(run, steps, len(steps))
    there: dict[str, Any] = {"node": at.node, "state": _WAITING, "reason": "", "left_by": "", "wake_at": wake_at}
    there["answers"] = answers_text(_answers_then(run, steps[: rest + 1], graph, past))
    return ReplayedRun(msgspec.structs.replace(run, **there, moved_at=at.occurred_at, seq=at.seq), steps, rest + 1)


def _answers_then(run: Run, steps: Sequence[RunStep], graph: Graph, past: Sequence[SettledEvent]) -> dict[str, Any]:
    """The answers that the run had kept when it arrived at the last of these steps: of a node that it came to more than once,
    what it was answered the last time before.
    """
    found: dict[str, Any] = {}
    left = [(at, after) for at, after in pairwise(steps) if at.node in graph.nodes and graph.nodes[at.node].keeps]
    heard = [(each, properties_of(each.body)) for each in past if each.name in graph.heard] if left else []
    for at, after in left:
        node, facts = graph.nodes[at.node], StepFacts({}, run=run.id)
        reactions = (
            node.hear(Happened(each.name, about), facts, after.occurred_at)
            for each, about in heard
            if each.occurred_at == after.occurred_at and about.get("asked_at", at.occurred_at) == at.occurred_at
        )
        kept_then = next((each for each in reactions if Go(after.via) in each), node.wake(facts, after.occurred_at))
        for keep in kept_then:
            if isinstance(keep, KeepAnswer):
                found = with_answer(found, keep)
    return found
