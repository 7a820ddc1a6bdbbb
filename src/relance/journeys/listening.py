"""The events a run reacts to: those that end it, and those its nodes await. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from relance.core.error_text import ErrorText
from relance.core.trimming import trimmed
from relance.events.model import Name
from relance.journeys.errors import GraphError
from relance.journeys.facts import Happened, StepFacts
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import read_property

#: Relance's own events about messages, each of which names its delivery.
MESSAGE_EVENTS = frozenset(name.value for name in Name if name.value.startswith("message_"))
ANY_MESSAGE = "*"
NAME_LIMIT = 200


class EventMatch(Protocol):
    """An event that counts if it is about the same thing as the run, as written in exits and nodes."""

    @property
    def event(self) -> str:
        """Its name."""
        ...

    @property
    def match(self) -> str | None:
        """The property that must equal the entry event's."""
        ...

    @property
    def message(self) -> str | None:
        """The node whose message is meant; ``"*"`` is any message of the person."""
        ...


class AwaitedEvent(NamedTuple):
    """An event that a node awaits, and the edge the run then takes.

    ``place`` is its path within the node: the prefix of ``event``, ``match`` and ``message``.
    """

    event: str
    label: str
    match: str | None = None
    message: str | None = None
    place: str = ""


def of_own_message(each: EventMatch) -> bool:
    """Whether only events about the run's own messages count."""
    return each.event in MESSAGE_EVENTS and each.message != ANY_MESSAGE


def is_meant(each: EventMatch, happened: Happened, facts: StepFacts) -> bool:
    """Whether this event counts, and is about the same thing as the run."""
    if each.event != happened.event or not _is_about_same(each.match, happened, facts):
        return False
    if not of_own_message(each):
        return True
    about = happened.properties
    return about.get("run") == facts.run and each.message in (None, about.get("node"))


def _is_about_same(name: str | None, happened: Happened, facts: StepFacts) -> bool:
    """The named property is present and equal in the event and in the run's entry event."""
    if name is None:
        return True
    mine = key_text(read_property(facts.properties, name))
    return mine is not None and mine == key_text(read_property(happened.properties, name))


def check_match(each: EventMatch, senders: Collection[str], path: str) -> None:
    """Refuse impossible names of events and properties, and messages of nodes that send none. ``path``: their prefix.

    ``senders`` are the ids of the nodes that send messages. Raises ``GraphError``.
    """
    check_event(each.event, f"{path}event")
    check_property(each.match, f"{path}match")
    if each.message is None:
        return
    if each.event not in MESSAGE_EVENTS:
        raise GraphError(
            ErrorText("event_without_message", "{event!r} is not about a message: leave out message.", event=each.event),
            path=f"{path}message",
        )
    if each.message != ANY_MESSAGE and each.message not in senders:
        raise GraphError(
            ErrorText("message_node_unknown", "There is no message node {node!r}.", node=each.message), path=f"{path}message"
        )


def check_event(name: str, path: str) -> None:
    """Refuse an impossible event name. Raises ``GraphError``."""
    if not trimmed(name) or len(name) > NAME_LIMIT or "\x00" in name:
        raise GraphError(
            ErrorText(
                "event_name_length",
                "Event name must be 1–{most} characters without NUL (got {got:,}).",
                most=NAME_LIMIT,
                got=len(name) if trimmed(name) else 0,
            ),
            path=path,
        )


def check_property(name: str | None, path: str) -> None:
    """Refuse an impossible property name. Raises ``GraphError``."""
    if name is not None and (not name or len(name) > NAME_LIMIT or "\x00" in name):
        raise GraphError(
            ErrorText(
                "property_name_length",
                "Property name must be 1–{most} characters without NUL (got {got:,}).",
                most=NAME_LIMIT,
                got=len(name),
            ),
            path=path,
        )
