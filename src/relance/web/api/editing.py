"""Changes of one person: each becomes a log record, and is answered once it has settled."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from weakref import WeakValueDictionary

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.accounts.audited import AuditAction
from relance.core.error_text import ErrorText
from relance.core.errors import ConflictError, ForbiddenError, InvalidError
from relance.events.model import Kind
from relance.users.model import Subscription, SubscriptionState
from relance.web.api.authentication import Caller
from relance.web.api.consents import ConsentRecordAnswer, all_records
from relance.web.api.deletion_requests import DeletionRequestAnswer, as_deletion_request
from relance.web.api.deliveries import DeliveryAnswer, as_delivery
from relance.web.api.documentation import ERRORS
from relance.web.api.events import PastEvent, as_past_event
from relance.web.api.journeys import RunAnswer, as_run
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, PersonId
from relance.web.api.people import PersonAnswer, Traits, whole
from relance.web.api.segments import Membership, memberships_of
from relance.web.api.services import Services
from relance.web.api.settling import command, settle

AnyRequest = Request[Any, Caller, Any]
_EXPORT_PAGE = 500


class SubscriptionChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new state of one of the person's own addresses."""

    id: Annotated[int, Meta(ge=1, le=LARGEST_ID)]
    state: SubscriptionState


class PersonChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of a person: traits to set (null deletes one) and states of addresses."""

    version: Annotated[int, Meta(ge=1, description="The version that was read; 409 if it is no longer the current one.")]
    traits: Traits = {}
    subscriptions: Annotated[list[SubscriptionChange], Meta(max_length=100)] = []


class MergeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person to merge this one into."""

    into: Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class Export(msgspec.Struct, frozen=True):
    """Everything stored about one person."""

    person: PersonAnswer
    memberships: list[Membership]
    events: list[PastEvent]
    deliveries: list[DeliveryAnswer]
    runs: list[RunAnswer]
    consent_records: list[ConsentRecordAnswer]
    deletion_requests: list[DeletionRequestAnswer]


_locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()


def _edits_of(app: int, person: int) -> asyncio.Lock:
    """Serialises edits of one person, from reading the version until they have settled."""
    lock = _locks.get((app, person))
    if lock is None:
        lock = _locks[app, person] = asyncio.Lock()
    return lock


@patch("/{person:int}", operation_id="changePerson", summary="Change a person", responses=ERRORS)
async def change_person(
    request: AnyRequest, app: AppId, person: PersonId, data: JSONBody[PersonChange], services: Behind
) -> PersonAnswer:
    """Set or delete traits, and the states of addresses.

    `suppressed` puts an address on the suppression list; `subscribed` takes one off, which only a signed-in operator may.
    """
    found = await sync_to_thread(services.directory.get, app, person)
    async with _edits_of(app, found.id):
        current = await sync_to_thread(services.directory.get, app, found.id)
        if current.version != data.version:
            raise ConflictError(ErrorText("person_changed", "The person was changed since it was read."), version=current.version)
        allowed = await sync_to_thread(_allowed_again, request, services, app, found.id, data)
        states = [{"id": one.id, "state": one.state.value, "by": request.auth.actor} for one in data.subscriptions]
        body: dict[str, Any] = {"traits": data.traits, "subscription": states}
        await settle(services, [command(request, services, app, Kind.EDIT, found.id, body)])
        for one in allowed:
            detail: dict[str, object] = {"channel": one.channel, "reason": one.reason}
            await sync_to_thread(_note, request, services, app, "suppression.removed", found.id, detail)
        return await sync_to_thread(whole, services, app, found.id)


def _allowed_again(request: AnyRequest, services: Services, app: int, person: int, data: PersonChange) -> list[Subscription]:
    """The suppressed addresses that a change takes off the suppression list. Raises ``ForbiddenError`` for an API key."""
    wanted = {one.id for one in data.subscriptions if one.state is SubscriptionState.SUBSCRIBED}
    if not wanted:
        return []
    own = services.directory.subscriptions(app, person)
    found = [one for one in own if one.id in wanted and one.state == SubscriptionState.SUPPRESSED]
    if found and request.auth.session is None:
        raise ForbiddenError(ErrorText("operators_only", "Only an operator who is signed in may do this."))
    return found


@post("/{person:int}/merge", operation_id="mergePerson", summary="Merge into another", responses=ERRORS, status_code=200)
async def merge_person(
    request: AnyRequest, app: AppId, person: PersonId, data: JSONBody[MergeRequest], services: Behind
) -> PersonAnswer:
    """Merge this person into another, permanently; the answer is the other. Segments and runs follow."""
    loser = await sync_to_thread(services.directory.get, app, person)
    winner = await sync_to_thread(services.directory.get, app, data.into)
    if loser.id == winner.id:
        raise InvalidError(ErrorText("same_person", "These ids already belong to the same person."), path="into")
    body = {"from": loser.id, "into": winner.id}
    await settle(services, [command(request, services, app, Kind.MERGE, loser.id, body)])
    await sync_to_thread(_note, request, services, app, "person.merged", loser.id, {"into": winner.id})
    return await sync_to_thread(whole, services, app, winner.id)


@delete("/{person:int}", operation_id="deletePerson", summary="Forget a person", responses=ERRORS)
async def delete_person(request: AnyRequest, app: AppId, person: PersonId, services: Behind) -> None:
    """Delete a person: profile, history, runs. Events about the time before that arrive later are refused."""
    found = await sync_to_thread(services.directory.get, app, person)
    await settle(services, [command(request, services, app, Kind.DELETE, found.id, {"person": found.id})])
    await sync_to_thread(_note, request, services, app, "person.deleted", found.id, {})


@get("/{person:int}/export", operation_id="exportPerson", summary="Export everything", responses=ERRORS)
async def export_person(app: AppId, person: PersonId, services: Behind) -> Export:
    """Everything stored about one person: profile, segments, events, deliveries, runs."""
    shown = await sync_to_thread(whole, services, app, person)
    return Export(
        person=shown,
        memberships=await memberships_of(services, app, shown.id),
        events=await _all_events(services, app, shown.id),
        deliveries=await sync_to_thread(_all_deliveries, services, app, shown.id),
        runs=[as_run(run) for run in await sync_to_thread(services.journeys.runs_of_person, app, shown.id)],
        consent_records=await sync_to_thread(all_records, services, app, shown.id),
        deletion_requests=[
            as_deletion_request(each, services.context.clock.now())
            for each in await sync_to_thread(services.deletion_requests.of_person, app, shown.id)
        ],
    )


async def _all_events(services: Services, app: int, person: int) -> list[PastEvent]:
    events: list[PastEvent] = []
    before = None
    while True:
        rows = await services.context.worker.call("timeline", app=app, person=person, before=before, limit=_EXPORT_PAGE)
        events += [as_past_event(row) for row in rows]
        if len(rows) < _EXPORT_PAGE:
            return events
        before = events[-1].position


def _all_deliveries(services: Services, app: int, person: int) -> list[DeliveryAnswer]:
    deliveries: list[DeliveryAnswer] = []
    before, currency = None, services.accounts.app(app).settings.currency
    while True:
        found = services.deliveries.page(app, before=before, limit=_EXPORT_PAGE, person_id=person)
        deliveries += [as_delivery(one, currency) for one in found]
        if len(found) < _EXPORT_PAGE:
            return deliveries
        before = found[-1].created_at, found[-1].id


def _note(request: AnyRequest, services: Services, app: int, action: AuditAction, person: int, detail: dict[str, object]) -> None:
    now = services.context.clock.now()
    services.accounts.note(app, request.auth.actor, action, f"person:{person}", detail, now)


router = Router(
    path="/apps/{app:int}/people",
    route_handlers=[change_person, merge_person, delete_person, export_person],
    tags=["People"],
)
