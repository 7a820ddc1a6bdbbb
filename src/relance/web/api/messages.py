"""Messages: their content, and a test send to one person."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from relance.channels.registry import KINDS, Channel
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.messaging.model import Message, MessageClass, MessageGoal, WhenHeld
from relance.restraint.model import PRESETS
from relance.users.model import GENERAL
from relance.web.api.deliveries import DeliveryAnswer, as_delivery
from relance.web.api.documentation import ERRORS
from relance.web.api.journeys import Step
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, AppId, Archived, Behind, Cursor, Limit, MessageId
from relance.web.api.previews import EventGiven, event_body, get_wordings, preview_message
from relance.web.api.services import definitions_changed

MessageName = Annotated[str, Meta(min_length=1, max_length=200, examples=["Cart reminder"])]
Topic = Annotated[str, Meta(min_length=1, max_length=128)]
Content = Annotated[
    dict[str, Any],
    Meta(
        description=(
            "Liquid templates. "
            + " ".join(f"`{kind.name}`: {', '.join(kind.content.__struct_encode_fields__)}." for kind in KINDS.values())
        ),
        examples=[{"title": "Still there?", "body": "Your cart waits, {{ user.first_name }}."}],
    ),
]
Span = Annotated[str, Meta(description="A number and s, m, h, d or w.", max_length=12, examples=["12h"])]

RequireValues = Annotated[
    bool,
    Meta(description="Whoever lacks a value that a template puts in, without a `default`, is skipped with `missing_value`."),
]


Switch = Annotated[
    bool,
    Meta(
        description=(
            "Null: as its class. `marketing` obeys caps, counts toward them and obeys quiet hours; `service` counts toward caps"
            " and obeys quiet hours; `transactional` does none of it."
        )
    ),
]
Held = Annotated[
    WhenHeld,
    Meta(
        description=(
            "When a cap or quiet hours hold it back: `skip`; `wait` for `wait_at_most`; `until_window_ends`;"
            " `next_day_same_hour`. Null: it waits for the end of quiet hours, and is skipped where a cap is in the way. No wait"
            " is longer than 72 h, or than `valid_for`; what would be is skipped at once."
        )
    ),
]
WaitAtMost = Annotated[str, Meta(description="With `wait`: how long, up to 72 h.", max_length=12, examples=["4h"])]
Priority = Annotated[
    int, Meta(description="Of what is due together the higher is decided first.", ge=-100, le=100, examples=[10])
]


LanguageTag = Annotated[
    str,
    Meta(
        description="The language that `content` is in (BCP 47). Null: nobody said; dates are then in each person's language.",
        max_length=35,
        examples=["en"],
    ),
]
Translations = Annotated[
    dict[str, dict[str, Any]],
    Meta(
        description=(
            "Language (BCP 47) to the fields of `content` that differ in it. Whoever reads `fr-CA` gets that, else `fr`, else"
            " `content`; a field that is left out is taken from the next of these."
        ),
        examples=[{"fr": {"title": "Encore là\u00a0?", "body": "Votre panier vous attend, {{ user.first_name }}."}}],
    ),
]


class ClassSwitches(msgspec.Struct, frozen=True):
    """What of restraint concerns the messages of a class."""

    obeys_caps: bool
    counts_toward_caps: bool
    obeys_quiet_hours: bool


class MessageAnswer(msgspec.Struct, frozen=True, rename={"message_class": "class"}):
    """A message. ``version`` counts edits; ``valid_for`` null: it never expires.

    ``goal`` null: the journey's; without one, a marketing message's is `Order Completed` within 3d, and a transactional one has
    none. ``"none"``: it is credited with nothing.

    ``archived_at``: when it was archived (null: it is not). ``class_switches``: what its class sets where ``obeys_caps``,
    ``counts_toward_caps`` and ``obeys_quiet_hours`` are null.

    ``language`` is that of ``content`` (null: nobody said), ``translations`` are the fields that differ in others.
    """

    id: int
    app_id: int
    name: str
    channel: Channel
    message_class: MessageClass
    topic: str
    content: dict[str, Any]
    valid_for: str | None
    goal: MessageGoal
    version: int
    created_at: int
    updated_at: int
    require_values: bool
    archived_at: int | None
    obeys_caps: bool | None
    counts_toward_caps: bool | None
    obeys_quiet_hours: bool | None
    when_held: WhenHeld | None
    wait_at_most: str | None
    priority: int
    language: str | None
    translations: dict[str, dict[str, Any]]
    class_switches: ClassSwitches


class MessageCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"message_class": "class"}):
    """A new message on one channel."""

    name: MessageName
    channel: Channel
    content: Content
    message_class: MessageClass = MessageClass.MARKETING
    topic: Topic = GENERAL
    valid_for: Span | None = None
    require_values: RequireValues = False
    goal: MessageGoal = None
    obeys_caps: Switch | None = None
    counts_toward_caps: Switch | None = None
    obeys_quiet_hours: Switch | None = None
    when_held: Held | None = None
    wait_at_most: WaitAtMost | None = None
    priority: Priority = 0
    language: LanguageTag | None = None
    translations: Translations = {}


class MessageChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"message_class": "class"}):
    """A change of a message; omitted fields stay as they are; the channel cannot change."""

    version: Annotated[int, Meta(ge=1)]
    name: MessageName | UnsetType = UNSET
    content: Content | UnsetType = UNSET
    message_class: MessageClass | UnsetType = UNSET
    topic: Topic | UnsetType = UNSET
    valid_for: Span | UnsetType | None = UNSET
    require_values: RequireValues | UnsetType = UNSET
    goal: MessageGoal | UnsetType = UNSET
    obeys_caps: Switch | UnsetType | None = UNSET
    counts_toward_caps: Switch | UnsetType | None = UNSET
    obeys_quiet_hours: Switch | UnsetType | None = UNSET
    when_held: Held | UnsetType | None = UNSET
    wait_at_most: WaitAtMost | UnsetType | None = UNSET
    priority: Priority | UnsetType = UNSET
    language: LanguageTag | UnsetType | None = UNSET
    translations: Translations | UnsetType = UNSET


class TestSend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to send a test to, and the event whose properties its templates use: the id of a past one, or properties."""

    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)]
    event: EventGiven = {}


class TestSent(msgspec.Struct, frozen=True):
    """The test's deliveries, one per address; follow them under deliveries."""

    deliveries: list[DeliveryAnswer]


def as_answer(message: Message) -> MessageAnswer:
    """A message in the API's form."""
    shown = {name: getattr(message, name) for name in MessageAnswer.__struct_fields__ if name != "class_switches"}
    shown["language"] = message.language or None
    return MessageAnswer(**shown, class_switches=ClassSwitches(*PRESETS[message.message_class]))


@get("/", operation_id="listMessages", summary="List messages", responses=ERRORS, sync_to_thread=True)
def list_messages(
    app: AppId, services: Behind, cursor: Cursor = None, limit: Limit = 50, archived: Archived = False
) -> Page[MessageAnswer]:
    """The messages of an app, without archived ones by default."""
    found = services.messages.page(app, after=read_cursor(cursor, int) or 0, limit=limit + 1, archived=archived)
    return page([as_answer(message) for message in found], limit, lambda message: message.id)


@post("/", operation_id="createMessage", summary="Create a message", responses=ERRORS)
async def create_message(app: AppId, data: JSONBody[MessageCreation], services: Behind) -> MessageAnswer:
    """Create a message; its templates are checked."""
    made = await services.desk.run(
        app,
        services.messages.create,
        app,
        data.name,
        data.channel,
        data.content,
        services.context.clock.now(),
        message_class=data.message_class,
        topic=data.topic,
        valid_for=data.valid_for,
        goal=data.goal,
        require_values=data.require_values,
        obeys_caps=data.obeys_caps,
        counts_toward_caps=data.counts_toward_caps,
        obeys_quiet_hours=data.obeys_quiet_hours,
        when_held=data.when_held,
        wait_at_most=data.wait_at_most,
        priority=data.priority,
        language=data.language or "",
        translations=data.translations,
    )
    await definitions_changed(services)
    return as_answer(made)


@get("/{message:int}", operation_id="getMessage", summary="Read a message", responses=ERRORS, sync_to_thread=True)
def get_message(app: AppId, message: MessageId, services: Behind) -> MessageAnswer:
    """One message with its content."""
    return as_answer(services.messages.get(app, message))


@patch("/{message:int}", operation_id="changeMessage", summary="Change a message", responses=ERRORS)
async def change_message(app: AppId, message: MessageId, data: JSONBody[MessageChange], services: Behind) -> MessageAnswer:
    """Change a message. Pending deliveries are sent with the new content."""
    fields = {name: getattr(data, name) for name in MessageChange.__struct_fields__ if name != "version"}
    changes = {name: value for name, value in fields.items() if value is not UNSET}
    if changes.get("language", "") is None:
        changes["language"] = ""
    if not changes:
        raise InvalidError(ErrorText("nothing_to_change", "Nothing was given to change."), path="")
    now = services.context.clock.now()
    changed = await services.desk.run(app, services.messages.update, app, message, data.version, changes, now)
    await definitions_changed(services)
    return as_answer(changed)


@post("/{message:int}/test", operation_id="testMessage", summary="Send a test", responses=ERRORS)
async def test_message(app: AppId, message: MessageId, data: JSONBody[TestSend], services: Behind) -> TestSent:
    """Send the message to one person at once, regardless of consent, marked as a test everywhere.

    It counts in no figure, moves no segment and starts no journey; the timeline shows it as `message_tested`. Its links are real:
    unsubscribing through one is an unsubscription.
    """
    await sync_to_thread(services.directory.get, app, data.person)
    body = await event_body(services, app, data.event)
    now = services.context.clock.now()
    deliveries = await sync_to_thread(services.messages.send_test, app, message, data.person, now, event_body=body)
    await definitions_changed(services)  # wakes the dispatcher
    found = await sync_to_thread(services.accounts.app, app)
    return TestSent([as_delivery(one, found.settings.currency) for one in deliveries])


@post("/{message:int}/archive", operation_id="archiveMessage", summary="Archive a message", responses=ERRORS, status_code=200)
async def archive_message(app: AppId, message: MessageId, services: Behind, data: JSONBody[Step | None] = None) -> MessageAnswer:
    """Archive a message; pending deliveries are still sent. 409 (`message_in_use`) while a live or paused journey sends it."""
    now, version = services.context.clock.now(), data.version if data else None
    return as_answer(await sync_to_thread(services.journeys.archive_message, app, message, now, version=version))


@post(
    "/{message:int}/restore", operation_id="restoreMessage", summary="Take out of the archive", responses=ERRORS, status_code=200
)
async def restore_message(app: AppId, message: MessageId, services: Behind, data: JSONBody[Step | None] = None) -> MessageAnswer:
    """Restore a message from the archive."""
    version = data.version if data else None
    return as_answer(await sync_to_thread(services.journeys.restore_message, app, message, version=version))


@delete("/{message:int}", operation_id="deleteMessage", summary="Delete a message", responses=ERRORS)
async def delete_message(app: AppId, message: MessageId, services: Behind) -> None:
    """Delete a message that has no deliveries and that no journey names; otherwise 409: archive it instead."""
    await sync_to_thread(services.journeys.delete_message, app, message)


router = Router(
    path="/apps/{app:int}/messages",
    route_handlers=[
        list_messages,
        create_message,
        get_message,
        get_wordings,
        change_message,
        test_message,
        preview_message,
        archive_message,
        restore_message,
        delete_message,
    ],
    tags=["Messages"],
)
