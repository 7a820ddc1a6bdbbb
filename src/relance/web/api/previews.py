"""Messages as people would get them: filled in for one person and an event, in each language."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.channels.registry import KINDS, Channel
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError, NotFoundError
from relance.core.name_check import reject_nul
from relance.messaging.model import SkipReason
from relance.messaging.previewing import Shown, Unsendable
from relance.messaging.service import SenderSettings
from relance.messaging.translations import languages_of, wording
from relance.users.errors import PersonNotFoundError
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import LARGEST_ID, AppId, Behind, MessageId
from relance.web.api.people import read_alias
from relance.web.api.services import Services

LARGEST_EVENT = 32_768  # bytes, as for one that is sent

EventGiven = Annotated[
    str | dict[str, Any],
    Meta(
        description="`message_id` of an event of this app, or an object of properties. None: `event` is empty in templates.",
        examples=[{"cart_id": "c1", "total": 49}],
    ),
]


class MessagePreviewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person to fill a message in for, by id or by alias, and the event's properties."""

    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)] | None = None
    alias: Annotated[str, Meta(description="As `kind:value`.", max_length=400, examples=["user_id:ada"])] | None = None
    event: EventGiven = {}
    language: (
        Annotated[
            str, Meta(description="One of the message's languages, in place of the person's.", max_length=35, examples=["fr"])
        ]
        | None
    ) = None
    all_languages: Annotated[bool, Meta(description="Besides, fill it in in each of its languages: `languages`.")] = False


class MissingVariable(msgspec.Struct, frozen=True):
    """A variable without a value for this person and event, and the field that uses it without a `default`."""

    path: str
    variable: str


class UnsendableAnswer(msgspec.Struct, frozen=True):
    """Why nothing would be sent: the skip reason, the field, and what is wrong.

    ``detail_reason`` and ``detail_parameters`` word ``detail`` as the ``reason`` and ``parameters`` of an error do its message.
    """

    reason: SkipReason
    path: str
    detail: str
    detail_reason: str | None
    detail_parameters: dict[str, object]


class PriceAnswer(msgspec.Struct, frozen=True):
    """What one message costs by the price that the app's provider has set: a decimal number as text, and its currency."""

    amount: str
    currency: str


class NotShown(msgspec.Struct, frozen=True):
    """A field that the message uses, and the browsers that do not show it in any version."""

    field: str
    browsers: list[str]


class LanguagePreview(msgspec.Struct, frozen=True):
    """The same in one of the message's languages; each fault is told with its place, such as ``translations.fr.title``."""

    language: str | None
    content: dict[str, Any]
    missing: list[MissingVariable]
    unsendable: UnsendableAnswer | None
    price: PriceAnswer | None
    taken: dict[str, str]


class MessagePreview(msgspec.Struct, frozen=True):
    """A message as one person would get it.

    ``content`` has the message's own fields, filled in; links are as written, since nothing is tracked here. It is empty if
    ``unsendable`` says that it cannot be rendered. ``address`` null: the person has none on this channel.

    ``language`` is the one it is in (null: the message names none), ``taken`` are the fields that its translation left out, with
    the language each was taken from. ``languages`` are all of the message's, its own first, if ``all_languages`` asked for them.
    """

    person_id: int
    channel: Channel
    address: str | None
    content: dict[str, Any]
    missing: list[MissingVariable]
    unsendable: UnsendableAnswer | None
    price: PriceAnswer | None = None
    not_shown: list[NotShown] = []
    language: str | None = None
    taken: dict[str, str] = {}
    languages: list[LanguagePreview] = []


class MessageWording(msgspec.Struct, frozen=True):
    """What a message says in one of its languages, as templates. ``taken``: field to the language that it was taken from."""

    language: str | None
    content: dict[str, Any]
    taken: dict[str, str]


class MessageWordings(msgspec.Struct, frozen=True):
    """Every language of a message, its own first."""

    wordings: list[MessageWording]


def unsendable_answer(found: Unsendable | None) -> UnsendableAnswer | None:
    """Why nothing would be sent, as the API says it; None where it would be."""
    if found is None:
        return None
    text = found.detail.plain()
    return UnsendableAnswer(found.reason, found.path, text["message"], text["reason"], text["parameters"])


@post("/{message:int}/preview", operation_id="previewMessage", summary="Preview a message", responses=ERRORS, status_code=200)
async def preview_message(
    app: AppId, message: MessageId, data: JSONBody[MessagePreviewRequest], services: Behind
) -> MessagePreview:
    """Fill the message in for one person, as if it were sent now. Nothing is sent, written or counted."""
    found = await sync_to_thread(_person_of, services, app, data)
    body = await event_body(services, app, data.event)
    settings = services.context.settings
    shown_in = await services.desk.run(
        app,
        services.messages.preview,
        await sync_to_thread(services.accounts.app, app),
        message,
        found,
        services.context.clock.now(),
        SenderSettings(settings.url, settings.email_from),
        event_body=body,
        language=data.language,
        all_languages=data.all_languages,
    )
    first, *languages = [await sync_to_thread(_in_language, services, app, each) for each in shown_in]
    shown = shown_in[0]
    return MessagePreview(
        person_id=found,
        channel=shown.channel,
        address=shown.address or None,
        content=first.content,
        missing=first.missing,
        unsendable=first.unsendable,
        price=first.price,
        language=first.language,
        taken=first.taken,
        languages=languages,
        not_shown=[
            NotShown(field, list(browsers))
            for field, browsers in KINDS[shown.channel].not_shown.items()
            if shown.content.get(field) and browsers
        ],
    )


def _in_language(services: Services, app: int, shown: Shown) -> LanguagePreview:
    price = services.providers.price(app, shown.channel.value, shown.content)
    return LanguagePreview(
        language=shown.language or None,
        content=shown.content,
        missing=[MissingVariable(*each) for each in shown.missing],
        unsendable=unsendable_answer(shown.unsendable),
        price=None if price is None else PriceAnswer(*price),
        taken=dict(shown.taken),
    )


@get(
    "/{message:int}/wordings",
    operation_id="getMessageWordings",
    summary="Read a message in each language",
    responses=ERRORS,
    sync_to_thread=True,
)
def get_wordings(app: AppId, message: MessageId, services: Behind) -> MessageWordings:
    """Its content in each of its languages: what a translation leaves out is filled up from the language it falls back on."""
    found = services.messages.get(app, message)
    return MessageWordings(
        [
            MessageWording(each.language or None, dict(each.content), dict(each.taken))
            for each in (wording(found, language) for language in languages_of(found))
        ]
    )


def _person_of(services: Services, app: int, asked: MessagePreviewRequest) -> int:
    """The id of the requested person. Raises ``PersonNotFoundError``, ``InvalidError``."""
    if asked.person is not None and asked.alias is None:
        return services.directory.get(app, asked.person).id
    if asked.alias is None or asked.person is not None:
        raise InvalidError(ErrorText("person_or_alias", "Give either person, an id, or alias, as kind:value."), path="person")
    found = services.directory.find(app, *read_alias(asked.alias))
    if found is None:
        raise PersonNotFoundError(ErrorText("alias_of_nobody", "Nobody in this app has this alias."), path="alias")
    return found.id


async def event_body(services: Services, app: int, event: str | dict[str, Any], path: str = "event") -> bytes:
    """The properties that templates read, as JSON; ``path`` is the field. Raises ``NotFoundError``, ``InvalidError``."""
    if isinstance(event, str):
        found = await services.context.worker.call("event", app=app, message_id=event)
        if found is None:
            raise NotFoundError(
                ErrorText(
                    "event_id_unknown", "There is no event with this id in this app; take `message_id` of one of its events."
                ),
                path=path,
            )
        return str(found["properties"]).encode()
    reject_nul(event, path)
    body = to_json(event).encode()
    if len(body) > LARGEST_EVENT:
        raise InvalidError(
            ErrorText(
                "properties_bytes",
                "Properties of an event must be at most {most:,} bytes (got {got:,}).",
                most=LARGEST_EVENT,
                got=len(body),
            ),
            path=path,
        )
    return body
