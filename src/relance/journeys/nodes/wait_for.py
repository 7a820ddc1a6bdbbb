"""The node that waits for an event. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from typing_extensions import override

from relance.core.forms import Hint, Hints, Role
from relance.core.trimming import trim_event
from relance.journeys.effects import Go, Reaction, Wait
from relance.journeys.facts import StepFacts
from relance.journeys.listening import AwaitedEvent
from relance.journeys.nodes.node import Edge, Node
from relance.messaging.model import span


class WaitFor(Node, frozen=True, tag="wait_for", rename={"else_": "else"}):
    """Waits for an event, up to a maximum time: ``then`` if it came, ``else`` if not. ``null`` ends the run.

    It came if it happened since the run arrived at this node, whenever it was received; at the last instant it is too late.
    ``match``: only if that property equals the entry event's. Events about messages (``message_clicked``, ``message_opened`` …)
    count if they are about the run's own: that of the node ``message``, or any if that is omitted. ``"message": "*"``: any
    message of the person. It moves the run on, and withdraws no message that the run has already asked for: use an exit for that.

    Time counts from the instant at which the run arrived at the node: that of the event that moved it, or the end of the wait
    before, not the moment at which the program processed it.
    """

    event: str
    up_to: str
    then: str | None
    else_: str | None
    match: str | None = None
    message: str | None = None

    form: ClassVar[Hints] = {
        "event": Hint(Role.EVENT, ""),
        "match": Hint(Role.PROPERTY),
        "message": Hint(Role.OWN_MESSAGE),
        "up_to": Hint(Role.LENGTH, "2h"),
        "else": Hint(Role.EDGE),
        "then": Hint(Role.EDGE),
    }
    rests: ClassVar[bool] = True

    def __post_init__(self) -> None:
        trim_event(self)

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        return Edge("then", self.then), Edge("else", self.else_)

    @cached_property
    @override
    def awaited(self) -> tuple[AwaitedEvent, ...]:
        return (AwaitedEvent(self.event, "then", self.match, self.message),)

    @cached_property
    def length(self) -> int:
        """How long it waits, in ms."""
        return span(self.up_to, "up_to")

    @override
    def check(self, path: str) -> None:
        span(self.up_to, f"{path}.up_to")

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        return (Wait(self.id, now + self.length),)

    @override
    def wake(self, facts: StepFacts, now: int) -> Reaction:
        return (Go("else"),)
