"""The node that waits for a time. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from typing_extensions import override

from relance.core.forms import Hint, Hints, Role
from relance.journeys.effects import Go, Reaction, Wait
from relance.journeys.facts import StepFacts
from relance.journeys.nodes.node import Edge, Node
from relance.messaging.model import span


class Delay(Node, frozen=True, tag="delay", rename={"for_": "for"}):
    """Waits for a time, from the instant at which the run arrived at the node, like ``wait_for``."""

    for_: str
    next: str | None

    form: ClassVar[Hints] = {"for": Hint(Role.LENGTH, "2h"), "next": Hint(Role.EDGE)}
    rests: ClassVar[bool] = True

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        return (Edge("next", self.next),)

    @cached_property
    def length(self) -> int:
        """How long it waits, in ms."""
        return span(self.for_, "for")

    @override
    def check(self, path: str) -> None:
        span(self.for_, f"{path}.for")

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        return (Wait(self.id, now + self.length),)

    @override
    def wake(self, facts: StepFacts, now: int) -> Reaction:
        return (Go("next"),)
