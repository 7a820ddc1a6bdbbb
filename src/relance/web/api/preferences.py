"""What people decided about messages themselves: their own quiet hours, limit and language."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, put
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.languages import is_language_tag
from relance.events.model import Kind
from relance.restraint.checks import check_own
from relance.users.model import FACTS, OwnLimit, OwnQuietHours, Person
from relance.web.api.authentication import Caller
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind, PersonId
from relance.web.api.services import Services, definitions_changed
from relance.web.api.settling import command, settle

OwnHours = Annotated[
    OwnQuietHours | None,
    Meta(description="No messages between these times of day, where the person is, beside the app's quiet hours; null: none."),
]
OwnMost = Annotated[
    OwnLimit | None,
    Meta(description="At most so many marketing messages in a rolling window, over all channels, beside the caps; null: none."),
]
Language = Annotated[
    Annotated[str, Meta(max_length=35, examples=["fr"])] | None,
    Meta(description="The language they chose (BCP 47), whatever browsers and traits report; null: none was chosen."),
]


class PreferencesAnswer(msgspec.Struct, frozen=True):
    """What a person decided. `source` says where, or who noted it: `preference page`, `operator:1`; `changed_at` in ms."""

    quiet_hours: OwnHours
    limit: OwnMost
    language: Language
    changed_at: int
    source: str


class PreferencesChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it: what is left out, or null, holds no longer."""

    quiet_hours: OwnHours = None
    limit: OwnMost = None
    language: Language = None


def as_preferences(person: Person, facts: dict[str, Any]) -> PreferencesAnswer:
    """A person's preferences in the API's form; ``facts`` are those that rules know."""
    decided = person.preferences
    language = person.language if facts.get("language_source") == "choice" else None
    return PreferencesAnswer(decided.quiet_hours, decided.limit, language, decided.changed_at, decided.source)


def _read(services: Services, app: int, number: int) -> PreferencesAnswer:
    person = services.directory.get(app, number)
    return as_preferences(person, services.directory.rule_facts(app, person.id).get(FACTS, {}))


@get(
    "/people/{person:int}/preferences",
    operation_id="getPreferences",
    summary="Read a person's preferences",
    responses=ERRORS,
    sync_to_thread=True,
)
def get_preferences(app: AppId, person: PersonId, services: Behind) -> PreferencesAnswer:
    """A person's own quiet hours, limit and language. What they allow is under `consents`."""
    return _read(services, app, person)


@put("/people/{person:int}/preferences", operation_id="setPreferences", summary="Set a person's preferences", responses=ERRORS)
async def set_preferences(
    request: Request[Any, Caller, Any], app: AppId, person: PersonId, data: JSONBody[PreferencesChange], services: Behind
) -> PreferencesAnswer:
    """Note what a person decided, as on the preference page. What waits is decided anew."""
    check_own(data.quiet_hours, data.limit)
    if data.language and not is_language_tag(data.language):
        raise InvalidError(
            ErrorText(
                "language_tag",
                "Language must be the BCP 47 tag of a language that exists, such as fr or pt-BR (got {got!r}).",
                got=data.language,
            ),
            path="language",
        )
    found = await sync_to_thread(services.directory.get, app, person)
    change = {**msgspec.to_builtins(data), "language": data.language or "", "source": request.auth.actor}
    await settle(services, [command(request, services, app, Kind.EDIT, found.id, {"preferences": change})])
    noted: dict[str, object] = {"fields": [name for name, value in msgspec.to_builtins(data).items() if value]}
    who, now = f"person:{found.id}", services.context.clock.now()
    await sync_to_thread(services.accounts.note, app, request.auth.actor, "person.preferences_noted", who, noted, now)
    await sync_to_thread(services.deliveries.decide_anew, app, services.context.clock.now(), found.id)
    await definitions_changed(services)  # wakes the dispatcher
    return await sync_to_thread(_read, services, app, found.id)


router = Router(path="/apps/{app:int}", route_handlers=[get_preferences, set_preferences], tags=["Consent"])
