"""Consent statements: each is stored with its source and proof, and together they determine what holds."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post, put
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.channels.registry import Channel
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.trimming import trimmed
from relance.events.model import Kind
from relance.users.errors import ConsentNeedsProofError
from relance.users.model import GENERAL, ConsentStatement
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.idempotency import message_id_for
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, Cursor, Limit, PersonId
from relance.web.api.people import PersonAnswer, whole
from relance.web.api.services import Services
from relance.web.api.settling import command, settle

AnyRequest = Request[Any, Caller, Any]
Topic = Annotated[str, Meta(min_length=1, max_length=128, examples=["general"])]
Number = Annotated[int, Meta(ge=1, le=LARGEST_ID)]
Address = Annotated[str, Meta(min_length=1, max_length=2_048)]
Name = Annotated[str, Meta(min_length=1, max_length=320)]
BULK = 1_000
_PAGE = 500


class ConsentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person allows on a channel about a topic from now on."""

    channel: Channel
    granted: bool
    topic: Topic = GENERAL


class NewConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A yes or a no given by a person, with its proof."""

    channel: Channel
    granted: bool
    topic: Topic = GENERAL
    source: Annotated[
        str, Meta(max_length=128, description="Where it was given. A yes needs it.", examples=["checkout form, 2026-11"])
    ] = ""
    wording: Annotated[
        str,
        Meta(
            max_length=2_000,
            description="What was agreed to, as it was put. A yes needs it.",
            examples=["Yes, send me the shop's offers by e-mail."],
        ),
    ] = ""
    occurred_at: Annotated[Number | None, Meta(description="When it was given, in ms since 1970; now, if left out.")] = None
    address: Annotated[
        Address | None,
        Meta(description="An address that it names beside those the person has, whosever it is by now."),
    ] = None
    proof: Annotated[dict[str, Any], Meta(description="Anything else that shows it; kept as it is, 4 KB at most.")] = {}


class ConsentOf(NewConsent, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same for a person named by exactly one of ``person``, ``user_id`` and ``email``."""

    person: Number | None = None
    user_id: Name | None = None
    email: Name | None = None


class ManyConsents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Statements of many people at once."""

    consents: Annotated[list[ConsentOf], Meta(min_length=1, max_length=BULK)]


class RefusedConsent(msgspec.Struct, frozen=True):
    """An entry that was not recorded: its index in the list, the field, and why."""

    place: int
    path: str
    message: str
    reason: str


class ConsentsRecorded(msgspec.Struct, frozen=True):
    """How many were recorded, the list indexes of entries that name nobody, and the entries that were refused."""

    recorded: int
    unknown: list[int]
    refused: list[RefusedConsent]


class ConsentRecordAnswer(msgspec.Struct, frozen=True):
    """One consent statement. ``explicit``: by the person or on their behalf; otherwise reported by traits, a context or an
    import.
    """

    id: str
    channel: str
    topic: str
    granted: bool
    explicit: bool
    source: str
    wording: str
    proof: dict[str, Any]
    occurred_at: int
    recorded_at: int


@put("/people/{person:int}/consent", operation_id="setConsent", summary="Set a consent", responses=ERRORS)
async def set_consent(
    request: AnyRequest, app: AppId, person: PersonId, data: JSONBody[ConsentChange], services: Behind
) -> PersonAnswer:
    """Record that a person allows, or no longer allows, messages on a channel about a topic.

    A no is recorded as the person's own. A yes has no wording here and is as weak as a trait: 409 if the person had explicitly
    said no.
    """
    found = await sync_to_thread(services.directory.get, app, person)
    if data.granted:
        await sync_to_thread(_refuse_against_a_no, services, app, found.id, data)
    body = _as_change(NewConsent(data.channel, data.granted, data.topic, request.auth.actor), request.auth.actor)
    if data.granted:
        body["explicit"] = False
    await settle(services, [command(request, services, app, Kind.EDIT, found.id, {"consent": body})])
    return await sync_to_thread(whole, services, app, found.id)


@post("/people/{person:int}/consents", operation_id="recordConsent", summary="Record a consent", responses=ERRORS)
async def record_consent(
    request: AnyRequest, app: AppId, person: PersonId, data: JSONBody[NewConsent], services: Behind
) -> PersonAnswer:
    """Record a person's yes or no with its proof. A newer yes lifts an older no, including one on their addresses.

    A no only needs the channel; a yes needs `source` and `wording`.
    """
    _check(data, services.context.clock.now(), "")
    found = await sync_to_thread(services.directory.get, app, person)
    body = {"consent": _as_change(data, request.auth.actor)}
    await settle(services, [command(request, services, app, Kind.EDIT, found.id, body)])
    return await sync_to_thread(whole, services, app, found.id)


@post("/consents", operation_id="recordConsents", summary="Record consents of many", responses=ERRORS, status_code=200)
async def record_consents(request: AnyRequest, app: AppId, data: JSONBody[ManyConsents], services: Behind) -> ConsentsRecorded:
    """Record statements of up to 1,000 people. Entries for unknown people are returned by index, and those that are refused with
    the reason; nothing is recorded of either, and the others are.
    """
    now = services.context.clock.now()
    refused = [each for place, one in enumerate(data.consents) if (each := _refused(place, one, now)) is not None]
    wrong = {each.place for each in refused}
    persons = await sync_to_thread(_persons_of, services, app, data.consents)
    events = []
    for place, (one, person) in enumerate(zip(data.consents, persons, strict=True)):
        if person and place not in wrong:
            body = {"consent": _as_change(one, request.auth.actor)}
            event = command(request, services, app, Kind.EDIT, person, body)
            events.append(msgspec.structs.replace(event, message_id=message_id_for(request, app, str(place))))
    if events:
        await settle(services, events)
    unknown = [place for place, person in enumerate(persons) if not person and place not in wrong]
    return ConsentsRecorded(len(events), unknown, refused)


def _refused(place: int, one: ConsentOf, now: int) -> RefusedConsent | None:
    """Why an entry is not recorded, whoever it is about."""
    try:
        if sum(name is not None for name in (one.person, one.user_id, one.email)) != 1:
            raise InvalidError(ErrorText("person_one_of", "Give one of person, user_id and email."), path="person")
        _check(one, now, "")
    except InvalidError as error:
        return RefusedConsent(place, str(error.data.get("path", "")), error.message, error.text.reason)
    return None


@get(
    "/people/{person:int}/consents",
    operation_id="listConsents",
    summary="List a person's consents",
    responses=ERRORS,
    sync_to_thread=True,
)
def list_consents(
    app: AppId, person: PersonId, services: Behind, cursor: Cursor = None, limit: Limit = 50
) -> Page[ConsentRecordAnswer]:
    """All consent statements of a person, newest record first, with source and proof."""
    found = services.directory.statements(app, person, read_cursor(cursor, tuple[int, str]), limit + 1)
    return page([_as_record(one) for one in found], limit, lambda one: (one.recorded_at, one.id))


def all_records(services: Services, app: int, person: int) -> list[ConsentRecordAnswer]:
    """All records, for an export."""
    found: list[ConsentStatement] = []
    while some := services.directory.statements(app, person, (found[-1].recorded_at, found[-1].id) if found else None, _PAGE):
        found += some
    return [_as_record(one) for one in found]


def _as_record(one: ConsentStatement) -> ConsentRecordAnswer:
    return ConsentRecordAnswer(**{name: getattr(one, name) for name in ConsentRecordAnswer.__struct_fields__})


def _check(given: NewConsent, now: int, path: str) -> None:
    if given.granted and not (trimmed(given.source) and trimmed(given.wording)):
        missing = "wording" if trimmed(given.source) else "source"
        raise InvalidError(
            ErrorText("consent_proof", "A yes must say where it was given (source) and what was agreed to (wording)."),
            path=f"{path}{missing}",
        )
    if given.occurred_at is not None and given.occurred_at > now:
        raise InvalidError(ErrorText("consent_future", "A consent cannot be given in the future."), path=f"{path}occurred_at")
    size = len(msgspec.json.encode(given.proof))
    if size > 4_096:
        raise InvalidError(
            ErrorText("proof_bytes", "Proof must be at most {most:,} bytes (got {got:,}).", most=4_096, got=size),
            path=f"{path}proof",
        )


def _as_change(given: NewConsent, actor: str) -> dict[str, Any]:
    """The record for the log; who recorded it is part of the proof."""
    change: dict[str, Any] = {
        "channel": given.channel.value,
        "topic": given.topic,
        "granted": given.granted,
        "source": trimmed(given.source) or actor,
        "proof": {**given.proof, "by": actor},
    }
    optional = {"wording": trimmed(given.wording), "at": given.occurred_at, "address": given.address}
    return {**change, **{name: value for name, value in optional.items() if value}}


def _refuse_against_a_no(services: Services, app: int, person: int, data: ConsentChange) -> None:
    consents = services.directory.consents(app, person)
    refused = [one.topic for one in consents if one.channel == data.channel.value and one.explicit and not one.granted]
    subscriptions = [one for one in services.directory.subscriptions(app, person) if one.channel == data.channel.value]
    refused += [topic for topics in services.directory.refused(app, subscriptions).values() for topic in topics]
    if data.topic in refused:
        raise ConsentNeedsProofError(
            ErrorText(
                "explicit_no",
                "The person explicitly said no. Only a newer yes with its source and wording lifts it: POST it to consents.",
            )
        )


def _persons_of(services: Services, app: int, given: list[ConsentOf]) -> list[int]:
    """The person of each; 0 for nobody."""
    directory = services.directory
    users = directory.named(app, "user_id", {one.user_id for one in given if one.user_id})
    emails = directory.named(app, "email", {trimmed(one.email).lower() for one in given if one.email})
    numbers = directory.named_today(app, {one.person for one in given if one.person})
    return [
        users.get(one.user_id, 0)
        if one.user_id
        else emails.get(trimmed(one.email).lower(), 0)
        if one.email
        else numbers.get(one.person or 0, (0, None))[0]
        for one in given
    ]


router = Router(
    path="/apps/{app:int}",
    route_handlers=[set_consent, record_consent, record_consents, list_consents],
    tags=["Consent"],
)
