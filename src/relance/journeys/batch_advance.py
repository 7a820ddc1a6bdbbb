"""Applies a batch's events to runs in the order in which they happened; whatever came too late is set aside for a replay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json
from relance.core.ids import stable_id
from relance.core.progress import Progress
from relance.events.causes import LONGEST_CHAIN, causes_of
from relance.events.model import Batch, Event, Flag
from relance.journeys import store
from relance.journeys.active_runs import ActiveRuns, concerns
from relance.journeys.answers import answers_of
from relance.journeys.facts import NOBODY, Happened, Need, PersonFacts, StepFacts
from relance.journeys.missed import MissReason, missed_entry
from relance.journeys.model import Run, RunState
from relance.journeys.order import Order, Place, place_at
from relance.journeys.person_facts import PersonReader
from relance.journeys.revision import RunLane
from relance.journeys.run_changes import as_heard, begun, chain_after
from relance.journeys.run_writer import RunWriter
from relance.journeys.step import Started, Trigger, Woke, entry_key, passes_entry, step
from relance.journeys.triggers import Running, Triggers
from relance.messaging.service import runs_unsent
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import read_property

IMPORTED = Flag.IMPORTED.value
_WAITING, _DONE = RunState.WAITING.value, RunState.DONE.value
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def wake_until(journey: Running, run: Run, person: PersonFacts, writer: RunWriter, now: int) -> None:
    """End the run's waits that are over by ``now``, each at its own instant: a pause or a backlog shifts none of them."""
    if not journey.is_live:
        return
    progress = Progress("Waking a run")
    while run.state == _WAITING and run.wake_at <= now:
        progress.turn((run.id, run.seq))
        move(journey, run, Woke(), person, writer, run.wake_at)


def move(journey: Running, run: Run, trigger: Trigger, person: PersonFacts, writer: RunWriter, now: int) -> None:
    """Apply one trigger to one run."""
    graph = journey.graphs[run.version]
    facts = StepFacts(from_json(run.data), person, run.id, run.person_id, answers=answers_of(run.answers))
    effects = step(graph, run.node, trigger, facts, now)
    if effects:
        writer.apply(graph, run, effects, now)


class _Coming(NamedTuple):
    """An event of the batch, by its number. ``late``: the journeys for which it came too late to be applied as is."""

    number: int
    listening: Triggers
    late: Collection[int]
    properties: dict[str, Any] | None = None  # if already decoded


class BatchAdvance:
    """One batch's events, applied in log order to the runs of their persons."""

    def __init__(
        self,
        journeys: Mapping[int, Running],
        connection: Connection,
        writer: RunWriter,
        batch: Batch,
        heard: Sequence[tuple[int, Triggers]],
        order: Order,
        lanes: dict[RunLane, int],
        persons: PersonReader,
    ) -> None:
        """``lanes`` are replayed afterwards, each from an instant. Runs that turn out to need it are left alone and added to
        them.
        """
        self.journeys = journeys
        self.connection = connection
        self.writer = writer
        self.batch = batch
        self.heard = heard
        self.order = order
        self.lanes = lanes
        self.reader = persons
        self.entries: list[tuple[RunLane, int]] = []  # of lanes: events that may start one of their runs
        self.over: dict[tuple[int, int], list[Run]] = {}  # by (journey, person): ended runs that events came too late for
        self.unsent: set[str] = set()  # runs with unsent messages
        self.done: dict[tuple[int, int], list[Run]] = {}  # by (journey, person): those of them that reached their end
        self.runs: dict[tuple[int, int], ActiveRuns] = {}  # by (journey, person)
        self.ids: dict[tuple[int, int], str] = {}  # (journey, entry of the batch) → the run it would start
        self.keys: set[str] = set()  # keys named by events, of journeys whose runs are keyed
        self.known: set[str] = set()
        self.past: set[tuple[int, int, str]] = set()
        self.persons: dict[tuple[int, int], PersonFacts] = {}

    def run(self) -> None:
        events, persons = self.batch.events, self.batch.persons
        placed = [
            (place_at(events[number].occurred_at, starts=bool(listening.starts)), number, listening)
            for number, listening in self.heard
        ]
        placed.sort()  # numbers are distinct: triggers are never compared
        behind: dict[int, int] = {}  # those with late events → the earliest of these
        coming: list[_Coming] = []
        for place, number, listening in placed:
            coming.append(self._place(place, number, listening))
            if coming[-1].late:
                behind.setdefault(persons[number], events[number].occurred_at)
        self._read()
        self._read_over(behind)
        self._read_done()
        for each in coming:
            self._hear(each)

    def _place(self, place: Place, number: int, listening: Triggers) -> _Coming:
        """The journeys for which an event came after something it should have preceded; notes the event."""
        event = self.batch.events[number]
        person = (event.app_id, self.batch.persons[number])
        late: Collection[int] = () if self.order.note(person, place) else listening.journeys
        keyed = listening.keyed_by
        if not keyed:
            return _Coming(number, listening, late)
        properties = _properties(event)
        later: list[str] = []  # properties for whose value something later is known
        for name in listening.properties:
            key = key_text(read_property(properties, name))
            if key is None:
                continue
            self.keys.add(key)
            if not self.order.note_of(person, (name, key), place):
                later.append(name)
        if late:
            late = {each for each in late if each not in keyed or keyed[each] in later}
        return _Coming(number, listening, late, properties)

    def _read_over(self, behind: Mapping[int, int]) -> None:
        """The ended runs that should have seen a late event."""
        if not behind:
            return
        journeys = {each for _, listening in self.heard for each in listening.journeys}
        for run in store.runs_over_since(self.connection, journeys, behind, min(behind.values())):
            if run.moved_at > behind[run.person_id]:
                self.over.setdefault((run.journey_id, run.person_id), []).append(run)

    def _read_done(self) -> None:
        """Runs that reached their end, of people who did what would have ended them: some of their messages may still be
        unsent.
        """
        ends: set[int] = set()
        people: dict[int, set[int]] = {}
        for number, listening in self.heard:
            if listening.ends:
                ends.update(listening.ends)
                people.setdefault(self.batch.events[number].app_id, set()).add(self.batch.persons[number])
        self.unsent = runs_unsent(self.connection, people) if people else set()
        for run in store.done_runs(self.connection, ends, self.unsent):
            self._keep_done(run)

    def _keep_done(self, run: Run) -> None:
        """Remember a run that reached its end if one of its messages is unsent."""
        if run.state == _DONE and (run.id in self.unsent or run.id in self.writer.wanting):
            self.done.setdefault((run.journey_id, run.person_id), []).append(run)

    def _read(self) -> None:
        events, persons = self.batch.events, self.batch.persons
        by_listening: dict[int, tuple[Triggers, list[int]]] = {}
        for number, listening in self.heard:
            by_listening.setdefault(id(listening), (listening, []))[1].append(number)
        journeys: set[int] = set()
        keyed: set[int] = set()
        touched: set[int] = set()
        once: set[int] = set()
        needing: dict[Need, set[tuple[int, int]]] = {}
        for listening, numbers in by_listening.values():
            concerned = listening.journeys
            journeys |= concerned
            keyed |= listening.keyed_by.keys()
            touched.update(persons[number] for number in numbers)
            for need in {need for each in concerned for need in self.journeys[each].needs}:
                needing.setdefault(need, set()).update((events[number].app_id, persons[number]) for number in numbers)
            for each in listening.starts:
                self.ids.update(((each, number), run_id(each, events[number])) for number in numbers)
                if self.journeys[each].current.entry.reentry == "once":
                    once.add(each)
        self._read_active(journeys - keyed, journeys & keyed, touched)
        if self.ids:
            self.known = store.known_runs(self.connection, self.ids.values())
        if once:
            self.past = store.past_keys(self.connection, once, touched)
        if needing:
            self.persons = self.reader.read(self.connection, needing)

    def _read_active(self, journeys: Collection[int], keyed: Collection[int], persons: Collection[int]) -> None:
        """The active runs that may be concerned; of keyed runs only those whose keys are named."""
        runs = store.active_runs(self.connection, journeys, persons) if journeys else []
        if keyed and self.keys:
            runs += store.active_runs_of_keys(self.connection, keyed, persons, self.keys)
        for run in runs:
            self.writer.keep(run)
            self._runs_of(run.journey_id, run.person_id).add(run)

    def _runs_of(self, journey_id: int, person_id: int) -> ActiveRuns:
        runs = self.runs.get((journey_id, person_id))
        if runs is None:
            runs = self.runs[journey_id, person_id] = ActiveRuns(self.journeys[journey_id].graphs)
        return runs

    def _hear(self, coming: _Coming) -> None:
        number, listening, late, properties = coming
        event, person_id = self.batch.events[number], self.batch.persons[number]
        for journey_id in listening.moves:
            place = (journey_id, person_id)
            runs, over = self.runs.get(place), self.over.get(place, ())
            if runs is None and not over and place not in self.done:
                continue
            journey = self.journeys[journey_id]
            properties = _properties(event) if properties is None else properties
            for run in over:
                concerned = run.entered_at <= event.occurred_at < run.moved_at
                if concerned and concerns(run, journey.graphs[run.version], event.name, properties):
                    self._set_aside(run)
            if runs is not None:
                self._hear_under_way(journey, runs, number, properties, is_next=journey_id not in late)
            if place in self.done and journey_id in listening.ends:
                self._hear_done(journey, self.done[place], event, properties)
        if event.flags & IMPORTED and not causes_of(event).late:
            return
        for journey_id in listening.starts:
            properties = _properties(event) if properties is None else properties
            self._enter(self.journeys[journey_id], number, properties, is_next=journey_id not in late)

    def _hear_under_way(
        self, journey: Running, runs: ActiveRuns, number: int, properties: dict[str, Any], *, is_next: bool
    ) -> None:
        event, person_id = self.batch.events[number], self.batch.persons[number]
        if is_next:  # otherwise time has moved on already
            self._wake(journey, runs, person_id, event.occurred_at)
        for run in runs.hearing(event.name, properties):
            if lane_of(run) in self.lanes:
                continue
            if run.entered_at <= event.occurred_at and not (is_next and event.occurred_at >= run.moved_at):
                self._set_aside(run)
            else:
                self._apply(journey, run, person_id, event, properties)
                runs.moved(run)

    def _hear_done(self, journey: Running, runs: Iterable[Run], event: Event, properties: dict[str, Any]) -> None:
        """An exit event before the last message was sent ends a run that had reached its end: it is replayed."""
        for run in runs:
            graph = journey.graphs[run.version]
            if run.entered_at > event.occurred_at or not concerns(run, graph, event.name, properties):
                continue
            happened = Happened(event.name, properties, after_arrival=False)
            if step(graph, run.node, happened, StepFacts(from_json(run.data), NOBODY, run.id), event.occurred_at):
                self._set_aside(run)

    def admitted(self) -> set[str]:
        """The keys of the batch's events that may start a run of the lanes, however late they are."""
        return {self.batch.events[number].key for _, number in self.entries}

    def miss_all_but(self, begun: Collection[str]) -> None:
        """Record those of them that started none."""
        for lane, number in self.entries:
            if self.ids[lane.journey_id, number] not in begun:
                once = self.journeys[lane.journey_id].current.entry.reentry == "once"
                reason = MissReason.ONCE_ALREADY if once else MissReason.RUN_UNDER_WAY
                self.writer.miss(missed_entry(self.batch.events[number], lane.person_id, lane.journey_id, reason, lane.key))

    def _set_aside(self, run: Run) -> None:
        """Replay the run's key from where the run began."""
        lane = lane_of(run)
        self.lanes[lane] = min(run.entered_at, self.lanes.get(lane, run.entered_at))

    def _apply(self, journey: Running, run: Run, person_id: int, event: Event, properties: dict[str, Any]) -> None:
        occurred_at = event.occurred_at
        caused_by = causes_of(event).caused_by
        happened = as_heard(run, journey.graphs[run.version], event.name, properties, occurred_at, caused_by)
        before, seq = run.caused_by, run.seq
        run.caused_by = chain_after(caused_by, before)
        move(journey, run, happened, self._person(event.app_id, person_id), self.writer, max(occurred_at, run.moved_at))
        if run.seq == seq:  # it did not concern the run
            run.caused_by = before
        else:
            self._keep_done(run)

    def _enter(self, journey: Running, number: int, properties: dict[str, Any], *, is_next: bool) -> None:
        event, person_id = self.batch.events[number], self.batch.persons[number]
        graph = journey.current
        new_id = self.ids[journey.id, number]
        if new_id in self.known or not passes_entry(graph, properties):
            return
        key = entry_key(graph, properties)
        reason = self._obstacle(journey, number, key)
        if reason is not None or key is None:
            self.writer.miss(missed_entry(event, person_id, journey.id, reason or MissReason.KEY_MISSING, key or ""))
            return
        lane = RunLane(journey.id, event.app_id, person_id, key)
        if lane in self.lanes or not is_next:
            self.lanes[lane] = min(event.occurred_at, self.lanes.get(lane, event.occurred_at))
            self.entries.append((lane, number))
            return
        runs = self._runs_of(journey.id, person_id)
        self._wake(journey, runs, person_id, event.occurred_at)
        reason = self._second(journey, number, key, runs)
        if reason is not None:
            self.writer.miss(missed_entry(event, person_id, journey.id, reason, key))
            return
        self.known.add(new_id)
        self.past.add((journey.id, person_id, key))
        data = event.body.decode() if properties else "{}"
        run = begun(journey, new_id, person_id, key, event.occurred_at, data, causes_of(event).caused_by)
        self.writer.enter(run)
        facts = StepFacts(properties, self._person(event.app_id, person_id), run.id, person_id)
        self.writer.apply(graph, run, step(graph, "", Started(), facts, event.occurred_at), event.occurred_at)
        runs.add(run)
        self._keep_done(run)

    def _obstacle(self, journey: Running, number: int, key: str | None) -> MissReason | None:
        """Why an event that passes the entry's tests starts no run."""
        chain = causes_of(self.batch.events[number]).caused_by
        if journey.id in chain:
            return MissReason.CAUSED_BY_ITSELF
        if len(chain) >= LONGEST_CHAIN:
            return MissReason.CHAIN_TOO_LONG
        if self.batch.late[number] and not journey.takes_late:
            return MissReason.LATE
        if key is None:
            return MissReason.KEY_MISSING
        if not journey.is_live:
            return MissReason.JOURNEY_PAUSED
        return None

    def _second(self, journey: Running, number: int, key: str, runs: ActiveRuns) -> MissReason | None:
        """Whether the key's other runs prevent another."""
        if runs.holds(key):
            return MissReason.RUN_UNDER_WAY
        if journey.current.entry.reentry == "once" and (journey.id, self.batch.persons[number], key) in self.past:
            return MissReason.ONCE_ALREADY
        return None

    def _wake(self, journey: Running, runs: ActiveRuns, person_id: int, now: int) -> None:
        if not journey.is_live or runs.wake_at > now:
            return
        for run in runs.due(now):
            if lane_of(run) in self.lanes:
                continue
            if run.wake_at <= journey.resumed_at:  # it ended during a pause
                self._set_aside(run)
                continue
            wake_until(journey, run, self._person(run.app_id, person_id), self.writer, now)
            self._keep_done(run)
        runs.settle()

    def _person(self, app_id: int, person_id: int) -> PersonFacts:
        return self.persons.get((app_id, person_id), NOBODY)


def run_id(journey_id: int, event: Event) -> str:
    """The id of the run an event starts: the same on a replay, and under any version of the journey."""
    return run_of(journey_id, event.app_id, event.key)


def run_of(journey_id: int, app_id: int, key: str) -> str:
    """The same, for an event given by app and key."""
    return stable_id("run", journey_id, app_id, key)


def lane_of(run: Run) -> RunLane:
    return RunLane(run.journey_id, run.app_id, run.person_id, run.run_key)


def _properties(event: Event) -> dict[str, Any]:
    """The event's properties; empty if they cannot be decoded (half of a surrogate pair, for example)."""
    try:
        return _decode(event.body)
    except (msgspec.DecodeError, RecursionError):
        return {}
