"""The door of this package: messages, what the tick does with deliveries, and reads of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy.engine import Connection, Engine

from relance.accounts.model import App
from relance.accounts.service import settings_of
from relance.channels.content import check_content
from relance.channels.registry import KINDS, Channel
from relance.core.error_text import ErrorText
from relance.core.ids import random_token
from relance.core.name_check import reject_nul, size_of
from relance.core.time import HOUR
from relance.events.model import Batch, Event
from relance.events.service import put_outbox
from relance.infra.database import reading, writing
from relance.messaging import engagement, intending, store
from relance.messaging.answering import answered, answers_read
from relance.messaging.audiences.service import enqueue, not_entered
from relance.messaging.confirming import ask_to_confirm
from relance.messaging.context import service as context
from relance.messaging.context.service import Wanted
from relance.messaging.credit import service as credit
from relance.messaging.credit.service import RunRow, did_in_time, revenue_of_journey, was_about
from relance.messaging.deletion_mails import Asking, can_confirm, was_not_sent
from relance.messaging.deliveries import Deliveries
from relance.messaging.dispatch import Dispatcher
from relance.messaging.errors import (
    MessageInvalidError,
    MessageNotFoundError,
    MessageSentError,
    MessageStateError,
    StaleMessageError,
)
from relance.messaging.figures import service as figures
from relance.messaging.figures.service import Rebuilt, erase, past_delivery, rebuild
from relance.messaging.intending import Intended
from relance.messaging.model import (
    NAME_LIMIT,
    Delivery,
    Intent,
    Message,
    MessageClass,
    MessageGoal,
    WhenHeld,
    check_goal,
    span,
)
from relance.messaging.preparing import Preparation, recipient_of
from relance.messaging.previewing import SenderSettings, Shown, show
from relance.messaging.queue import service as queue
from relance.messaging.recent import service as recent
from relance.messaging.saved import service as saved
from relance.messaging.snippets.service import Snippets, with_snippets
from relance.messaging.translations import check_translations, languages_of, read_translations
from relance.messaging.trimming import trim, trim_sent
from relance.messaging.usage_store import is_anything_held, release_held
from relance.messaging.waiting import awaken
from relance.messaging.withdrawing import (
    deliveries_of_runs,
    has_left,
    is_pending,
    is_unsent,
    release_paused,
    runs_busy,
    runs_unsent,
    was_stopped,
    withdraw,
)
from relance.restraint.model import HIGHEST_PRIORITY, LONGEST_HOLD
from relance.users.errors import PersonNotFoundError
from relance.users.model import GENERAL, SubscriptionState
from relance.users.reach import read_reach

__all__ = [
    "Asking",
    "Deliveries",
    "Dispatcher",
    "Messages",
    "Preparation",
    "Rebuilt",
    "RunRow",
    "SenderSettings",
    "Shown",
    "Snippets",
    "answered",
    "answers_read",
    "ask_to_confirm",
    "awaken",
    "can_confirm",
    "decide_anew",
    "deliveries_of_runs",
    "did_in_time",
    "enqueue",
    "erase_figures",
    "follow_merge",
    "forget",
    "has_left",
    "hold_message",
    "intend",
    "is_pending",
    "is_unsent",
    "next_due",
    "observe",
    "past_delivery",
    "put_away",
    "rebuild_figures",
    "release_paused",
    "remove_message",
    "revenue_of_journey",
    "runs_busy",
    "runs_unsent",
    "transactional_messages",
    "trim",
    "trim_sent",
    "unfinished",
    "usable_messages",
    "was_about",
    "was_not_sent",
    "was_stopped",
    "watch_goal",
    "withdraw",
]

erase_figures, rebuild_figures = erase, rebuild

NO_TRANSLATIONS: Mapping[str, dict[str, Any]] = {}
_CHANGEABLE = frozenset(
    ("name", "message_class", "topic", "content", "valid_for", "goal", "require_values", "obeys_caps", "counts_toward_caps")
) | {"obeys_quiet_hours", "when_held", "wait_at_most", "priority", "language", "translations"}


def intend(connection: Connection, intents: Sequence[Intent], wait_until: int = 0) -> Intended:
    """Write deliveries for what journeys want sent; the same intent twice writes nothing new.

    Returns their ids, and the events about those that can reach nobody, for the outbox. Whoever has no address on the channel may
    get one until ``wait_until`` (ms).
    """
    return intending.intend(connection, intents, wait_until)


def observe(connection: Connection, batch: Batch) -> list[Event]:
    """Keep what messages name of the batch, write its engagement to deliveries and credit its conversions; returns events for the
    outbox."""
    recent.observe(connection, batch)
    return engagement.observe(connection, batch)


def next_due(connection: Connection) -> int | None:
    """The instant the earliest waiting delivery may leave."""
    return queue.next_due(connection)


def decide_anew(connection: Connection, app_id: int, persons: Collection[int], now: int) -> int:
    """Let what caps or quiet hours hold back for these people be decided anew; returns how many deliveries."""
    return release_held(connection, app_id, now, persons) if is_anything_held(connection, app_id) else 0


def unfinished(connection: Connection, now: int) -> int:
    """Deliveries that are due or in a dispatcher's hands, and people whose deliveries are not made yet."""
    return queue.unfinished(connection, now) + not_entered(connection)


def watch_goal(connection: Connection, app_id: int, event: str, key: str | None) -> None:
    """From now on keep who does this event, and by a property (None: by none) what it is about: a journey is for it."""
    store.add_goal_events(connection, [(app_id, event)])
    if key is not None:
        store.add_goal_key(connection, app_id, event, key)


def follow_merge(connection: Connection, app_id: int, from_person: int, into_person: int) -> list[Event]:
    """Let a merged person's deliveries and conversions be the other's; returns what that credits, for the outbox."""
    recent.follow_merge(connection, app_id, from_person, into_person)
    has_moved = store.move_deliveries(connection, app_id, from_person, into_person)
    return credit.follow_merge(connection, app_id, from_person, into_person, has_moved=has_moved)


def forget(connection: Connection, app_id: int, person_id: int) -> None:
    """Take a deleted person out of deliveries, conversions and the newest events; the sums stay."""
    recent.forget(connection, app_id, person_id)
    store.forget_deliveries(connection, app_id, person_id)
    credit.forget(connection, app_id, person_id)


def usable_messages(connection: Connection, app_id: int, ids: Collection[int]) -> set[int]:
    """Those of these ids that are messages of the app and not archived; they stay so until the transaction ends."""
    return saved.usable_messages(connection, app_id, ids)


def has_message(connection: Connection, app_id: int, message_id: int) -> bool:
    """Whether the app has the message, be it archived."""
    return saved.message(connection, app_id, message_id) is not None


def hold_message(connection: Connection, app_id: int, message_id: int, version: int | None) -> Message:
    """A message that nobody else changes until the transaction ends; ``version``: as it must stand."""
    found = _found(saved.message(connection, app_id, message_id, lock=True))
    if version is not None and version != found.version:
        raise StaleMessageError(
            ErrorText("message_changed", "This message has been edited since it was read."), version=found.version
        )
    return found


def put_away(connection: Connection, message: Message, now: int | None) -> Message:
    """Archive a message that is held, or (None) take it out again."""
    if (message.archived_at is None) is (now is None):
        raise MessageStateError(
            ErrorText("message_not_archived", "This message is not archived.")
            if now is None
            else ErrorText("message_archived_already", "This message is archived already.")
        )
    updated_at = message.updated_at if now is None else now
    new = msgspec.structs.replace(message, archived_at=now, version=message.version + 1, updated_at=updated_at)
    saved.update_message(connection, new, message.version)
    return new


def remove_message(connection: Connection, message: Message) -> None:
    """Delete a message that is held, with its tests. Raises ``MessageSentError``."""
    was_trimmed = figures.was_kept(connection, message.app_id, [message.id])
    if was_trimmed or store.was_intended(connection, message.app_id, message.id):
        raise MessageSentError(
            ErrorText("message_sent_before", "This message was sent or queued before: archive it instead of deleting it.")
        )
    store.delete_tests(connection, message.app_id, message.id)
    saved.delete_message(connection, message.id)


def transactional_messages(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of these messages that people asked for by what they did."""
    found = saved.messages_by_id(connection, ids)
    return {each.id for each in found.values() if each.message_class is MessageClass.TRANSACTIONAL}


class Messages:
    """What can be said, by app."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def topics(self, app_id: int, limit: int = 50) -> list[str]:
        """The topics of the app's marketing messages, in order of their names."""
        with reading(self._engine) as connection:
            return saved.topics_of(connection, app_id, limit)

    def create(
        self,
        app_id: int,
        name: str,
        channel: Channel | str,
        content: dict[str, Any],
        now: int,
        *,
        message_class: MessageClass | str = MessageClass.MARKETING,
        topic: str = GENERAL,
        valid_for: str | None = None,
        goal: MessageGoal = None,
        require_values: bool = False,
        obeys_caps: bool | None = None,
        counts_toward_caps: bool | None = None,
        obeys_quiet_hours: bool | None = None,
        when_held: WhenHeld | str | None = None,
        wait_at_most: str | None = None,
        priority: int = 0,
        language: str = "",
        translations: Mapping[str, dict[str, Any]] = NO_TRANSLATIONS,
    ) -> Message:
        """Keep a new message. Raises ``MessageInvalidError`` or ``TemplateError`` naming the field that is wrong."""
        new = Message(
            id=0,
            app_id=app_id,
            name=name,
            channel=_one_of(Channel, channel, "channel"),
            message_class=_one_of(MessageClass, message_class, "class"),
            topic=topic,
            content=content,
            valid_for=valid_for,
            goal=goal,
            version=1,
            created_at=now,
            updated_at=now,
            require_values=require_values,
            obeys_caps=obeys_caps,
            counts_toward_caps=counts_toward_caps,
            obeys_quiet_hours=obeys_quiet_hours,
            when_held=None if when_held is None else _one_of(WhenHeld, when_held, "when_held"),
            wait_at_most=wait_at_most,
            priority=priority,
            language=language,
            translations=dict(translations),
        )
        new = _checked(new)
        with writing(self._engine) as connection:
            new = with_snippets(connection, new)
            context.check_room(connection, new, settings_of(connection, app_id))
            return saved.insert_message(connection, new)

    def get(self, app_id: int, message_id: int) -> Message:
        with reading(self._engine) as connection:
            return _found(saved.message(connection, app_id, message_id))

    def page(self, app_id: int, *, after: int = 0, limit: int = 100, archived: bool = True) -> list[Message]:
        """In order of id; ``after`` is the last id of the page before; ``archived``: those are among them."""
        with reading(self._engine) as connection:
            return saved.messages_of(connection, app_id, after, limit, archived=archived)

    def update(self, app_id: int, message_id: int, version: int, changes: Mapping[str, Any], now: int) -> Message:
        """Change the given fields: all but the channel.

        Raises ``StaleMessageError`` if the message is no longer at ``version``. Deliveries that wait are sent with
        the new content. The channel stays: addresses were chosen by it.
        """
        unknown = set(changes) - _CHANGEABLE
        if unknown:
            field = min(unknown)
            raise MessageInvalidError(ErrorText("message_field_fixed", "{field} cannot be changed.", field=field), path=field)
        old = self.get(app_id, message_id)
        new = msgspec.structs.replace(old, **changes, version=version + 1, updated_at=now)
        when_held = None if new.when_held is None else _one_of(WhenHeld, new.when_held, "when_held")
        new = msgspec.structs.replace(new, message_class=_one_of(MessageClass, new.message_class, "class"), when_held=when_held)
        new = _checked(new)  # before the transaction: templates take their time
        with writing(self._engine) as connection:
            new = with_snippets(connection, new)
            _in_use(_found(saved.message(connection, app_id, message_id, lock=True)))
            context.check_room(connection, new, settings_of(connection, app_id))
            if not saved.update_message(connection, new, version):
                raise StaleMessageError(
                    ErrorText("message_changed", "This message has been edited since it was read."), version=old.version
                )
        return new

    def send_test(self, app_id: int, message_id: int, person_id: int, now: int, *, event_body: bytes = b"{}") -> list[Delivery]:
        """Send the message to one person at once, apart from all figures and without asking for consent.

        ``event_body`` holds the properties that templates read as ``event``, as JSON. The dispatcher must be woken afterwards.
        """
        cause = random_token("test", 12)
        return self._send(Intent(app_id, person_id, message_id, cause, now, event_body=event_body, is_test=True))

    def send(
        self,
        app_id: int,
        message_id: int,
        person_id: int,
        now: int,
        *,
        key: str = "",
        subscription_id: int = 0,
        event_body: bytes = b"{}",
    ) -> list[Delivery]:
        """Send the message to one person because somebody called for it; whether it may leave is decided as for any other.

        The same ``key`` is one send to this person, however often it is called; "" = each call is one of its own.
        ``subscription_id``: to this address alone (0: to all of the person's on the channel). ``event_body`` as for a test. The
        dispatcher must be woken afterwards.
        """
        cause = f"call:{person_id}:{key}" if key else random_token("call", 12)
        return self._send(
            Intent(app_id, person_id, message_id, cause, now, event_body=event_body, subscription_id=subscription_id)
        )

    def _send(self, intent: Intent) -> list[Delivery]:
        app_id, message_id, now = intent.app_id, intent.message_id, intent.created_at
        with writing(self._engine) as connection:
            _in_use(_found(saved.message(connection, app_id, message_id)))
            intended = intending.intend(connection, [intent])
            if intended.events:
                put_outbox(connection, 0, intended.events, now)
            return store.deliveries_by_id(connection, app_id, intended.ids)

    def preview(
        self,
        app: App,
        message_id: int,
        person_id: int,
        now: int,
        sending: SenderSettings,
        *,
        event_body: bytes = b"{}",
        language: str | None = None,
        all_languages: bool = False,
    ) -> list[Shown]:
        """What the message would say to one person at ``now``. Nothing is written, sent or tracked.

        First in their language, or in ``language``, one of the message's; with ``all_languages``, then in each that it is written
        in. ``event_body`` as for a test. Raises ``PersonNotFoundError``, ``MessageInvalidError``.
        """
        with reading(self._engine) as connection:
            message = _found(saved.message(connection, app.id, message_id))
            person = read_reach(connection, app.id, [person_id]).get(person_id)
            if person is None:
                raise PersonNotFoundError(ErrorText("person_not_in_app", "There is no such person in this app."))
            written = languages_of(message)
            if language is not None and language not in written:
                raise MessageInvalidError(
                    ErrorText("message_language", "The message is not written in {language}.", language=language), path="language"
                )
            own = [each for each in person.subscriptions.values() if each.channel == message.channel]
            open_ = [each for each in own if each.state == SubscriptionState.SUBSCRIBED]
            place = max(open_ or own, key=lambda each: each.id, default=None)
            data, device = event_body.decode(), place.device if place else {}
            named = context.Round(connection, [message], lambda _: app)
            (known,) = named.tell(connection, [Wanted(message, app, person_id, data, device)])
        recipient = recipient_of(person, place.address if place else "", data, app, now, known, device)
        first = show(message, recipient, sending, app.settings.link_hosts, language)
        rest = written if all_languages else []
        return [first, *(show(message, recipient, sending, app.settings.link_hosts, each) for each in rest)]


def _found(message: Message | None) -> Message:
    if message is None:
        raise MessageNotFoundError(ErrorText("message_not_found", "There is no such message in this app."))
    return message


def _one_of(kind: Any, value: str, path: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise MessageInvalidError(
            ErrorText("not_one_of", "{got!r} is not one of {values}.", got=value, values=tuple(kind)), path=path
        ) from None


def _checked(message: Message) -> Message:
    """The message as it is kept. Raises ``MessageInvalidError``, ``ContentInvalidError``, ``TemplateError`` naming the place."""
    texts: tuple[tuple[str, object], ...] = (("name", message.name), ("topic", message.topic))
    for path, text in texts:
        if not isinstance(text, str) or not text.strip() or len(text) > NAME_LIMIT:
            raise MessageInvalidError(
                ErrorText(
                    "message_text_length",
                    "{field} must be 1–{most} characters (got {got:,}).",
                    field=path,
                    most=NAME_LIMIT,
                    got=size_of(text) if isinstance(text, str) else 0,
                ),
                path=path,
            )
    reject_nul([message.name, message.topic, message.content], "content")
    reject_nul(message.translations, "translations")
    if message.valid_for is not None:
        span(message.valid_for, "valid_for")
    check_goal(message.goal, "goal")
    _check_restraint(message)
    check_content(KINDS[message.channel].content.read(message.content))
    context.check_names(message)
    message = read_translations(message)
    check_translations(message, context.check_names)
    return message


def _check_restraint(message: Message) -> None:
    """How it takes being held back. Raises ``MessageInvalidError`` naming the field."""
    if (message.when_held is WhenHeld.WAIT) is (message.wait_at_most is None):
        raise MessageInvalidError(
            ErrorText("wait_without_length", "wait_at_most belongs to when_held wait: set both or neither."),
            path="wait_at_most",
        )
    if message.longest_wait > LONGEST_HOLD:
        raise MessageInvalidError(
            ErrorText(
                "wait_too_long",
                "A message waits {most} hours at most (got {got!r}).",
                most=LONGEST_HOLD // HOUR,
                got=message.wait_at_most or "",
            ),
            path="wait_at_most",
        )
    if not -HIGHEST_PRIORITY <= message.priority <= HIGHEST_PRIORITY:
        raise MessageInvalidError(
            ErrorText(
                "priority_range",
                "Priority must be between {least} and {most} (got {got:,}).",
                least=-HIGHEST_PRIORITY,
                most=HIGHEST_PRIORITY,
                got=message.priority,
            ),
            path="priority",
        )


def _in_use(message: Message) -> Message:
    if message.archived_at is not None:
        raise MessageStateError(ErrorText("message_archived", "This message is archived: take it out of the archive first."))
    return message
