"""Journeys: drafts, publishing, pausing, counts, and runs."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from relance.core.encoding import from_json
from relance.core.error_text import ErrorText
from relance.core.errors import RelanceError
from relance.core.forms import KindForm
from relance.events.model import Name
from relance.journeys.answers import answers_of
from relance.journeys.dependencies import named_segments
from relance.journeys.figures import GoalCount
from relance.journeys.graph import Graph as JourneyGraph
from relance.journeys.graph import read_graph
from relance.journeys.model import EdgeCount, Journey, NodeCount, Run, RunState, Totals
from relance.journeys.nodes.kinds import KINDS
from relance.journeys.schema import graph_schema, node_forms
from relance.messaging.money import Money, brought
from relance.web.api.documentation import ERRORS
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import AppId, Archived, Behind, Cursor, JourneyId, Limit
from relance.web.api.services import Services, definitions_changed

MEMBERS_AT_ONCE = 50_000

JourneyName = Annotated[str, Meta(min_length=1, max_length=200, examples=["Abandoned cart"])]
Graph = Annotated[
    dict[str, Any],
    Meta(
        description=f"`entry`, `exits`, `goal`, `nodes`, `start`; nodes are {', '.join(f'`{kind}`' for kind in KINDS)}.",
        examples=[
            {
                "entry": {"event": "Product Added", "key": "cart_id", "where": [], "reentry": "always"},
                "exits": [{"event": "Order Completed", "match": "cart_id"}],
                "goal": None,
                "nodes": [
                    {"id": "wait", "kind": "delay", "for": "2h", "next": "push"},
                    {"id": "push", "kind": "message", "message": 1, "next": "done"},
                    {"id": "done", "kind": "exit"},
                ],
                "start": "wait",
            }
        ],
    ),
]
StateOfRun = Annotated[RunState | None, QueryParameter(name="state", description="Only runs in this state.")]
NodeOfRun = Annotated[
    str | None,
    QueryParameter(name="node", description="Only runs that stand at this node, or ended there.", min_length=1, max_length=64),
]


class JourneyCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new journey, as a draft."""

    name: JourneyName
    graph: Graph


class JourneyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the draft; omitted fields stay as they are."""

    version: Annotated[int, Meta(ge=1)]
    name: JourneyName | None = None
    graph: Graph | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version that was read, to be refused if it is no longer current."""

    version: Annotated[int, Meta(ge=1)] | None = None


class PresentMembers(msgspec.Struct, frozen=True):
    """Members of the segments that the journey starts on entering: enrolled now, or left out.

    `members` counts all of them, `taken_in` and `left_out` those who were never in the journey.
    """

    segments: list[int]
    members: int
    taken_in: int
    left_out: int


class Doubt(msgspec.Struct, frozen=True):
    """A warning about something allowed that may be a mistake. `code` `event_never_seen`: the app has had no event of that name
    yet; `answer_unknown`: a message reads an answer that no step before it keeps.
    """

    code: str
    path: str
    message: str
    reason: str | None = None
    parameters: dict[str, object] = {}


class Publication(Journey, frozen=True, kw_only=True):
    """The journey as published. `present` is null if the journey does not start on entering a particular segment."""

    present: PresentMembers | None
    warnings: list[Doubt]


class Counts(msgspec.Struct, frozen=True):
    """How many runs arrived at each node of each version, are waiting there, and were ended there by an event; and by each edge.

    ``totals`` are of all versions. ``goal`` is the published version's: ``reached`` counts runs whose person did it in time, each
    once, however they continued or ended. ``revenue`` is what the journey's messages are credited with, in ``currency``: the
    app's, or the only one reported; null if there were several. A run that never began counts nowhere.
    """

    items: list[NodeCount]
    edges: list[EdgeCount]
    totals: Totals
    goal: GoalCount | None
    revenue: float | None
    currency: str
    revenues: list[Money]


class RunAnswer(msgspec.Struct, frozen=True):
    """One person's passage through one version. ``entry`` holds the entry event's properties; ``wake_at`` 0: no timer.

    ``left_by`` is the exit event that ended it, or the edge without a target. ``answers`` is what was answered to
    its messages, by the names under which steps keep it.
    """

    id: str
    journey_id: int
    version: int
    person_id: int
    run_key: str
    node: str
    state: str
    reason: str
    wake_at: int
    entered_at: int
    moved_at: int
    left_by: str
    entry: dict[str, Any]
    answers: dict[str, Any]


def as_run(run: Run) -> RunAnswer:
    """A run in the API's form."""
    shown = {name: getattr(run, name) for name in RunAnswer.__struct_fields__ if name not in ("entry", "answers")}
    return RunAnswer(**shown, entry=from_json(run.data), answers=answers_of(run.answers))


@get("/", operation_id="listJourneys", summary="List journeys", responses=ERRORS, sync_to_thread=True)
def list_journeys(
    app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50, archived: Archived = False
) -> Page[Journey]:
    """The journeys of an app, without archived ones by default."""
    found = services.journeys.page(app, after=read_cursor(cursor, int) or 0, limit=limit + 1, archived=archived)
    return page(found, limit, lambda journey: journey.id)


@post("/", operation_id="createJourney", summary="Create a journey", responses=ERRORS)
async def create_journey(app: AppId, data: JSONBody[JourneyCreation], services: Behind) -> Journey:
    """Create a draft. Nobody enters it before it is published."""
    now = services.context.clock.now()
    made = await sync_to_thread(services.journeys.create, app, data.name, data.graph, now)
    await definitions_changed(services)
    return made


@get("/nodes", operation_id="listNodeKinds", summary="Kinds of nodes", responses=ERRORS, sync_to_thread=False)
def list_node_kinds(app: AppId) -> list[KindForm]:  # noqa: ARG001 - the path says whose key it is
    """The kinds of nodes with their fields, as forms: what each field holds, and its initial value.

    An edge is a field of the role `edge`; its name is the label by which runs are counted.
    """
    return node_forms()


@get("/graph-schema", operation_id="getGraphSchema", summary="The JSON Schema of graphs", responses=ERRORS, sync_to_thread=False)
def get_graph_schema(app: AppId) -> dict[str, Any]:  # noqa: ARG001 - the path says whose key it is
    """Graphs as JSON Schema (2020-12), for editors and generators. Whatever it refuses is refused here."""
    return graph_schema()


@get("/{journey:int}", operation_id="getJourney", summary="Read a journey", responses=ERRORS, sync_to_thread=True)
def get_journey(app: AppId, journey: JourneyId, services: Behind) -> Journey:
    """One journey with its draft; `published` is the version people enter (0: none)."""
    return services.journeys.get(app, journey)


@patch("/{journey:int}", operation_id="changeJourney", summary="Change a journey's draft", responses=ERRORS)
async def change_journey(app: AppId, journey: JourneyId, data: JSONBody[JourneyChange], services: Behind) -> Journey:
    """Change the draft; active runs and new entries follow the published version."""
    now = services.context.clock.now()
    changed = await sync_to_thread(services.journeys.update, app, journey, data.version, now, name=data.name, graph=data.graph)
    await definitions_changed(services)
    return changed


@post("/{journey:int}/publish", operation_id="publishJourney", summary="Publish", responses=ERRORS, status_code=200)
async def publish_journey(app: AppId, journey: JourneyId, services: Behind, data: JSONBody[Step | None] = None) -> Publication:
    """Make the draft the version that people enter from now on; active runs keep theirs.

    Refused if it names something missing or archived, or if no event can match its entry.
    """
    now, version = services.context.clock.now(), data.version if data else None
    draft = read_graph((await sync_to_thread(services.journeys.get, app, journey)).graph)
    present = await present_members(services, app, journey, draft)
    changed = await sync_to_thread(services.journeys.publish, app, journey, now, version=version)
    await definitions_changed(services)
    return publication(changed, present, await doubts(services, app, draft))


@get("/{journey:int}/publishing", operation_id="tryPublishing", summary="What publishing would do", responses=ERRORS)
async def try_publishing(app: AppId, journey: JourneyId, services: Behind) -> Publication:
    """The answer that publishing the draft would get, without doing it."""
    found = await sync_to_thread(services.journeys.check, app, journey)
    draft = read_graph(found.graph)
    return publication(found, await present_members(services, app, journey, draft), await doubts(services, app, draft))


def publication(journey: Journey, present: PresentMembers | None, warnings: list[Doubt]) -> Publication:
    """A journey with the results of publishing it."""
    return Publication(**msgspec.structs.asdict(journey), present=present, warnings=warnings)


async def present_members(services: Services, app: int, journey: int, graph: JourneyGraph) -> PresentMembers | None:
    """The members of the segments that the entry names; None if it names none, or if that is unknown now."""
    segments = sorted(named_segments(graph.entry.where)) if graph.entry.event == Name.SEGMENT_ENTERED else []
    people: set[int] = set()
    for segment in segments:
        cursor: int | None = 0
        while cursor is not None:
            try:
                found = await services.context.worker.call(
                    "members", app=app, segment=segment, cursor=cursor, limit=MEMBERS_AT_ONCE
                )
            except RelanceError:  # the segment is being built, or the worker is down
                return None
            people.update(found["persons"])
            cursor = found["next"]
    if not segments:
        return None
    new = len(people - await sync_to_thread(services.journeys.have_been_in, app, journey))
    taken_in = new if graph.entry.present else 0
    return PresentMembers(segments, len(people), taken_in, new - taken_in)


async def doubts(services: Services, app: int, graph: JourneyGraph) -> list[Doubt]:
    """The graph's events that the app has never had, and answers that its messages read and nothing keeps."""
    unkept = await sync_to_thread(services.journeys.unkept_answers, app, graph)
    found = [Doubt(code="answer_unknown", path=path, **text.plain()) for path, text in unkept]
    return found + await _unheard_of(services, app, graph)


async def _unheard_of(services: Services, app: int, graph: JourneyGraph) -> list[Doubt]:
    try:
        known = {row["name"] for row in await services.context.worker.call("event_names", app=app)}
    except RelanceError:
        return []
    known.update(Name)
    named = [("entry.event", graph.entry.event), *graph.heard_names()]
    return [
        Doubt(code="event_never_seen", path=path, **_never_seen(event).plain()) for path, event in named if event not in known
    ]


def _never_seen(event: str) -> ErrorText:
    return ErrorText("event_never_seen", "This app has had no event {event!r} yet. Is the name right?", event=event)


@post("/{journey:int}/pause", operation_id="pauseJourney", summary="Pause", responses=ERRORS, status_code=200)
async def pause_journey(app: AppId, journey: JourneyId, services: Behind, data: JSONBody[Step | None] = None) -> Journey:
    """Stop entries and sending; events still end or move runs. What is due waits (`pending`, `journey_paused`)."""
    now, version = services.context.clock.now(), data.version if data else None
    changed = await sync_to_thread(services.journeys.pause, app, journey, now, version=version)
    await definitions_changed(services)
    return changed


@post("/{journey:int}/resume", operation_id="resumeJourney", summary="Resume", responses=ERRORS, status_code=200)
async def resume_journey(app: AppId, journey: JourneyId, services: Behind, data: JSONBody[Step | None] = None) -> Journey:
    """Resume after a pause. Waits that ended meanwhile end at their own instants, and waiting messages are sent: they are as old
    as they would have been, and one past its `valid_for` is skipped as `expired`.
    """
    now, version = services.context.clock.now(), data.version if data else None
    changed = await sync_to_thread(services.journeys.resume, app, journey, now, version=version)
    await definitions_changed(services)
    return changed


@post("/{journey:int}/archive", operation_id="archiveJourney", summary="Archive a journey", responses=ERRORS, status_code=200)
async def archive_journey(app: AppId, journey: JourneyId, services: Behind, data: JSONBody[Step | None] = None) -> Journey:
    """End the journey and all its runs, permanently; their pending messages are not sent."""
    now, version = services.context.clock.now(), data.version if data else None
    changed = await sync_to_thread(services.journeys.archive, app, journey, now, version=version)
    await definitions_changed(services)
    return changed


@delete("/{journey:int}", operation_id="deleteJourney", summary="Delete a journey", responses=ERRORS)
async def delete_journey(app: AppId, journey: JourneyId, services: Behind) -> None:
    """Delete a journey that nobody ever entered; otherwise 409 (`journey_entered`): archive it instead."""
    await sync_to_thread(services.journeys.delete, app, journey)
    await definitions_changed(services)


@get(
    "/{journey:int}/counts",
    operation_id="countRuns",
    summary="Count runs per node and edge",
    responses=ERRORS,
    sync_to_thread=True,
)
def count_runs(app: AppId, journey: JourneyId, services: Behind) -> Counts:
    """How many runs arrived at each node, are waiting there, and were ended there; by edge and exit event; the goal and
    revenue.
    """
    found = services.journeys.figures(app, journey)
    money = brought(found.revenue, services.accounts.app(app).settings.currency)
    return Counts(
        items=found.nodes,
        edges=found.edges,
        totals=found.totals,
        goal=found.goal,
        revenue=money.revenue,
        currency=money.currency,
        revenues=money.revenues,
    )


@get("/{journey:int}/runs", operation_id="listRuns", summary="List runs", responses=ERRORS, sync_to_thread=True)
def list_runs(
    app: AppId,
    journey: JourneyId,
    services: Behind,
    in_state: StateOfRun = None,
    at_node: NodeOfRun = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RunAnswer]:
    """The runs of a journey, newest first."""
    before = read_cursor(cursor, tuple[int, str])
    found = services.journeys.runs(app, journey, state=in_state, node=at_node, before=before, limit=limit + 1)
    return page([as_run(run) for run in found], limit, lambda run: (run.entered_at, run.id))


router = Router(
    path="/apps/{app:int}/journeys",
    route_handlers=[
        list_journeys,
        create_journey,
        list_node_kinds,
        get_graph_schema,
        get_journey,
        change_journey,
        publish_journey,
        pause_journey,
        resume_journey,
        archive_journey,
        delete_journey,
        try_publishing,
        count_runs,
        list_runs,
    ],
    tags=["Journeys"],
)
