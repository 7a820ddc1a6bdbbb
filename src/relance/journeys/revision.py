"""Replays runs after an event that arrived too late, and writes the differences.

The unit is a key of one person in one journey. Messages that were sent stay as they are (``replay``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from relance.core.error_text import ErrorText
from relance.events.causes import from_text
from relance.events.model import Name
from relance.journeys import store
from relance.journeys.concerning import Concerning
from relance.journeys.counting import service as counts
from relance.journeys.counting.service import CountDeltas
from relance.journeys.errors import RunChangedError
from relance.journeys.facts import NOBODY, Need, PersonFacts
from relance.journeys.model import LeaveReason, Run, RunState, RunStep
from relance.journeys.order import Place, place_at
from relance.journeys.person_facts import PersonReader
from relance.journeys.recall import Recalling, SettledEvent
from relance.journeys.replay import ReplayedRun, Scene, Stored, replay
from relance.journeys.run_writer import RunWriter, run_event
from relance.journeys.triggers import Running
from relance.journeys.trimmed import service as trimmed
from relance.messaging import service as messaging

_WAITING = RunState.WAITING.value
_NEVER_BEGAN = (LeaveReason.SUPERSEDED.value, LeaveReason.MERGED.value)


class RunLane(NamedTuple):
    """The runs of one key."""

    journey_id: int
    app_id: int
    person_id: int
    key: str


class StoredRuns(NamedTuple):
    """The stored runs concerned."""

    runs: dict[RunLane, list[Run]]
    steps: dict[str, list[RunStep]]
    deliveries: dict[str, list[dict[str, Any]]]
    taken: set[RunLane]  # keys that had other runs, of journeys that are entered only once
    first: dict[RunLane, int]  # when the first of these began


class Revision:
    """One replay of some lanes, inside a transaction; its intents and events go to the run writer."""

    def __init__(
        self,
        connection: Connection,
        journeys: Mapping[int, Running],
        recall: Recalling,
        writer: RunWriter,
        place: Callable[[int, str, int], Place],
        run_id: Callable[[int, int, str], str],
        persons: PersonReader,
    ) -> None:
        """``place``: (app, name, instant) → an event's place among others. ``run_id``: (journey, app, key of an event) → its
        run.
        """
        self.connection = connection
        self.journeys = journeys
        self.recall = recall
        self.writer = writer
        self.place = place
        self.run_id = run_id
        self.reader = persons
        self.rewritten: list[tuple[Run, Run]] = []
        self.new: list[Run] = []
        self.steps: list[RunStep] = []
        self.tally = CountDeltas()
        self.begun: set[str] = set()  # the runs of the lanes
        self.concerning: dict[tuple[int, int], Concerning] = {}  # by (journey, person)

    def run(self, lanes: Mapping[RunLane, int], admitted: Collection[str]) -> None:
        """Replay lanes, each from an instant. ``admitted``: keys of events that may start a run although they are late."""
        known = self._known(lanes)
        begins = {lane: min([since, *(run.entered_at for run in known.runs.get(lane, ()))]) for lane, since in lanes.items()}
        past = self._past(begins)
        persons, horizon = self._persons(lanes), trimmed.horizon(self.connection)
        for lane in sorted(lanes):
            stored = known.runs.get(lane, [])
            concerning = self._concerning(lane, past)
            events, run_ids = self._events(lane, stored, concerning.of(lane.key), begins[lane])
            scene = Scene(
                journey=self.journeys[lane.journey_id],
                person_id=lane.person_id,
                key=lane.key,
                person=persons.get((lane.app_id, lane.person_id), NOBODY),
                until=max((run.moved_at for run in stored), default=0),
                lived_to=concerning.last,
                taken=lane in known.taken,
                first=known.first.get(lane),
                admitted=admitted,
                horizon=horizon,
            )
            courses = replay(scene, [self._stored(run, known) for run in stored], events, run_ids)
            self.begun.update(course.run.id for course in courses)
            self._compare(scene, stored, courses, known)
        self._write()

    @property
    def changed(self) -> list[Run]:
        """The runs whose outcome changed."""
        return [*self.new, *(run for _, run in self.rewritten)]

    # -- reading -------------------------------------------------------------------------------------------------------

    def _known(self, lanes: Mapping[RunLane, int]) -> StoredRuns:
        journeys, persons = {lane.journey_id for lane in lanes}, {lane.person_id for lane in lanes}
        runs: dict[RunLane, list[Run]] = {}
        for run in store.runs_since(self.connection, journeys, persons, min(lanes.values())):
            lane = _lane(run)
            if lane in lanes and (run.state == _WAITING or run.moved_at >= lanes[lane]):
                runs.setdefault(lane, []).append(run)
        ids = {run.id for those in runs.values() for run in those}
        deliveries: dict[str, list[dict[str, Any]]] = {}
        for app_id in sorted({lane.app_id for lane in runs}):
            theirs = {lane.person_id for lane in runs if lane.app_id == app_id}
            for row in messaging.deliveries_of_runs(self.connection, app_id, theirs, ids):
                deliveries.setdefault(row["run_id"], []).append(row)
        once = {each for each in journeys if self.journeys[each].current.entry.reentry == "once"}
        taken: set[RunLane] = set()
        first: dict[RunLane, int] = {}
        for other in store.runs_of_keys(self.connection, once, persons) if once else ():
            if other.id not in ids:
                lane = RunLane(other.journey_id, self.journeys[other.journey_id].app_id, other.person_id, other.key)
                taken.add(lane)
                if other.reason not in _NEVER_BEGAN:
                    first[lane] = min(other.entered_at, first.get(lane, other.entered_at))
        return StoredRuns(runs, store.steps_of_runs(self.connection, ids), deliveries, taken, first)

    def _past(self, begins: Mapping[RunLane, int]) -> dict[tuple[int, int], list[SettledEvent]]:
        found: dict[tuple[int, int], list[SettledEvent]] = {}
        for app_id in sorted({lane.app_id for lane in begins}):
            theirs = [lane for lane in begins if lane.app_id == app_id]
            graphs = [graph for each in {lane.journey_id for lane in theirs} for graph in self.journeys[each].graphs.values()]
            names = {name for graph in graphs for name in (*graph.heard, graph.entry.event)}
            since: dict[int, int] = {}
            for lane in theirs:
                since[lane.person_id] = min(begins[lane], since.get(lane.person_id, begins[lane]))
            for person, events in self.recall(app_id, since, names, min(since.values())).items():
                mine = [each for each in events if each.occurred_at >= since[person]]
                found[app_id, person] = sorted(mine, key=lambda each: self.place(app_id, each.name, each.occurred_at))
        return found

    def _concerning(self, lane: RunLane, past: Mapping[tuple[int, int], Sequence[SettledEvent]]) -> Concerning:
        found = self.concerning.get((lane.journey_id, lane.person_id))
        if found is None:
            found = Concerning(self.journeys[lane.journey_id], past.get((lane.app_id, lane.person_id), ()))
            self.concerning[lane.journey_id, lane.person_id] = found
        return found

    def _events(
        self, lane: RunLane, stored: Sequence[Run], past: Sequence[SettledEvent], since: int
    ) -> tuple[list[SettledEvent], dict[str, str]]:
        """The events with which the lane's runs are replayed, and the run that each entry event starts."""
        events = [each for each in past if each.occurred_at >= since]
        entries = {graph.entry.event for graph in self.journeys[lane.journey_id].graphs.values()}
        run_ids = {each.key: self.run_id(lane.journey_id, lane.app_id, each.key) for each in events if each.name in entries}
        lost = {run.id: run for run in stored if run.id not in run_ids.values()}
        for run in lost.values():  # its entry event is no longer in history
            run_ids[f"\0{run.id}"] = run.id
            events.append(
                SettledEvent("", f"\0{run.id}", run.entered_at, late=False, body=run.data, caused_by=from_text(run.caused_by))
            )
        if lost:
            events.sort(
                key=lambda each: (
                    self.place(lane.app_id, each.name, each.occurred_at) if each.name else place_at(each.occurred_at, starts=True)
                )
            )
        return events, run_ids

    def _persons(self, lanes: Iterable[RunLane]) -> dict[tuple[int, int], PersonFacts]:
        wanted: dict[Need, set[tuple[int, int]]] = {}
        for lane in lanes:
            for need in self.journeys[lane.journey_id].needs:
                wanted.setdefault(need, set()).add((lane.app_id, lane.person_id))
        return self.reader.read(self.connection, wanted)

    def _stored(self, run: Run, known: StoredRuns) -> Stored:
        rows = known.deliveries.get(run.id, ())
        sent = frozenset(_place(row) for row in rows if messaging.has_left(row))
        unsent = frozenset(_place(row) for row in rows if messaging.is_unsent(row) or messaging.was_stopped(row))
        return Stored(run, known.steps.get(run.id, []), sent, unsent, frozenset(map(_place, rows)) - unsent)

    # -- differences ---------------------------------------------------------------------------------------------------

    def _compare(self, scene: Scene, stored: Sequence[Run], courses: Sequence[ReplayedRun], known: StoredRuns) -> None:
        before = {run.id: run for run in stored}
        for course in courses:
            old = before.pop(course.run.id, None)
            if old is None:
                self._begin(scene, course)
            elif _differs(old, known.steps.get(old.id, []), course):
                self._change(scene, old, course, known)
        for run in before.values():
            self._displace(run, known)

    def _begin(self, scene: Scene, course: ReplayedRun) -> None:
        self.new.append(course.run)
        self.steps += course.steps
        self.tally.whole(course.run, course.steps)
        entered = msgspec.structs.replace(course.run, reason="")
        self.writer.emit([run_event(Name.JOURNEY_ENTERED, entered, course.run.entered_at)])
        if not course.waits:
            self.writer.emit([run_event(Name.JOURNEY_LEFT, course.run, course.run.moved_at)])
        self._want(scene, course, [])

    def _change(self, scene: Scene, old: Run, course: ReplayedRun, known: StoredRuns) -> None:
        steps, rows = known.steps.get(old.id, []), known.deliveries.get(old.id, [])
        self.tally.whole(old, steps, -1)
        self.tally.whole(course.run, course.steps)
        same = _same_steps(steps, course.steps)
        if same < len(steps):
            store.delete_steps(self.connection, old.id, same)
        self.steps += course.steps[same:]
        self.rewritten.append((old, course.run))
        is_emitted = old.state != _WAITING and (old.reason, old.moved_at) == (course.run.reason, course.run.moved_at)
        if not course.waits and not is_emitted:
            self.writer.emit([run_event(Name.JOURNEY_LEFT, course.run, course.run.moved_at)])
        self._want(scene, course, rows)

    def _displace(self, run: Run, known: StoredRuns) -> None:
        """An earlier run of the key is active when this one would start: it never began."""
        rows = [row for row in known.deliveries.get(run.id, ()) if messaging.is_pending(row)]
        self.writer.emit(messaging.withdraw(self.connection, rows, run.moved_at))
        has_sent = any(messaging.has_left(row) for row in known.deliveries.get(run.id, ()))
        if run.reason in _NEVER_BEGAN or (has_sent and run.state != _WAITING):
            return
        steps = known.steps.get(run.id, [])
        gone = msgspec.structs.replace(run, state=RunState.LEFT.value, reason=LeaveReason.SUPERSEDED.value, left_by="")
        self.tally.whole(run, steps, -1)
        self.rewritten.append((run, gone))
        self.writer.emit([run_event(Name.JOURNEY_LEFT, gone, gone.moved_at)])

    def _want(self, scene: Scene, course: ReplayedRun, rows: Sequence[dict[str, Any]]) -> None:
        graph = scene.journey.graphs[course.run.version]
        wanted = {(each.node, each.instant): each for each in course.sendings}
        kept = {(step.node, step.occurred_at) for step in course.steps[: course.kept]}
        places = {_place(row) for row in rows}
        off = [row for row in rows if messaging.is_pending(row) and _place(row) not in wanted.keys() | kept]
        self.writer.emit(messaging.withdraw(self.connection, off, course.run.moved_at))
        if course.run.state != RunState.LEFT.value:
            places -= {_place(row) for row in rows if messaging.was_stopped(row)}
        for place, each in wanted.items():
            if place not in places:
                self.writer.want(graph, course.run, each)

    def _write(self) -> None:
        if not store.rewrite_runs(self.connection, self.rewritten):
            raise RunChangedError(ErrorText.local("A run changed while the tick worked on it."))
        store.insert_runs(self.connection, self.new)
        store.insert_steps(self.connection, self.steps)
        counts.add(self.connection, self.tally)


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    """The step that wants a delivery."""
    return row["node"], row["created_at"]


def _lane(run: Run) -> RunLane:
    return RunLane(run.journey_id, run.app_id, run.person_id, run.run_key)


def _differs(old: Run, steps: Sequence[RunStep], course: ReplayedRun) -> bool:
    return old != course.run or len(steps) != len(course.steps) or _same_steps(steps, course.steps) < len(steps)


def _same_steps(old: Sequence[RunStep], new: Sequence[RunStep]) -> int:
    """The number of equal leading steps."""
    same = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        same += 1
    return same
