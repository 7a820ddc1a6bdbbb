"""Which events a run hears: what ends it, and what its nodes wait for. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from relance.core.trimming import trimmed
from relance.events.model import Name
from relance.journeys.errors import GraphError
from relance.journeys.facts import Happened, StepFacts
from relance.segments.rule.keys import key_text
from relance.segments.rule.predicate import read_property

#: What becomes of messages: each event of Relance's own that says of which delivery it speaks.
MESSAGE_EVENTS = frozenset(name.value for name in Name if name.value.startswith("message_"))
ANY_MESSAGE = "*"
NAME_LIMIT = 200


class EventMatch(Protocol):
    """An event that is meant where it is about the same as the run, as exits and nodes write it."""

    @property
    def event(self) -> str:
        """Its name."""
        ...

    @property
    def match(self) -> str | None:
        """The property that must have the entry event's value."""
        ...

    @property
    def message(self) -> str | None:
        """The node whose message is meant; ``"*"`` is any message of the person."""
        ...


class AwaitedEvent(NamedTuple):
    """An event that a node waits for, and the edge by which the run then goes on.

    ``place`` is where the node says so: what stands before ``event``, ``match`` and ``message`` in their paths.
    """

    event: str
    label: str
    match: str | None = None
    message: str | None = None
    place: str = ""


def of_own_message(each: EventMatch) -> bool:
    """Whether only what becomes of the run's own messages is meant."""
    return each.event in MESSAGE_EVENTS and each.message != ANY_MESSAGE


def is_meant(each: EventMatch, happened: Happened, facts: StepFacts) -> bool:
    """Whether what happened is the event, and about the same thing as the run."""
    if each.event != happened.event or not _is_about_same(each.match, happened, facts):
        return False
    if not of_own_message(each):
        return True
    about = happened.properties
    return about.get("run") == facts.run and each.message in (None, about.get("node"))


def _is_about_same(name: str | None, happened: Happened, facts: StepFacts) -> bool:
    """The named property is there in both, the event and the run's entry event, and equal."""
    if name is None:
        return True
    mine = key_text(read_property(facts.properties, name))
    return mine is not None and mine == key_text(read_property(happened.properties, name))


def check_match(each: EventMatch, senders: Collection[str], path: str) -> None:
    """Refuse names that no event or property has, and messages of nodes that send none. ``path``: what stands before them.

    ``senders`` are the ids of the nodes that send messages. Raises ``GraphError``.
    """
    check_event(each.event, f"{path}event")
    check_property(each.match, f"{path}match")
    if each.message is None:
        return
    if each.event not in MESSAGE_EVENTS:
        raise GraphError(f"{each.event!r} is not about a message: leave out message.", path=f"{path}message")
    if each.message != ANY_MESSAGE and each.message not in senders:
        raise GraphError(f"There is no message node {each.message!r}.", path=f"{path}message")


def check_event(name: str, path: str) -> None:
    """Refuse what can be no event's name. Raises ``GraphError``."""
    if not trimmed(name) or len(name) > NAME_LIMIT or "\x00" in name:
        raise GraphError(f"Event name must be 1–{NAME_LIMIT} characters without NUL (got {len(name)}).", path=path)


def check_property(name: str | None, path: str) -> None:
    """Refuse what can be no property's name. Raises ``GraphError``."""
    if name is not None and (not name or len(name) > NAME_LIMIT or "\x00" in name):
        raise GraphError(f"Property name must be 1–{NAME_LIMIT} characters without NUL (got {len(name)}).", path=path)
