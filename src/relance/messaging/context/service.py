"""The door to what templates name of a person: read for a whole round at once, and only what its messages name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from relance.accounts.model import App, AppSettings
from relance.channels.content import ContentTemplate
from relance.channels.errors import ContentInvalidError
from relance.channels.registry import KINDS
from relance.core.error_text import ErrorText
from relance.messaging.context.known import Read, counted_events, known_of, segment_of
from relance.messaging.context.names import FACTS, LAST_CART, LAST_VIEWED, NOTHING, SEGMENT, SINCE, NamedValues, names_in
from relance.messaging.model import Message
from relance.messaging.recent import service as recent
from relance.messaging.recent.service import Recent
from relance.messaging.saved import service as saved
from relance.messaging.translations import templates_of
from relance.segments.service import segment_names
from relance.templates.errors import TemplateError
from relance.users.reach import KnownFacts, read_facts_of

__all__ = ["NOTHING", "NamedValues", "Round", "Wanted", "check_names", "check_room", "names_of", "wanted_events"]

MOST_KEPT = 50  # event names of one app whose newest are kept


def names_of(message: Message) -> NamedValues:
    """What a message's templates name, in all its languages; nothing where it cannot be read at all, which its rendering will
    say."""
    try:
        return names_in(all_templates(message))
    except (ContentInvalidError, TemplateError):
        return NOTHING


def check_names(message: Message) -> None:
    """Refuse what could not be told in the message's own language, or in its snippets. Raises ``ContentInvalidError`` naming the
    field."""
    names_in((*KINDS[message.channel].content.read(message.content).templates(), *_of_snippets(message)))


def all_templates(message: Message) -> tuple[ContentTemplate, ...]:
    """Its own templates, in all its languages, and the snippets that they render."""
    return (*templates_of(message), *_of_snippets(message))


def _of_snippets(message: Message) -> Iterable[ContentTemplate]:
    return [ContentTemplate(f"snippets.{name}", source) for name, source in message.snippets.items()]


class Wanted(NamedTuple):
    """One message to one person: ``data`` are the event's properties as JSON, ``device`` is what the address belongs to."""

    message: Message
    app: App
    person_id: int
    data: str
    device: Mapping[str, Any]


class Round:
    """What the messages of one round name. Nothing is read where they name nothing."""

    def __init__(self, connection: Connection, messages: Iterable[Message], app_of: Callable[[int], App]) -> None:
        named = {message.id: (message, names) for message in messages if (names := names_of(message)) is not NOTHING}
        self._names: dict[int, NamedValues] = {message_id: names for message_id, (_, names) in named.items()}
        self._events: dict[int, dict[str, bool]] = {}  # message → what it needs the newest of
        for message_id, (message, names) in named.items():
            events = counted_events(names, app_of(message.app_id).settings)
            if events:
                self._events[message_id] = events
        self._unfilled = self._read_unfilled(connection, {each[0].id: each[0] for each in named.values()})

    def _read_unfilled(self, connection: Connection, messages: Mapping[int, Message]) -> frozenset[int]:
        """The messages for which history is still being read."""
        wanted: dict[tuple[int, str], bool] = {}
        for message_id, events in self._events.items():
            for event, counted in events.items():
                key = (messages[message_id].app_id, event)
                wanted[key] = wanted.get(key, False) or counted
        if not wanted:
            return frozenset()
        filled = recent.are_filled(connection, wanted)
        return frozenset(
            message_id
            for message_id, events in self._events.items()
            if not all(filled[messages[message_id].app_id, event] for event in events)
        )

    @property
    def names_anything(self) -> bool:
        """Whether any of the messages does."""
        return bool(self._names)

    def is_ready(self, message: Message | None) -> bool:
        """Whether all that the message names can be told by now."""
        return message is None or message.id not in self._unfilled

    def tell(self, connection: Connection, wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
        """What each message is told of its person, in order."""
        asked = [each for each in wanted if each.message.id in self._names]
        if not asked:
            return [{} for _ in wanted]
        facts, recents, segments = (
            self._facts(connection, asked),
            self._recents(connection, asked),
            _segments(connection, asked, self._names),
        )
        told: list[dict[str, Any]] = []
        for each in wanted:
            names = self._names.get(each.message.id)
            if names is None:
                told.append({})
                continue
            app_id, person = each.app.id, each.person_id
            mine = {
                event: found
                for event in self._events.get(each.message.id, ())
                if (found := recents.get((app_id, event, person))) is not None
            }
            number = segment_of(each.data) if SEGMENT in names.whole else None
            segment = None if number is None or (app_id, number) not in segments else (number, segments[app_id, number])
            known = known_of(names, each.app, Read(facts.get((app_id, person)), mine, segment, each.device))
            if each.message.id in self._unfilled:
                known = {name: value for name, value in known.items() if name not in (SINCE, LAST_VIEWED, LAST_CART)}
            told.append(known)
        return told

    def _facts(self, connection: Connection, asked: Sequence[Wanted]) -> dict[tuple[int, int], KnownFacts]:
        persons: dict[int, set[int]] = {}
        for each in asked:
            names = self._names[each.message.id]
            if FACTS in names.whole or names.counted:
                persons.setdefault(each.app.id, set()).add(each.person_id)
        read = {app_id: read_facts_of(connection, app_id, those) for app_id, those in persons.items()}
        return {(app_id, person): facts for app_id, found in read.items() for person, facts in found.items()}

    def _recents(self, connection: Connection, asked: Sequence[Wanted]) -> dict[tuple[int, str, int], Recent]:
        persons: dict[tuple[int, str], set[int]] = {}
        for each in asked:
            for event in self._events.get(each.message.id, ()):
                persons.setdefault((each.app.id, event), set()).add(each.person_id)
        found: dict[tuple[int, str, int], Recent] = {}
        for (app_id, event), those in persons.items():
            read = recent.read(connection, app_id, [event], those)
            found.update(((app_id, event, person), one) for (_, person), one in read.items())
        return found


def _segments(connection: Connection, asked: Sequence[Wanted], names: Mapping[int, NamedValues]) -> dict[tuple[int, int], str]:
    """(app, segment) → its name, of those that the events tell of."""
    numbers: dict[int, set[int]] = {}
    for each in asked:
        if SEGMENT in names[each.message.id].whole and (number := segment_of(each.data)) is not None:
            numbers.setdefault(each.app.id, set()).add(number)
    read = {app_id: segment_names(connection, app_id, those) for app_id, those in numbers.items()}
    return {(app_id, number): name for app_id, found in read.items() for number, name in found.items()}


def wanted_events(connection: Connection, settings_of: Callable[[int], AppSettings]) -> dict[tuple[int, str], bool]:
    """(app, event) → whether it is counted, of all that messages in use need the newest of."""
    wanted: dict[tuple[int, str], bool] = {}
    for message in saved.naming(connection, (SINCE, LAST_VIEWED, LAST_CART)):
        for event, counted in counted_events(names_of(message), settings_of(message.app_id)).items():
            key = (message.app_id, event)
            wanted[key] = wanted.get(key, False) or counted
    return wanted


def check_room(connection: Connection, message: Message, settings: AppSettings) -> None:
    """Refuse a message that would have more kept of everybody than an app may. Raises ``ContentInvalidError``."""
    own = counted_events(names_of(message), settings)
    if not own:
        return
    of_app = {event for (app_id, event) in wanted_events(connection, lambda _: settings) if app_id == message.app_id}
    if len(of_app | own.keys()) > MOST_KEPT:
        raise ContentInvalidError(
            ErrorText(
                "kept_events",
                "The messages of an app name at most {most} different events of people's past (with this one: {got}).",
                most=MOST_KEPT,
                got=len(of_app | own.keys()),
            ),
            path="content",
        )
