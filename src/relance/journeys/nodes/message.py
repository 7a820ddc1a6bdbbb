"""The node that sends a message. Pure."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from relance.core.forms import Hint, Hints, Role
from relance.journeys.effects import Go, Reaction, Send
from relance.journeys.facts import StepFacts
from relance.journeys.nodes.node import Edge, Node, SentMessage


class SendMessage(Node, frozen=True, tag="message"):
    """Sends a message and continues."""

    message: int
    next: str | None

    form: ClassVar[Hints] = {"message": Hint(Role.MESSAGE, ""), "next": Hint(Role.EDGE)}

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        return (Edge("next", self.next),)

    @property
    @override
    def sends(self) -> tuple[SentMessage, ...]:
        return (SentMessage(self.message),)

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        return Send(self.id, self.message), Go("next")
