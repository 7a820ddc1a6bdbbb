"""Advances runs tick by tick: reads all runs concerned at once, steps them in memory, and writes them at once.

Within a tick, time passes as it would have outside. An event counts at the instant it happened: waits that ended before it end
first, each at its own instant, then the event is applied. Events that came after something they should have preceded are detected
by ``order`` and replayed with history (``revision``), so that runs do not depend on the order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy.engine import Connection

from relance.core.partitions import bounds
from relance.core.progress import Progress
from relance.core.time import DAY
from relance.events.model import Batch, Event, Name
from relance.journeys import store
from relance.journeys.batch_advance import BatchAdvance, lane_of, run_of, wake_until
from relance.journeys.counting import service as counts
from relance.journeys.entries import service as entries
from relance.journeys.facts import NOBODY
from relance.journeys.goals import keep_reached
from relance.journeys.graph import read_graph
from relance.journeys.missed import KEPT_FOR
from relance.journeys.model import Advance, JourneyState, LeaveReason, Run, RunState
from relance.journeys.order import Order, Place, place_at
from relance.journeys.person_facts import MembershipsOf, PersonReader, in_no_segment
from relance.journeys.recall import Recalling, is_heard, recall_nothing
from relance.journeys.revision import Revision, RunLane
from relance.journeys.run_writer import RunWriter, run_event
from relance.journeys.taking_in import Intake, MembersOf, list_members, take_piece
from relance.journeys.triggers import Running, Triggers, index_events
from relance.messaging.service import transactional_messages

DUE_AT_ONCE = 5_000  # runs woken at once
LOOKED_BACK = DAY  # runs that ended this long before a person's newest are left alone when others are merged in
_WAITING = RunState.WAITING.value


class Engine:
    """The journeys of one partition. Definitions and the next instant are cached; runs are not."""

    def __init__(
        self,
        partition: int = 0,
        partitions: int = 1,
        recall: Recalling = recall_nothing,
        memberships_of: MembershipsOf = in_no_segment,
    ) -> None:
        self.partition = partition
        self.recall = recall
        self.persons = PersonReader(memberships_of)
        self.order = Order()
        self.share = bounds(partition, partitions) if partitions > 1 else None  # of the persons, and therefore of the runs
        self.drop()

    def drop(self) -> None:
        """Drop the cache; ``load`` before the next tick."""
        self._journeys: dict[int, Running] = {}
        self._index: dict[str, dict[int, Triggers]] = {}
        self._keyed_by: dict[int, str] = {}  # journey → the property that keys its runs
        self._live: list[int] = []
        self._next: int | None = None
        self._next_known = False
        self._joined: dict[int, set[int]] = {}  # app → people others were merged into, to be checked
        self._intakes: list[Intake] = []

    def load(self, connection: Connection, settled_until: int) -> None:
        """Load the definitions (at start-up and after every change). Which events were applied to whom is unknown up to the
        instant until which everything was settled.
        """
        self.order.start(settled_until)
        running = store.running_journeys(connection)
        wanted = {journey_id: {published} for journey_id, _, _, published, _ in running}
        for journey_id, version in counts.versions_in_use(connection):
            if journey_id in wanted:
                wanted[journey_id].add(version)
        known = {each.id: each.graphs for each in self._journeys.values()}
        self._journeys = {
            journey_id: Running(
                id=journey_id,
                app_id=app_id,
                state=JourneyState(state),
                published=published,
                resumed_at=resumed_at,
                graphs={
                    version: known.get(journey_id, {}).get(version) or read_graph(store.graph_of(connection, journey_id, version))
                    for version in sorted(wanted[journey_id])
                },
            )
            for journey_id, app_id, state, published, resumed_at in running
        }
        self._let_late_in(connection)
        self._intakes = [Intake(*each) for each in entries.open_intakes(connection, self.partition)]
        self._index = index_events(self._journeys.values())
        self._keyed_by = {
            key: key_name for apps in self._index.values() for each in apps.values() for key, key_name in each.keyed_by.items()
        }
        self._live = [each.id for each in self._journeys.values() if each.is_live]
        self._next_known = False

    def _let_late_in(self, connection: Connection) -> None:
        """A journey that does not say what to do with late events accepts them if all its messages are transactional: they are
        still wanted.
        """
        unsaid = [each.current.message_ids for each in self._journeys.values() if each.current.entry.late is None]
        transactional = transactional_messages(connection, set().union(*unsaid)) if unsaid else set()
        for key, each in self._journeys.items():
            late, sent = each.current.entry.late, each.current.message_ids
            takes_late = late == "enter" or (late is None and bool(sent) and sent <= transactional)
            self._journeys[key] = msgspec.structs.replace(each, takes_late=takes_late)

    def look_again(self) -> None:
        """Another partition's tick may have moved runs here or away: read the next instant again."""
        self._next_known = False

    # -- the tick --------------------------------------------------------------------------------------------------

    def advance(self, connection: Connection, batch: Batch) -> Advance:
        """Apply the batch's events to their persons' runs, whose waits end first if they are over by then.

        People must have been flushed: branches read traits.
        """
        heard = self._heard(batch)
        lanes = self._lanes_of_joined(connection) if self._joined else {}
        if not heard and not lanes:
            return Advance()
        writer = RunWriter()
        hearing = BatchAdvance(self._journeys, connection, writer, batch, heard, self.order, lanes, self.persons)
        if heard:
            hearing.run()
        self._write(connection, writer)
        if lanes:
            hearing.miss_all_but(self._revise(connection, writer, lanes, hearing.admitted()))
            self._write(connection, writer)
        return writer.advance()

    def look_back(self, connection: Connection) -> Advance:
        """Check people whom others were merged into, once history has the merges: the others' events may have come too late."""
        return self.advance(connection, Batch([], [], [], 0))

    def joined(self, app_id: int, person_id: int) -> None:
        """The person now has the past of another; history has it, or will have it at the next ``advance`` or ``look_back``."""
        if self._journeys:
            self._joined.setdefault(app_id, set()).add(person_id)

    def learn(self, app_id: int, person_id: int, instant: int) -> None:
        """The person did something at this instant that was applied elsewhere: whatever happened before it comes too late."""
        self.order.learn((app_id, person_id), place_at(instant))

    def place(self, app_id: int, name: str, instant: int) -> Place:
        """An event's place among others; at one instant, events that start runs come first."""
        apps = self._index.get(name)
        listening = None if apps is None else apps.get(app_id)
        return place_at(instant, starts=listening is not None and bool(listening.starts))

    def wake(self, connection: Connection, now: int) -> Advance:
        """End the waits that are over by ``now``, each at its own instant.

        ``now`` is how far the log has been read: the clock's time if all of it was, else the receipt of the last event read;
        otherwise a wait could end before an event that arrived in time.
        """
        due = self.next_due(connection)
        if due is None or due > now:
            return Advance()
        writer = RunWriter()
        self._wake(connection, writer, now)
        return writer.advance()

    def list_members(self, connection: Connection, members_of: MembersOf) -> None:
        """Before any event is applied: write down the members of segments to be enrolled."""
        for intake in self._intakes:
            journey = self._taking(intake)
            if journey is not None and not intake.is_listed:
                list_members(connection, journey, intake, self.partition, members_of)

    def take_in(self, connection: Connection, now: int) -> Advance:
        """Enrol the next portion of those members."""
        for intake in [*self._intakes]:
            journey = self._taking(intake)
            if journey is None or not intake.is_listed:
                continue
            piece = entries.take_piece(connection, intake.journey_id, intake.version, self.partition)
            if piece is not None:
                writer = RunWriter()
                take_piece(connection, writer, journey, piece, self.persons, now)
                self._write(connection, writer)
                return writer.advance()
            self._intakes.remove(intake)
        return Advance()

    @property
    def is_taking_in(self) -> bool:
        """Whether members are waiting to be enrolled."""
        return any(intake.is_listed and self._taking(intake) is not None for intake in self._intakes)

    def _taking(self, intake: Intake) -> Running | None:
        """The journey, if it is live and the version is the current one."""
        journey = self._journeys.get(intake.journey_id)
        return journey if journey is not None and journey.is_live and journey.published == intake.version else None

    def next_due(self, connection: Connection) -> int | None:
        """The next instant at which a wait ends through time alone."""
        if not self._next_known:
            self._next = store.next_wake(connection, self._live, self.share)
            self._next_known = True
        return self._next

    def follow_merge(self, connection: Connection, app_id: int, from_person: int, into_person: int) -> list[Event]:
        """A merged person's runs continue as the winner's; of two with the same key the older one does."""
        kept: set[tuple[int, str]] = set()
        second: list[str] = []
        for run in store.active_of_persons(connection, app_id, [from_person, into_person]):
            place = (run.journey_id, run.run_key)
            if place in kept:
                second.append(run.id)
            kept.add(place)
        ended = store.end_runs(connection, second, LeaveReason.MERGED)
        store.move_runs(connection, app_id, from_person, into_person)
        entries.move_missed(connection, app_id, from_person, into_person)
        self.order.join(app_id, from_person, into_person)
        self._next_known = False
        for run in ended:
            run.person_id = into_person
        return [run_event(Name.JOURNEY_LEFT, run, run.moved_at) for run in ended]

    def tidy(self, connection: Connection, now: int) -> None:
        """Delete old records of missed entries."""
        entries.trim_missed(connection, now - KEPT_FOR)

    def forget(self, connection: Connection, app_id: int, person_id: int) -> None:
        """Delete everything in a deleted person's runs."""
        runs = store.active_of_persons(connection, app_id, [person_id])
        keep_reached(connection, app_id, person_id)
        store.end_runs(connection, [run.id for run in runs], LeaveReason.DELETED)
        store.delete_runs(connection, app_id, person_id)
        entries.delete_missed(connection, app_id, person_id)
        self._next_known = False

    # -- inside ----------------------------------------------------------------------------------------------------

    def _heard(self, batch: Batch) -> list[tuple[int, Triggers]]:
        """The entries of the batch that some journey listens to."""
        index = self._index
        if not index:
            return []
        found: list[tuple[int, Triggers]] = []
        for number, event in enumerate(batch.events):
            apps = index.get(event.name)
            if apps is not None:
                listening = apps.get(event.app_id)
                if listening is not None and is_heard(event.kind, event.name):
                    found.append((number, listening))
        return found

    def _lanes_of_joined(self, connection: Connection) -> dict[RunLane, int]:
        """The keys in which merged people have active runs, or had recently."""
        lanes: dict[RunLane, int] = {}
        for app_id, persons in self._joined.items():
            journeys = {each.id for each in self._journeys.values() if each.app_id == app_id}
            runs = store.runs_since(connection, journeys, persons, 0)
            newest: dict[int, int] = {}
            for run in runs:
                newest[run.person_id] = max(run.moved_at, newest.get(run.person_id, 0))
            for person_id, instant in newest.items():
                self.learn(app_id, person_id, instant)
            for run in runs:
                if run.state == _WAITING or run.moved_at > newest[run.person_id] - LOOKED_BACK:
                    lanes[lane_of(run)] = min(run.entered_at, lanes.get(lane_of(run), run.entered_at))
        self._joined = {}
        return lanes

    def _revise(
        self, connection: Connection, writer: RunWriter, lanes: Mapping[RunLane, int], admitted: Collection[str]
    ) -> set[str]:
        """Replay lanes; returns their runs."""
        revision = Revision(connection, self._journeys, self.recall, writer, self.place, run_of, self.persons)
        revision.run(lanes, admitted)
        self._note(revision.changed)
        self._next_known = False
        return revision.begun

    def _wake(self, connection: Connection, writer: RunWriter, now: int) -> None:
        """End waits in portions; a woken run may be due again. If a wait ended during a pause, later events were applied only as
        far as they end runs: its key is replayed first.
        """
        progress = Progress("Waking runs")
        played: set[RunLane] = set()
        while self._live:
            runs = store.due_runs(connection, self._live, now, DUE_AT_ONCE, self.share)
            if not runs:
                return
            progress.turn((len(played), [(run.id, run.seq) for run in runs]))
            paused = {lane_of(run): run.entered_at for run in runs if run.wake_at <= self._journeys[run.journey_id].resumed_at}
            fresh = {lane: since for lane, since in paused.items() if lane not in played}
            if fresh:
                self._revise(connection, writer, fresh, ())
                played |= fresh.keys()
                continue
            persons = self.persons.of_runs(connection, self._journeys, runs)
            for run in runs:
                writer.keep(run)
                wake_until(self._journeys[run.journey_id], run, persons.get((run.app_id, run.person_id), NOBODY), writer, now)
            self._write(connection, writer)

    def _note(self, runs: Iterable[Run]) -> None:
        """Time has advanced in these runs: whatever arrives from before comes too late."""
        for run in runs:
            if run.moved_at > run.entered_at:
                person, place = (run.app_id, run.person_id), place_at(run.moved_at)
                self.order.note(person, place)
                key_name = self._keyed_by.get(run.journey_id)
                if key_name is not None:
                    self.order.note_of(person, (key_name, run.run_key), place)

    def _write(self, connection: Connection, writer: RunWriter) -> None:
        self._note(writer.unwritten)
        if writer.write(connection):
            self._next_known = False
