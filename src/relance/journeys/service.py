"""Public interface of this package: journeys (write, publish, pause, read) and the engine driven by the tick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection
from sqlalchemy.engine import Engine as Store

from relance.core.error_text import ErrorText
from relance.core.name_check import is_name, name_text
from relance.events.model import Name
from relance.events.service import put_outbox
from relance.infra.database import hold_app, reading, writing
from relance.journeys import store
from relance.journeys.counting import service as counts
from relance.journeys.dependencies import segments_of
from relance.journeys.engine import Engine
from relance.journeys.entries import service as entries
from relance.journeys.errors import (
    GraphError,
    JourneyEnteredError,
    JourneyInUseError,
    JourneyNotFoundError,
    JourneyStateError,
    RunNotFoundError,
    StaleJourneyError,
)
from relance.journeys.figures import JourneyFigures, journey_figures
from relance.journeys.graph import Graph, as_saved, read_graph
from relance.journeys.kept_names import check_kept_names
from relance.journeys.missed import MissedEntry
from relance.journeys.model import Journey, JourneyState, JourneyVersion, LeaveReason, NodeCount, Run, RunState, RunStep
from relance.journeys.publishing import (
    JOURNEY,
    MESSAGE,
    SEGMENT,
    check_answers,
    check_entry,
    check_names,
    check_own_messages,
    ids_named,
    unkept,
)
from relance.journeys.run_writer import run_event
from relance.journeys.store import held_runs
from relance.journeys.taking_in import segments_taken_in
from relance.journeys.trimming import on_record, trim_runs
from relance.messaging.errors import MessageInUseError
from relance.messaging.model import Message
from relance.messaging.service import (
    answered,
    answers_read,
    has_message,
    hold_message,
    put_away,
    release_paused,
    remove_message,
    usable_messages,
    watch_goal,
)
from relance.segments.errors import RuleError
from relance.segments.model import Dependent, dependent_text
from relance.segments.rule import conditions as leaves
from relance.segments.rule.tree import Rule, placed
from relance.segments.service import dependents_of_journey, dependents_of_message, hold_segments

__all__ = [
    "Engine",
    "Journeys",
    "dependents_of_segment",
    "held_runs",
    "on_record",
    "refuse_missing",
    "trim_runs",
]

NAME_LIMIT = 200
MOST_JOURNEYS = 100_000  # per app, more than any has
EVENTS_A_ROW = 1_000  # per outbox row


class Journeys:
    """The journeys of all apps. After a write the worker must be notified that definitions changed."""

    def __init__(self, engine: Store) -> None:
        self._engine = engine

    # -- writing ---------------------------------------------------------------------------------------------------

    def create(self, app_id: int, name: str, graph: dict[str, Any], now: int) -> Journey:
        """Create a draft. Raises ``GraphError`` with the path of the error."""
        new = Journey(
            id=0,
            app_id=app_id,
            name=name,
            state=JourneyState.DRAFT,
            graph=_saved(graph),
            published=0,
            version=1,
            resumed_at=0,
            created_at=now,
            updated_at=now,
        )
        _check(new)
        with writing(self._engine) as connection:
            return store.insert_journey(connection, new)

    def update(
        self,
        app_id: int,
        journey_id: int,
        version: int,
        now: int,
        *,
        name: str | None = None,
        graph: dict[str, Any] | None = None,
    ) -> Journey:
        """Change the draft; active runs and new entries follow the published version.

        Raises ``StaleJourneyError`` if the journey is no longer at ``version``.
        """

        def change(old: Journey) -> Journey:
            new = msgspec.structs.replace(
                old, name=old.name if name is None else name, graph=old.graph if graph is None else _saved(graph)
            )
            _check(new)
            return new

        return self._change(app_id, journey_id, version, now, change)

    def publish(self, app_id: int, journey_id: int, now: int, *, version: int | None = None) -> Journey:
        """Make the draft the version that people enter from now on; active runs keep theirs. A draft becomes live."""
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            old = _open(store.journey(connection, app_id, journey_id, lock=True), version)
            graph = _publishable(connection, old)
            number = old.published + 1
            entries.end_intakes(connection, journey_id)
            if segments_taken_in(graph):
                entries.ask_intake(connection, journey_id, number)
            store.insert_version(connection, app_id, JourneyVersion(journey_id, number, old.graph, now))
            if graph.goal is not None:
                watch_goal(connection, app_id, graph.goal.event, graph.entry.key)
            state = JourneyState.LIVE if old.state is JourneyState.DRAFT else old.state
            new = msgspec.structs.replace(old, published=number, state=state, version=old.version + 1, updated_at=now)
            store.update_journey(connection, new)
            return new

    def check(self, app_id: int, journey_id: int) -> Journey:
        """The journey, if its draft could be published. Raises ``GraphError``."""
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            found = _open(store.journey(connection, app_id, journey_id), None)
            _publishable(connection, found)
            return found

    def unkept_answers(self, app_id: int, graph: Graph) -> list[tuple[str, ErrorText]]:
        """Where a message of the graph says what no step before it keeps, with paths."""
        with reading(self._engine) as connection:
            return list(unkept(graph, answers_read(connection, app_id, graph.message_ids)))

    def pause(self, app_id: int, journey_id: int, now: int, *, version: int | None = None) -> Journey:
        """Stop entries and sending. Runs stay where they are, but events still end or move them; messages wait."""
        return self._change(app_id, journey_id, version, now, _to(JourneyState.PAUSED, JourneyState.LIVE))

    def resume(self, app_id: int, journey_id: int, now: int, *, version: int | None = None) -> Journey:
        """Resume. Waits that ended during the pause end at their own instants; what was to be sent meanwhile is sent now, or
        skipped as expired.
        """
        with writing(self._engine) as connection:
            old = _open(store.journey(connection, app_id, journey_id, lock=True), version)
            live = _to(JourneyState.LIVE, JourneyState.PAUSED)(old)
            new = msgspec.structs.replace(live, resumed_at=now, version=old.version + 1, updated_at=now)
            store.update_journey(connection, new)
            release_paused(connection, journey_id, now)
            return new

    def archive(self, app_id: int, journey_id: int, now: int, *, version: int | None = None) -> Journey:
        """End the journey and all its runs."""
        with writing(self._engine) as connection:
            old = _open(store.journey(connection, app_id, journey_id, lock=True), version)
            new = msgspec.structs.replace(old, state=JourneyState.ARCHIVED, version=old.version + 1, updated_at=now)
            store.update_journey(connection, new)
            entries.end_intakes(connection, journey_id)
            ended = store.end_runs(connection, store.active_of_journey(connection, journey_id), LeaveReason.ARCHIVED, now)
            for start in range(0, len(ended), EVENTS_A_ROW):
                some = ended[start : start + EVENTS_A_ROW]
                put_outbox(connection, 0, [run_event(Name.JOURNEY_LEFT, run, now) for run in some], now)
            release_paused(connection, journey_id, now)
            return new

    def delete(self, app_id: int, journey_id: int) -> None:
        """Delete a journey that nobody ever entered and that no segment and no other journey, even a draft, names.

        Raises ``JourneyInUseError``, ``JourneyEnteredError``.
        """
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            old = _found(store.journey(connection, app_id, journey_id, lock=True))
            others = [each for each in _naming(connection, app_id, JOURNEY, journey_id, drafts=True) if each.id != journey_id]
            dependents = _as_dependents(others, dependents_of_journey(connection, app_id, journey_id))
            if dependents:
                raise JourneyInUseError(
                    ErrorText("journey_used", "This journey is used by {dependents}.", dependents=_in_words(dependents)),
                    dependents=msgspec.to_builtins(dependents),
                )
            if store.has_runs(connection, old.id):
                raise JourneyEnteredError(
                    ErrorText("journey_entered", "People have been in this journey: archive it instead of deleting it.")
                )
            store.delete_journey(connection, old.id)

    # -- messages, as far as journeys use them ---------------------------------------------------------------------

    def archive_message(self, app_id: int, message_id: int, now: int, *, version: int | None = None) -> Message:
        """Archive a message. Raises ``MessageInUseError`` while a live or paused journey, or a segment, names it."""
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            held = hold_message(connection, app_id, message_id, version)
            _refuse_dependents(
                _naming(connection, app_id, MESSAGE, message_id, drafts=False),
                dependents_of_message(connection, app_id, message_id),
            )
            return put_away(connection, held, now)

    def restore_message(self, app_id: int, message_id: int, *, version: int | None = None) -> Message:
        """Restore a message from the archive."""
        with writing(self._engine) as connection:
            return put_away(connection, hold_message(connection, app_id, message_id, version), None)

    def delete_message(self, app_id: int, message_id: int) -> None:
        """Delete a message that was never sent and that no segment and no journey, even a draft, names."""
        with writing(self._engine) as connection:
            hold_app(connection, app_id)
            held = hold_message(connection, app_id, message_id, None)
            _refuse_dependents(
                _naming(connection, app_id, MESSAGE, message_id, drafts=True),
                dependents_of_message(connection, app_id, message_id),
            )
            remove_message(connection, held)

    def _change(
        self, app_id: int, journey_id: int, version: int | None, now: int, change: Callable[[Journey], Journey]
    ) -> Journey:
        with writing(self._engine) as connection:
            old = _open(store.journey(connection, app_id, journey_id, lock=True), version)
            new = msgspec.structs.replace(change(old), version=old.version + 1, updated_at=now)
            store.update_journey(connection, new)
            return new

    # -- reading ---------------------------------------------------------------------------------------------------

    def get(self, app_id: int, journey_id: int) -> Journey:
        with reading(self._engine) as connection:
            return _found(store.journey(connection, app_id, journey_id))

    def page(self, app_id: int, *, after: int = 0, limit: int = 100, archived: bool = True) -> list[Journey]:
        """By id; ``after`` is the last id of the previous page; ``archived`` includes archived ones."""
        with reading(self._engine) as connection:
            return store.journeys_of(connection, app_id, after, limit, archived=archived)

    def have_been_in(self, app_id: int, journey_id: int) -> set[int]:
        """Everyone who was ever in the journey."""
        with reading(self._engine) as connection:
            _found(store.journey(connection, app_id, journey_id))
            return store.people_of(connection, journey_id)

    def versions(self, app_id: int, journey_id: int) -> list[JourneyVersion]:
        """The published versions, oldest first."""
        with reading(self._engine) as connection:
            _found(store.journey(connection, app_id, journey_id))
            return store.versions_of(connection, journey_id)

    def counts(self, app_id: int, journey_id: int) -> list[NodeCount]:
        """By version and node: how many runs arrived, are waiting there, and were ended there by an event."""
        with reading(self._engine) as connection:
            _found(store.journey(connection, app_id, journey_id))
            return counts.nodes_of(connection, journey_id)

    def figures(self, app_id: int, journey_id: int) -> JourneyFigures:
        """Counts by node, by edge and in total; the goal, and what the journey's messages brought."""
        with reading(self._engine) as connection:
            return journey_figures(connection, _found(store.journey(connection, app_id, journey_id)))

    def depending_on_segment(self, app_id: int, segment_id: int) -> list[Journey]:
        """The journeys whose draft or published graph names the segment; archived ones depend on nothing."""
        with reading(self._engine) as connection:
            return _depending(connection, app_id, segment_id)

    def runs(
        self,
        app_id: int,
        journey_id: int,
        *,
        state: RunState | None = None,
        node: str | None = None,
        before: tuple[int, str] | None = None,
        limit: int = 100,
    ) -> list[Run]:
        """Newest first; ``node``: only runs that are at it, or ended there. ``before`` is (``entered_at``, ``id``) of the
        previous page's last run.
        """
        with reading(self._engine) as connection:
            _found(store.journey(connection, app_id, journey_id))
            return store.runs_of_journey(connection, journey_id, None if state is None else state.value, node, before, limit)

    def runs_of_person(self, app_id: int, person_id: int) -> list[Run]:
        """Every run of one person, newest first."""
        with reading(self._engine) as connection:
            return store.runs_of_person(connection, app_id, person_id)

    def missed(self, app_id: int, person_id: int) -> list[MissedEntry]:
        """One person's entry events that started no run, and why; newest first."""
        with reading(self._engine) as connection:
            return entries.missed_of_person(connection, app_id, person_id)

    def steps(self, app_id: int, run_id: str) -> list[RunStep]:
        """The nodes a run arrived at, in order."""
        with reading(self._engine) as connection:
            steps = store.steps_of_run(connection, app_id, run_id)
        if not steps:
            raise RunNotFoundError(ErrorText("run_not_found", "There is no such run in this app."))
        return steps


def _publishable(connection: Connection, journey: Journey) -> Graph:
    """The draft's graph, if it could be published. Raises ``GraphError``."""
    graph = read_graph(journey.graph)
    check_entry(graph, journey.id)
    check_own_messages(graph)
    check_kept_names(graph)
    check_names(graph, _there(connection, journey.app_id, graph))
    check_answers(graph, answered(connection, journey.app_id, graph.message_ids))
    return graph


def _there(connection: Connection, app_id: int, graph: Graph) -> dict[str, Collection[int]]:
    """The things named in the graph that exist."""
    wanted = graph.message_ids | ids_named(graph, MESSAGE)
    journeys = ids_named(graph, JOURNEY)
    return {
        SEGMENT: hold_segments(connection, app_id) if ids_named(graph, SEGMENT) else set(),
        MESSAGE: usable_messages(connection, app_id, wanted),
        JOURNEY: {each for each in journeys if store.journey(connection, app_id, each) is not None},
    }


def _naming(connection: Connection, app_id: int, member: str, number: int, *, drafts: bool) -> list[Journey]:
    """The journeys that send a message, or test events about a message or journey; active runs may belong to an old version."""
    found: list[Journey] = []
    for each in store.journeys_of(connection, app_id, 0, MOST_JOURNEYS, archived=False):
        graphs = [each.graph] if drafts or not each.published else []
        if each.state is not JourneyState.DRAFT:
            graphs += [version.graph for version in store.versions_of(connection, each.id)]
        elif not drafts:
            continue
        read = map(read_graph, graphs)
        if any(number in ids_named(graph, member) or (member == MESSAGE and number in graph.message_ids) for graph in read):
            found.append(each)
    return found


def _as_dependents(journeys: Sequence[Journey], segments: Sequence[Dependent]) -> list[Dependent]:
    return [*(Dependent("journey", each.id, each.name) for each in journeys), *segments]


def _in_words(dependents: Sequence[Dependent]) -> tuple[ErrorText, ...]:
    return tuple(dependent_text(each) for each in dependents[:5])


def _refuse_dependents(journeys: Sequence[Journey], segments: Sequence[Dependent]) -> None:
    dependents = _as_dependents(journeys, segments)
    if dependents:
        raise MessageInUseError(
            ErrorText("message_used", "This message is used by {dependents}.", dependents=_in_words(dependents)),
            dependents=msgspec.to_builtins(dependents),
            journeys=[{"id": each.id, "name": each.name} for each in journeys],
        )


def refuse_missing(connection: Connection, app_id: int, rule: Rule) -> None:
    """Raise ``RuleError`` with the place of a message or journey that a rule names and the app does not have."""
    for path, condition in placed(rule):
        if not isinstance(condition, leaves.MessageCondition | leaves.Unopened):
            continue
        if condition.message is not None and not has_message(connection, app_id, condition.message):
            raise RuleError(
                ErrorText("message_unknown", "There is no message {message}.", message=condition.message), path=f"{path}.message"
            )
        if condition.journey is not None and store.journey(connection, app_id, condition.journey) is None:
            raise RuleError(
                ErrorText("journey_unknown", "There is no journey {journey}.", journey=condition.journey), path=f"{path}.journey"
            )


def dependents_of_segment(connection: Connection, app_id: int, segment_id: int) -> list[Dependent]:
    """The journeys that depend on a segment, as dependents."""
    return [Dependent("journey", each.id, each.name) for each in _depending(connection, app_id, segment_id)]


def _depending(connection: Connection, app_id: int, segment_id: int) -> list[Journey]:
    return [each for each in store.journeys_of(connection, app_id, 0, MOST_JOURNEYS) if _depends(connection, each, segment_id)]


def _depends(connection: Connection, journey: Journey, segment_id: int) -> bool:
    if journey.state is JourneyState.ARCHIVED:
        return False
    graphs = [journey.graph]
    if journey.published:
        graphs.append(store.graph_of(connection, journey.id, journey.published))
    return any(segment_id in segments_of(read_graph(graph)) for graph in graphs)


def _to(state: JourneyState, expected: JourneyState) -> Callable[[Journey], Journey]:
    def change(old: Journey) -> Journey:
        if old.state is not expected:
            raise JourneyStateError(
                ErrorText(
                    "journey_state", "This journey is {state}, not {expected}.", state=old.state.value, expected=expected.value
                ),
                state=old.state.value,
            )
        return msgspec.structs.replace(old, state=state)

    return change


def _found(journey: Journey | None) -> Journey:
    if journey is None:
        raise JourneyNotFoundError(ErrorText("journey_not_found", "There is no such journey in this app."))
    return journey


def _open(journey: Journey | None, version: int | None) -> Journey:
    """A journey for an editor who saw it at ``version``; None = any."""
    found = _found(journey)
    if version is not None and version != found.version:
        raise StaleJourneyError(
            ErrorText("journey_changed", "This journey has been edited since it was read."), version=found.version
        )
    if found.state is JourneyState.ARCHIVED:
        raise JourneyStateError(ErrorText("journey_archived", "This journey is archived."), state=found.state.value)
    return found


def _saved(graph: dict[str, Any]) -> dict[str, Any]:
    read_graph(graph)
    return as_saved(graph)


def _check(journey: Journey) -> None:
    if not is_name(journey.name, NAME_LIMIT):
        raise GraphError(name_text(journey.name, NAME_LIMIT), path="name")
