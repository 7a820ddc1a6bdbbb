"""Moves whole sets of runs, tick by tick: reads those concerned at once, steps them in memory, writes them at once.

Time goes by within a tick as it would have done outside. An event counts at its receipt: waits that ended until then
end first, each at its own instant, then the event is heard. So runs come out the same however the log is cut into
ticks, as long as ``wake`` is never called for an instant beyond an event that was not read yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec
from sqlalchemy.engine import Connection

from relance.core.encoding import from_json
from relance.core.ids import stable_id
from relance.core.partitions import bounds
from relance.core.progress import Progress
from relance.events.causes import LONGEST_CHAIN, causes_of, from_text, joined, to_text
from relance.events.model import Batch, Event, Flag, Kind, Name
from relance.journeys import store
from relance.journeys.graph import read_graph
from relance.journeys.ledger import Ledger, told
from relance.journeys.listening import Listening, Running, index_events
from relance.journeys.missed import KEPT_FOR, MissReason, missed_entry
from relance.journeys.model import Advance, JourneyState, LeaveReason, Run, RunState
from relance.journeys.step import Facts, Happened, Started, Trigger, Woke, entry_key, passes_entry, step
from relance.journeys.underway import Underway
from relance.messaging.service import transactional_messages
from relance.users.reach import read_traits_of

IMPORTED = Flag.IMPORTED.value
HEARD_KINDS = frozenset((Kind.TRACK.value, Kind.DERIVED.value, Kind.PAGE.value, Kind.SCREEN.value))
#: What only Relance itself says; sessions may also come from outside.
OWN_NAMES = frozenset(Name) - {Name.SESSION_STARTED}
DUE_AT_ONCE = 5_000  # runs woken in one go
_WAITING = RunState.WAITING.value
_NOTHING: dict[str, Any] = {}
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Engine:
    """The journeys of one partition of several. Definitions and the next instant are cached; runs are not."""

    def __init__(self, partition: int = 0, partitions: int = 1) -> None:
        self.partition = partition
        self.share = bounds(partition, partitions) if partitions > 1 else None  # of the persons, and so of the runs
        self.drop()

    def drop(self) -> None:
        """Forget what is cached; ``load`` before the next tick."""
        self._journeys: dict[int, Running] = {}
        self._index: dict[str, dict[int, Listening]] = {}
        self._live: list[int] = []
        self._next: int | None = None
        self._next_known = False

    def load(self, connection: Connection) -> None:
        """Read the definitions (at the start, and whenever they changed)."""
        running = store.running_journeys(connection)
        wanted = {journey_id: {published} for journey_id, _, _, published in running}
        for journey_id, version in store.versions_in_use(connection):
            if journey_id in wanted:
                wanted[journey_id].add(version)
        known = {each.id: each.graphs for each in self._journeys.values()}
        self._journeys = {
            journey_id: Running(
                id=journey_id,
                app_id=app_id,
                state=JourneyState(state),
                published=published,
                graphs={
                    version: known.get(journey_id, {}).get(version) or read_graph(store.graph_of(connection, journey_id, version))
                    for version in sorted(wanted[journey_id])
                },
            )
            for journey_id, app_id, state, published in running
        }
        self._let_late_in(connection)
        self._index = index_events(self._journeys.values())
        self._live = [each.id for each in self._journeys.values() if each.is_live]
        self._next_known = False

    def _let_late_in(self, connection: Connection) -> None:
        """Who says nothing about late events takes them where all that is sent is transactional: it is still wanted."""
        unsaid = [each.current.message_ids for each in self._journeys.values() if each.current.entry.late is None]
        transactional = transactional_messages(connection, set().union(*unsaid)) if unsaid else set()
        for key, each in self._journeys.items():
            late, sent = each.current.entry.late, each.current.message_ids
            takes_late = late == "enter" or (late is None and bool(sent) and sent <= transactional)
            self._journeys[key] = msgspec.structs.replace(each, takes_late=takes_late)

    def look_again(self) -> None:
        """Another partition's tick may have moved runs here or away: read the next instant anew."""
        self._next_known = False

    # -- the tick --------------------------------------------------------------------------------------------------

    def advance(self, connection: Connection, batch: Batch) -> Advance:
        """Let the batch's events move the runs of their persons, whose waits end first where they are over by then.

        People must have been flushed: branches read traits.
        """
        heard = self._heard(batch)
        if not heard:
            return Advance()
        ledger = Ledger()
        _Hearing(self._journeys, connection, ledger, batch, heard).run()
        self._write(connection, ledger)
        return ledger.advance()

    def wake(self, connection: Connection, now: int) -> Advance:
        """End the waits that are over by ``now``, each at its own instant.

        ``now`` is the instant up to which the log has been read: the clock's where all of it was, else the receipt of
        the last event read; else a wait would end before an event that came in time.
        """
        due = self.next_due(connection)
        if due is None or due > now:
            return Advance()
        ledger = Ledger()
        self._wake(connection, ledger, now)
        return ledger.advance()

    def next_due(self, connection: Connection) -> int | None:
        """The next instant at which a wait is over by itself."""
        if not self._next_known:
            self._next = store.next_wake(connection, self._live, self.share)
            self._next_known = True
        return self._next

    def follow_merge(self, connection: Connection, app_id: int, from_person: int, into_person: int) -> list[Event]:
        """The runs of a merged person go on as the other's; of two with the same key the older one."""
        kept: set[tuple[int, str]] = set()
        second: list[str] = []
        for run in store.active_of_persons(connection, app_id, [from_person, into_person]):
            place = (run.journey_id, run.run_key)
            if place in kept:
                second.append(run.id)
            kept.add(place)
        ended = store.end_runs(connection, second, LeaveReason.MERGED)
        store.move_runs(connection, app_id, from_person, into_person)
        store.move_missed(connection, app_id, from_person, into_person)
        self._next_known = False
        for run in ended:
            run.person_id = into_person
        return [told(Name.JOURNEY_LEFT, run, run.moved_at) for run in ended]

    def tidy(self, connection: Connection, now: int) -> None:
        """Forget the entries that were missed long ago."""
        store.trim_missed(connection, now - KEPT_FOR)

    def forget(self, connection: Connection, app_id: int, person_id: int) -> None:
        """Delete all that a deleted person's runs hold."""
        runs = store.active_of_persons(connection, app_id, [person_id])
        store.end_runs(connection, [run.id for run in runs], LeaveReason.DELETED)
        store.delete_runs(connection, app_id, person_id)
        store.delete_missed(connection, app_id, person_id)
        self._next_known = False

    # -- inside ----------------------------------------------------------------------------------------------------

    def _heard(self, batch: Batch) -> list[tuple[int, Listening]]:
        """The entries of the batch that some journey listens to; imported history is not among them.

        Nor is what was sent under a name of ours: whoever has a write key, which is public, could say who entered a segment.
        """
        index = self._index
        if not index:
            return []
        found: list[tuple[int, Listening]] = []
        for number, event in enumerate(batch.events):
            apps = index.get(event.name)
            if apps is not None:
                listening = apps.get(event.app_id)
                if listening is None or event.kind not in HEARD_KINDS:
                    continue
                if event.flags & IMPORTED and not causes_of(event).late:
                    continue
                if event.kind == Kind.DERIVED.value or event.name not in OWN_NAMES:
                    found.append((number, listening))
        return found

    def _wake(self, connection: Connection, ledger: Ledger, now: int) -> None:
        """End waits in pieces; a run woken may be due again."""
        progress = Progress("Waking runs")
        while self._live:
            runs = store.due_runs(connection, self._live, now, DUE_AT_ONCE, self.share)
            if not runs:
                return
            progress.turn([(run.id, run.seq) for run in runs])
            traits = traits_for(connection, self._journeys, runs)
            for run in runs:
                ledger.keep(run)
                wake_until(self._journeys[run.journey_id], run, traits.get((run.app_id, run.person_id), _NOTHING), ledger, now)
            self._write(connection, ledger)

    def _write(self, connection: Connection, ledger: Ledger) -> None:
        if ledger.write(connection):
            self._next_known = False


def wake_until(journey: Running, run: Run, traits: Mapping[str, Any], ledger: Ledger, now: int) -> None:
    """End the run's waits that are over by ``now``, each at its own instant: a pause or a backlog moves none of them."""
    if not journey.is_live:
        return
    progress = Progress("Waking a run")
    while run.state == _WAITING and run.wake_at <= now:
        progress.turn((run.id, run.seq))
        move(journey, run, Woke(), traits, ledger, run.wake_at)


def move(journey: Running, run: Run, trigger: Trigger, traits: Mapping[str, Any], ledger: Ledger, now: int) -> None:
    """Let one thing happen to one run."""
    graph = journey.graphs[run.version]
    effects = step(graph, run.node, trigger, Facts(from_json(run.data), traits), now)
    if effects:
        ledger.apply(graph, run, effects, now)


def traits_for(
    connection: Connection, journeys: Mapping[int, Running], runs: Iterable[Run]
) -> dict[tuple[int, int], dict[str, Any]]:
    """(app, person) → traits, for the runs whose graph looks at them."""
    persons = [(run.app_id, run.person_id) for run in runs if journeys[run.journey_id].graphs[run.version].needs_traits]
    return read_traits(connection, persons)


def read_traits(connection: Connection, persons: Iterable[tuple[int, int]]) -> dict[tuple[int, int], dict[str, Any]]:
    by_app: dict[int, set[int]] = {}
    for app_id, person_id in persons:
        by_app.setdefault(app_id, set()).add(person_id)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for app_id, those in by_app.items():
        traits = read_traits_of(connection, app_id, those)
        found.update(((app_id, person_id), held) for person_id, held in traits.items())
    return found


class _Hearing:
    """One batch's events, heard in log order by the runs of their persons."""

    def __init__(
        self,
        journeys: Mapping[int, Running],
        connection: Connection,
        ledger: Ledger,
        batch: Batch,
        heard: Sequence[tuple[int, Listening]],
    ) -> None:
        self.journeys = journeys
        self.connection = connection
        self.ledger = ledger
        self.batch = batch
        self.heard = heard
        self.runs: dict[tuple[int, int], Underway] = {}  # by (journey, person)
        self.ids: dict[tuple[int, int], str] = {}  # (journey, entry of the batch) → the run it would start
        self.known: set[str] = set()
        self.past: set[tuple[int, int, str]] = set()
        self.traits: dict[tuple[int, int], dict[str, Any]] = {}

    def run(self) -> None:
        self._read()
        frontiers = list(accumulate([event.received_at for event in self.batch.events], max))
        for number, listening in self.heard:
            self._hear(number, listening, frontiers[number])

    def _read(self) -> None:
        events, persons = self.batch.events, self.batch.persons
        by_listening: dict[int, tuple[Listening, list[int]]] = {}
        for number, listening in self.heard:
            by_listening.setdefault(id(listening), (listening, []))[1].append(number)
        journeys: set[int] = set()
        touched: set[int] = set()
        once: set[int] = set()
        needing: set[tuple[int, int]] = set()
        for listening, numbers in by_listening.values():
            concerned = listening.journeys
            journeys |= concerned
            touched.update(persons[number] for number in numbers)
            if any(graph.needs_traits for each in concerned for graph in self.journeys[each].graphs.values()):
                needing.update((events[number].app_id, persons[number]) for number in numbers)
            for each in listening.starts:
                self.ids.update(((each, number), run_id(each, events[number])) for number in numbers)
                if self.journeys[each].current.entry.reentry == "once":
                    once.add(each)
        for run in store.active_runs(self.connection, journeys, touched):
            self.ledger.keep(run)
            self._runs_of(run.journey_id, run.person_id).add(run)
        if self.ids:
            self.known = store.known_runs(self.connection, self.ids.values())
        if once:
            self.past = store.past_keys(self.connection, once, touched)
        if needing:
            self.traits = read_traits(self.connection, needing)

    def _runs_of(self, journey_id: int, person_id: int) -> Underway:
        runs = self.runs.get((journey_id, person_id))
        if runs is None:
            runs = self.runs[journey_id, person_id] = Underway(self.journeys[journey_id].graphs)
        return runs

    def _hear(self, number: int, listening: Listening, frontier: int) -> None:
        event, person_id = self.batch.events[number], self.batch.persons[number]
        properties: dict[str, Any] | None = None
        for journey_id in listening.moves:
            runs = self.runs.get((journey_id, person_id))
            if runs is None:
                continue
            journey = self.journeys[journey_id]
            self._wake(journey, runs, person_id, frontier)
            properties = _properties(event) if properties is None else properties
            for run in runs.hearing(event.name, properties):
                self._tell(journey, run, person_id, event, properties)
                runs.moved(run)
        for journey_id in listening.starts:
            properties = _properties(event) if properties is None else properties
            self._enter(self.journeys[journey_id], number, properties, frontier)

    def _tell(self, journey: Running, run: Run, person_id: int, event: Event, properties: dict[str, Any]) -> None:
        occurred_at = event.occurred_at
        caused_by, graph = causes_of(event).caused_by, journey.graphs[run.version]
        is_heard = not (run.node in graph.whirls and journey.id in caused_by)
        happened = Happened(event.name, properties, occurred_at >= run.entered_at, is_heard and occurred_at >= run.moved_at)
        before, seq = run.caused_by, run.seq
        run.caused_by = to_text(joined(caused_by, from_text(run.caused_by))) if caused_by else ""
        move(journey, run, happened, self._traits(event.app_id, person_id), self.ledger, max(occurred_at, run.moved_at))
        if run.seq == seq:  # it did not concern the run
            run.caused_by = before

    def _enter(self, journey: Running, number: int, properties: dict[str, Any], frontier: int) -> None:
        event, person_id = self.batch.events[number], self.batch.persons[number]
        graph = journey.current
        new_id = self.ids[journey.id, number]
        if new_id in self.known or not passes_entry(graph, properties):
            return
        key = entry_key(graph, properties)
        runs = self._runs_of(journey.id, person_id)
        self._wake(journey, runs, person_id, frontier)
        reason = self._obstacle(journey, number, key, runs)
        if reason is not None or key is None:
            self.ledger.miss(missed_entry(event, person_id, journey.id, reason or MissReason.KEY_MISSING, key or ""))
            return
        self.known.add(new_id)
        self.past.add((journey.id, person_id, key))
        run = Run(
            id=new_id,
            app_id=event.app_id,
            journey_id=journey.id,
            version=journey.published,
            person_id=person_id,
            run_key=key,
            node="",
            state=_WAITING,
            reason="",
            wake_at=0,
            entered_at=event.occurred_at,
            moved_at=event.occurred_at,
            seq=0,
            data=event.body.decode() if properties else "{}",
            caused_by=to_text(causes_of(event).caused_by),
        )
        self.ledger.enter(run)
        facts = Facts(properties, self._traits(event.app_id, person_id))
        self.ledger.apply(graph, run, step(graph, "", Started(), facts, event.occurred_at), event.occurred_at)
        runs.add(run)

    def _obstacle(self, journey: Running, number: int, key: str | None, runs: Underway) -> MissReason | None:
        """Why an event that passes the entry's tests starts nothing."""
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
        if runs.holds(key):
            return MissReason.RUN_UNDER_WAY
        if journey.current.entry.reentry == "once" and (journey.id, self.batch.persons[number], key) in self.past:
            return MissReason.ONCE_ALREADY
        return None

    def _wake(self, journey: Running, runs: Underway, person_id: int, now: int) -> None:
        if not journey.is_live or runs.wake_at > now:
            return
        for run in runs.due(now):
            wake_until(journey, run, self._traits(run.app_id, person_id), self.ledger, now)
        runs.settle()

    def _traits(self, app_id: int, person_id: int) -> dict[str, Any]:
        return self.traits.get((app_id, person_id), _NOTHING)


def run_id(journey_id: int, event: Event) -> str:
    """The run an event starts: the same on a replay, and under any version of the journey."""
    return stable_id("run", journey_id, event.app_id, event.message_id)


def _properties(event: Event) -> dict[str, Any]:
    """The event's properties; none where they cannot be read (half a surrogate pair, for example)."""
    try:
        return _decode(event.body)
    except (msgspec.DecodeError, RecursionError):
        return {}
