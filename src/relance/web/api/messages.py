"""Messages: their content, and a test send to one person."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from relance.channels.registry import KINDS, Channel
from relance.core.encoding import to_json
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError, NotFoundError
from relance.core.name_check import reject_nul
from relance.messaging.model import Message, MessageClass, MessageGoal, SkipReason, WhenHeld
from relance.messaging.previewing import Unsendable
from relance.messaging.service import SenderSettings
from relance.restraint.model import PRESETS
from relance.users.errors import PersonNotFoundError
from relance.users.model import GENERAL
from relance.web.api.deliveries import DeliveryAnswer, as_delivery
from relance.web.api.documentation import ERRORS
from relance.web.api.journeys import Step
from relance.web.api.pages import Page, page, read_cursor
from relance.web.api.parameters import LARGEST_ID, AppId, Archived, Behind, Cursor, Limit, MessageId
from relance.web.api.people import read_alias
from relance.web.api.services import Services, definitions_changed

LARGEST_EVENT = 32_768  # bytes, as for one that is sent
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

EventGiven = Annotated[
    str | dict[str, Any],
    Meta(
        description="`message_id` of an event of this app, or an object of properties. None: `event` is empty in templates.",
        examples=[{"cart_id": "c1", "total": 49}],
    ),
]
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


class TestSend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to send a test to, and the event whose properties its templates use: the id of a past one, or properties."""

    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)]
    event: EventGiven = {}


class TestSent(msgspec.Struct, frozen=True):
    """The test's deliveries, one per address; follow them under deliveries."""

    deliveries: list[DeliveryAnswer]


class MessagePreviewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person to fill a message in for, by id or by alias, and the event's properties."""

    person: Annotated[int, Meta(ge=1, le=LARGEST_ID)] | None = None
    alias: Annotated[str, Meta(description="As `kind:value`.", max_length=400, examples=["user_id:ada"])] | None = None
    event: EventGiven = {}


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


class MessagePreview(msgspec.Struct, frozen=True):
    """A message as one person would get it.

    ``content`` has the message's own fields, filled in; links are as written, since nothing is tracked here. It is empty if
    ``unsendable`` says that it cannot be rendered. ``address`` null: the person has none on this channel.
    """

    person_id: int
    channel: Channel
    address: str | None
    content: dict[str, Any]
    missing: list[MissingVariable]
    unsendable: UnsendableAnswer | None
    price: PriceAnswer | None = None
    not_shown: list[NotShown] = []


def as_answer(message: Message) -> MessageAnswer:
    """A message in the API's form."""
    shown = {name: getattr(message, name) for name in MessageAnswer.__struct_fields__ if name != "class_switches"}
    return MessageAnswer(**shown, class_switches=ClassSwitches(*PRESETS[message.message_class]))


def unsendable_answer(found: Unsendable | None) -> UnsendableAnswer | None:
    """Why nothing would be sent, as the API says it; None where it would be."""
    if found is None:
        return None
    text = found.detail.plain()
    return UnsendableAnswer(found.reason, found.path, text["message"], text["reason"], text["parameters"])


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


@post("/{message:int}/preview", operation_id="previewMessage", summary="Preview a message", responses=ERRORS, status_code=200)
async def preview_message(
    app: AppId, message: MessageId, data: JSONBody[MessagePreviewRequest], services: Behind
) -> MessagePreview:
    """Fill the message in for one person, as if it were sent now. Nothing is sent, written or counted."""
    found = await sync_to_thread(_person_of, services, app, data)
    body = await event_body(services, app, data.event)
    settings = services.context.settings
    shown = await services.desk.run(
        app,
        services.messages.preview,
        await sync_to_thread(services.accounts.app, app),
        message,
        found,
        services.context.clock.now(),
        SenderSettings(settings.url, settings.email_from),
        event_body=body,
    )
    price = await sync_to_thread(services.providers.price, app, shown.channel.value, shown.content)
    return MessagePreview(
        person_id=found,
        channel=shown.channel,
        address=shown.address or None,
        content=shown.content,
        missing=[MissingVariable(*each) for each in shown.missing],
        unsendable=unsendable_answer(shown.unsendable),
        price=None if price is None else PriceAnswer(*price),
        not_shown=[
            NotShown(field, list(browsers))
            for field, browsers in KINDS[shown.channel].not_shown.items()
            if shown.content.get(field) and browsers
        ],
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
        change_message,
        test_message,
        preview_message,
        archive_message,
        restore_message,
        delete_message,
    ],
    tags=["Messages"],
)
