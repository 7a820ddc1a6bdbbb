"""Turns the effects of steps into rows, intents and events, and writes the rows of many runs at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.engine import Connection

from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.ids import stable_id
from relance.events.causes import Causes, from_text, joined, to_text
from relance.events.model import Event, Kind, Name
from relance.journeys import store
from relance.journeys.counting import service as counts
from relance.journeys.counting.service import CountDeltas
from relance.journeys.effects import Effect, KeepAnswer, Leave, Send, Visit, Wait
from relance.journeys.entries import service as entries
from relance.journeys.errors import RunChangedError
from relance.journeys.graph import Graph
from relance.journeys.missed import MissedEntry, added
from relance.journeys.model import Advance, Run, RunStep
from relance.journeys.replay import SendRequest
from relance.journeys.run_changes import ended, kept, rested, visited
from relance.messaging.model import Intent

_DERIVED = Kind.DERIVED.value


def run_event(name: Name, run: Run, occurred_at: int) -> Event:
    """The event that a run began or ended."""
    body = {"journey": run.journey_id, "version": run.version, "run": run.id, "key": run.run_key, "reason": run.reason}
    return Event(
        app_id=run.app_id,
        kind=_DERIVED,
        name=name.value,
        # A late event may change how the run ended: that is emitted as well.
        message_id=stable_id(name.value, run.id, *((run.reason, occurred_at) if run.reason else ())),
        occurred_at=occurred_at,
        received_at=occurred_at,
        body=to_json({key: value for key, value in body.items() if value != ""}).encode(),
        context=Causes(chain_of(run)).context(),
        person_id=run.person_id,
    )


def chain_of(run: Run) -> tuple[int, ...]:
    """The journeys that caused whatever the run does."""
    return joined(from_text(run.caused_by), (run.journey_id,)) if run.caused_by else (run.journey_id,)


class RunWriter:
    """One tick's changes to runs: collected in memory, written by ``write``, returned by ``advance``."""

    def __init__(self) -> None:
        self._intents: list[tuple[int, str, int, Intent]] = []
        self._events: list[Event] = []
        self._seq_before: dict[str, int] = {}  # of runs that are in the store
        self._new: dict[str, Run] = {}
        self._moved: dict[str, Run] = {}
        self._steps: list[RunStep] = []
        self._tally = CountDeltas()
        self._missed: dict[tuple[int, int, int, str, int], MissedEntry] = {}
        self.wanting: set[str] = set()  # runs that want to send a message in this tick

    def keep(self, run: Run) -> None:
        """Remember a run as it was read, so that it is written only if it has not changed since."""
        self._seq_before.setdefault(run.id, run.seq)

    def enter(self, run: Run) -> None:
        """A run begins."""
        self._new[run.id] = run
        self._events.append(run_event(Name.JOURNEY_ENTERED, run, run.entered_at))

    def miss(self, missed: MissedEntry) -> None:
        """An event that could have started a run started none."""
        before = self._missed.get(missed.place)
        self._missed[missed.place] = missed if before is None else added(before, missed)

    def apply(self, graph: Graph, run: Run, effects: Sequence[Effect], now: int) -> None:
        """Apply the effects of one step, at ``now``, to the run."""
        if run.id not in self._new:
            self._moved[run.id] = run
        for effect in effects:
            if isinstance(effect, Visit):
                self._visit(run, effect, now)
            elif isinstance(effect, Send):
                self._send(graph, run, effect, now)
            elif isinstance(effect, Wait):
                rested(run, effect)
            elif isinstance(effect, KeepAnswer):
                kept(run, effect)
            else:
                self._leave(run, effect, now)

    def _visit(self, run: Run, visit: Visit, now: int) -> None:
        self._tally.visit(run, run.node, visit.node, visit.via)
        self._steps.append(visited(run, visit, now))

    def _send(self, graph: Graph, run: Run, send: Send, now: int) -> None:
        self.want(graph, run, SendRequest(send.node, send.message_id, now, run.seq, run.caused_by, send.until))

    def emit(self, events: Iterable[Event]) -> None:
        """Emit these events as well."""
        self._events.extend(events)

    def want(self, graph: Graph, run: Run, sending: SendRequest) -> None:
        """A run's step wants to send a message: due at the instant of the step, however late the program gets to it."""
        intent = Intent(
            app_id=run.app_id,
            person_id=run.person_id,
            message_id=sending.message_id,
            cause=f"{run.id}/{sending.node}/{sending.instant}",
            created_at=sending.instant,
            journey_id=run.journey_id,
            run_id=run.id,
            node=sending.node,
            event_body=run.data.encode(),
            goal=graph.goal,
            caused_by=to_text(joined(from_text(sending.caused_by), (run.journey_id,))),
            wanted_until=sending.until,
        )
        self._intents.append((sending.instant, run.id, sending.seq, intent))
        self.wanting.add(run.id)

    def _leave(self, run: Run, leave: Leave, now: int) -> None:
        ended(run, leave, now)
        self._tally.leave(run)
        self._events.append(run_event(Name.JOURNEY_LEFT, run, now))

    @property
    def unwritten(self) -> list[Run]:
        """The runs that ``write`` would write."""
        return [*self._new.values(), *self._moved.values()]

    def write(self, connection: Connection) -> bool:
        """Write what changed since the last call; returns whether anything did.

        Raises ``RunChangedError`` if a run is no longer as it was read: the tick is retried.
        """
        if self._missed:
            entries.add_missed(connection, [self._missed[place] for place in sorted(self._missed)])
            self._missed = {}
        if not self._new and not self._moved:
            return False
        moved = [(run, self._seq_before[run.id]) for run in self._moved.values()]
        if not store.update_runs(connection, moved):
            raise RunChangedError(ErrorText.local("A run changed while the tick worked on it."))
        store.insert_runs(connection, list(self._new.values()))
        store.insert_steps(connection, self._steps)
        counts.add(connection, self._tally)
        self._seq_before.update((run.id, run.seq) for run in (*self._new.values(), *self._moved.values()))
        self._new, self._moved, self._steps, self._tally = {}, {}, [], CountDeltas()
        return True

    def advance(self) -> Advance:
        """All intents and events in order of time, however the work was divided."""
        intents = [each[3] for each in sorted(self._intents, key=lambda each: each[:3])]
        events = sorted(self._events, key=lambda event: (event.occurred_at, event.message_id))
        return Advance(intents, events)
