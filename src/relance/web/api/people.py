"""People: find, read, create. Changes of one person are in ``editing``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from relance.accounts.model import AppSettings
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText, as_error_text
from relance.core.errors import ConflictError, InvalidError
from relance.events.intake import Origin, check
from relance.events.model import Kind, Rejection
from relance.journeys.missed import MissedEntry, MissReason
from relance.users.deletion_requests.model import open_one
from relance.users.model import FACTS as BESIDE
from relance.users.model import Alias, AliasKind, Consent, Person, Subscription
from relance.web.api.authentication import Caller
from relance.web.api.deletion_requests import DeletionRequestAnswer, as_deletion_request
from relance.web.api.documentation import ERRORS
from relance.web.api.events import PastEvent, as_past_event
from relance.web.api.idempotency import message_id_for
from relance.web.api.journeys import RunAnswer, as_run
from relance.web.api.pages import Page, page, read_cursor, read_history_cursor
from relance.web.api.parameters import AppId, Behind, Cursor, Limit, PersonId
from relance.web.api.preferences import PreferencesAnswer, as_preferences
from relance.web.api.services import Services
from relance.web.api.settling import settle

UserId = Annotated[str, Meta(min_length=1, max_length=255, description="Your own id of the person.", examples=["u-42"])]
Traits = Annotated[
    dict[str, Any], Meta(description="Traits to set; null deletes one.", examples=[{"first_name": "Lea", "plan": "pro"}])
]
Search = Annotated[
    str | None,
    QueryParameter(
        description="A name or its beginning, how an e-mail address, a user id or an anonymous id begins, or a person's id.",
        max_length=255,
    ),
]
OfEmail = Annotated[str | None, QueryParameter(description="Exactly this e-mail address.", max_length=320)]
OfAlias = Annotated[str | None, QueryParameter(description="Exactly this alias, as `kind:value`.", max_length=400)]


FACTS = (
    "What rules may ask of the person beside the traits, as far as known: see the kinds `person`, `subscription` and `consent`."
    " `country_source`, `time_zone_source` and `language_source` say who told it: `event`, `locale`, `trait`, `choice` (the"
    " language that the person chose), or `default`, the"
    " app's own, where nothing is known."
)


class PersonSummary(msgspec.Struct, frozen=True):
    """A person in a list. Instants are ms; `version` counts changes of the profile."""

    id: int
    external_id: str | None
    traits: dict[str, Any]
    country: str | None
    timezone: str | None
    language: str | None
    first_seen: int
    last_seen: int
    version: int


class SubscriptionAnswer(msgspec.Struct, frozen=True):
    """One address of a person, without its secrets."""

    id: int
    channel: str
    address: str
    state: str
    device: dict[str, Any]
    created_at: int
    updated_at: int
    reason: Annotated[
        str,
        Meta(
            description="Of a suppressed address why it is on the suppression list: `bounced`, `complained`, `manual` or"
            " `imported`. Else what caused its state, if not the person."
        ),
    ]
    refused: Annotated[
        list[str],
        Meta(description="Topics to which a no was said of this very address, whoever had it then; `general` is all marketing."),
    ]


class ConsentAnswer(msgspec.Struct, frozen=True):
    """What a person allows on a channel about a topic, and since when."""

    channel: str
    topic: str
    granted: bool
    source: str
    changed_at: int
    explicit: Annotated[
        bool,
        Meta(description="Said by the person or on their behalf: no trait lifts such a no. False: told by traits."),
    ]


class PersonAnswer(PersonSummary, frozen=True):
    """A person with all ids and addresses."""

    facts: Annotated[dict[str, Any], Meta(description=FACTS)]
    aliases: list[Alias]
    subscriptions: list[SubscriptionAnswer]
    consents: list[ConsentAnswer]
    preferences: PreferencesAnswer
    deletion: Annotated[
        DeletionRequestAnswer | None,
        Meta(description="The deletion that they asked for and that may still take place; null: none."),
    ]


class PersonRuns(msgspec.Struct, frozen=True):
    """A person's runs of journeys."""

    items: list[RunAnswer]


class MissedEntryAnswer(msgspec.Struct, frozen=True):
    """An event that could have started a journey's run and started none: the newest of `times` such events.

    `why` is the reason as a sentence; `key` the run key ("" = the journey has none, or the event lacks it).
    """

    journey_id: int
    reason: MissReason
    why: str
    key: str
    event: str
    message_id: str
    occurred_at: int
    received_at: int
    times: int


class MissedEntries(msgspec.Struct, frozen=True):
    """A person's events that started no run."""

    items: list[MissedEntryAnswer]


class PersonCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person with your own id; an existing one gets the traits."""

    user_id: UserId
    traits: Traits = {}


def summary(person: Person) -> PersonSummary:
    """A person as shown in lists."""
    return PersonSummary(**{name: getattr(person, name) for name in PersonSummary.__struct_fields__})


def _with_defaults(facts: dict[str, Any], settings: AppSettings) -> dict[str, Any]:
    defaults = {"time_zone": settings.timezone, "language": settings.language, "country": settings.country}
    missing = {name: value for name, value in defaults.items() if value and name not in facts}
    return {**facts, **missing, **{f"{name}_source": "default" for name in missing}}


def whole(services: Services, app: int, person_id: int) -> PersonAnswer:
    """A person with aliases, subscriptions and consents. Raises ``PersonNotFoundError``."""
    directory = services.directory
    person = directory.get(app, person_id)
    subscriptions = directory.subscriptions(app, person.id)
    refused = directory.refused(app, subscriptions)
    facts = directory.rule_facts(app, person.id).get(BESIDE, {})
    requests = services.deletion_requests.of_person(app, person.id)
    now = services.context.clock.now()
    deletion = open_one(requests, now)
    return PersonAnswer(
        **msgspec.structs.asdict(summary(person)),
        facts=_with_defaults(facts, services.accounts.app(app).settings),
        aliases=list(directory.aliases(app, person.id)),
        subscriptions=[_as_subscription(one, refused.get(one.id, ())) for one in subscriptions],
        consents=[_as_consent(one) for one in directory.consents(app, person.id)],
        preferences=as_preferences(person, facts),
        deletion=None if deletion is None else as_deletion_request(deletion, now),
    )


def _as_subscription(one: Subscription, refused: Collection[str]) -> SubscriptionAnswer:
    names = (name for name in SubscriptionAnswer.__struct_fields__ if name != "refused")
    return SubscriptionAnswer(**{name: getattr(one, name) for name in names}, refused=sorted(refused))


def _as_consent(consent: Consent) -> ConsentAnswer:
    return ConsentAnswer(**{name: getattr(consent, name) for name in ConsentAnswer.__struct_fields__})


@get("/", operation_id="listPeople", summary="Find people", responses=ERRORS, sync_to_thread=True)
def list_people(
    app: AppId,
    services: Behind,
    search: Search = None,
    email: OfEmail = None,
    alias: OfAlias = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[PersonSummary]:
    """People by id: all, or by one of `search`, `email` and `alias`."""
    if sum(given is not None for given in (search, email, alias)) > 1:
        raise InvalidError(ErrorText("search_one_of", "Give one of search, email and alias."), path="search")
    if email is not None or alias is not None:
        kind, value = (AliasKind.EMAIL.value, email) if email is not None else read_alias(alias or "")
        person = services.directory.find(app, kind, value)
        return Page([] if person is None else [summary(person)], None)
    after = read_cursor(cursor, int) or 0
    if search is not None:
        found = services.directory.search(app, search, after, limit + 1)
    else:
        found = services.directory.list(app, after, limit + 1)
    return page([summary(person) for person in found], limit, lambda person: person.id)


def read_alias(text: str) -> tuple[str, str]:
    """``kind:value`` → both. Raises ``InvalidError``."""
    kind, colon, value = text.partition(":")
    if not (kind and colon and value):
        raise InvalidError(ErrorText("alias_form", "An alias is written kind:value."), path="alias")
    return kind, value


@post("/", operation_id="createPerson", summary="Make or change a person by your id", responses=ERRORS)
async def create_person(
    request: Request[Any, Caller, Any], app: AppId, data: JSONBody[PersonCreation], services: Behind
) -> PersonAnswer:
    """Create the person with your id, or give traits to an existing one. Answers once that has settled.

    The id is treated as in an `identify`: invisible characters around it are removed, and placeholders (`undefined`, `null`, `0`
    …) are refused.
    """
    message = {"type": Kind.IDENTIFY.value, "userId": data.user_id, "traits": data.traits}
    settings, now = services.context.settings, services.context.clock.now()
    origin = Origin(app, now, make_id=lambda: message_id_for(request, app), largest=settings.event_bytes)
    event = check(to_json(message).encode(), origin)
    if isinstance(event, Rejection):
        path = "user_id" if event.path == "userId" else event.path
        raise InvalidError(_of_user_id(as_error_text(event.detail)), path=path, reason=event.reason)
    await settle(services, [event])
    person = await sync_to_thread(services.directory.find, app, AliasKind.USER_ID.value, event.user_id)
    if person is None:
        raise ConflictError(
            ErrorText("deleted_meanwhile", "A person with this id was deleted at the same moment: try again."), path="user_id"
        )
    return await sync_to_thread(whole, services, app, person.id)


@get("/{person:int}", operation_id="getPerson", summary="Read a person", responses=ERRORS, sync_to_thread=True)
def get_person(app: AppId, person: PersonId, services: Behind) -> PersonAnswer:
    """One person: profile, aliases, subscriptions, consents. A merged id leads to the current person."""
    return whole(services, app, person)


@get("/{person:int}/timeline", operation_id="getTimeline", summary="Read a timeline", responses=ERRORS)
async def get_timeline(
    app: AppId, person: PersonId, services: Behind, cursor: Cursor = None, limit: Limit = 50
) -> Page[PastEvent]:
    """Everything that happened to a person, newest first: their own events and those that Relance emitted."""
    before = read_history_cursor(cursor)
    found = await sync_to_thread(services.directory.get, app, person)
    rows = await services.context.worker.call("timeline", app=app, person=found.id, before=before, limit=limit + 1)
    return page([as_past_event(row) for row in rows], limit, lambda event: event.position)


@get(
    "/{person:int}/runs",
    operation_id="listPersonRuns",
    summary="List a person's runs",
    responses=ERRORS,
    sync_to_thread=True,
)
def list_person_runs(app: AppId, person: PersonId, services: Behind) -> PersonRuns:
    """All of a person's runs of journeys, newest first."""
    found = services.directory.get(app, person)
    return PersonRuns([as_run(run) for run in services.journeys.runs_of_person(app, found.id)])


@get(
    "/{person:int}/missed-entries",
    operation_id="listMissedEntries",
    summary="List entries a person missed",
    responses=ERRORS,
    sync_to_thread=True,
)
def list_missed_entries(app: AppId, person: PersonId, services: Behind) -> MissedEntries:
    """Events that could have started a run and started none, with the reason, newest first; kept for 90 days."""
    found = services.directory.get(app, person)
    return MissedEntries([as_missed(each) for each in services.journeys.missed(app, found.id)])


def as_missed(missed: MissedEntry) -> MissedEntryAnswer:
    """A missed entry in the API's form."""
    return MissedEntryAnswer(
        journey_id=missed.journey_id,
        reason=MissReason(missed.reason),
        why=missed.why,
        key=missed.run_key,
        event=missed.event,
        message_id=missed.message_id,
        occurred_at=missed.occurred_at,
        received_at=missed.received_at,
        times=missed.times,
    )


router = Router(
    path="/apps/{app:int}/people",
    route_handlers=[list_people, create_person, get_person, get_timeline, list_person_runs, list_missed_entries],
    tags=["People"],
)


def _of_user_id(text: ErrorText) -> ErrorText:
    """What is wrong with a `userId` of an event, said of the `user_id` that was given."""
    parameters = {name: "user_id" if value == "userId" else value for name, value in text.parameters.items()}
    return ErrorText.known(text.replace("userId", "user_id"), text.reason, parameters)
