"""Two kinds of node that Relance does not have: what holds of them holds of any kind that is still to come."""

from __future__ import annotations

from typing import ClassVar

import msgspec
import pytest
from typing_extensions import override

from relance.core.forms import Hint, Hints, Role
from relance.core.time import HOUR
from relance.journeys.effects import Go, Reaction, Send, Wait
from relance.journeys.facts import Need, StepFacts
from relance.journeys.listening import AwaitedEvent
from relance.journeys.nodes.kinds import KINDS, kind_of
from relance.journeys.nodes.node import Edge, Node, SentMessage


class Way(msgspec.Struct, frozen=True):
    label: str
    segment: int
    to: str | None


class Fork(Node, frozen=True, tag="fork"):
    """Goes the way of the first segment that the person is in, or is greeted by a message and goes on."""

    ways: tuple[Way, ...]
    greeting: int
    otherwise: str | None

    form: ClassVar[Hints] = {"ways": Hint(Role.EDGE), "greeting": Hint(Role.MESSAGE, ""), "otherwise": Hint(Role.EDGE)}
    decides: ClassVar[bool] = True

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        ways = (Edge(each.label, each.to, f"ways[{number}].to") for number, each in enumerate(self.ways))
        return *ways, Edge("otherwise", self.otherwise)

    @property
    @override
    def sends(self) -> tuple[SentMessage, ...]:
        return (SentMessage(self.greeting, "greeting"),)

    @property
    @override
    def needs(self) -> frozenset[Need]:
        return frozenset({Need.MEMBERSHIPS})

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        for each in self.ways:
            if each.segment in facts.person.memberships:
                return (Go(each.label),)
        return Send(self.id, self.greeting), Go("otherwise")


class Pause(Node, frozen=True, tag="pause"):
    """Rests two hours, of whoever is at home in Tokyo three, and hears two events, each with a way of its own."""

    hot: str
    cold: str
    warm: str | None
    fled: str | None
    tired: str | None

    form: ClassVar[Hints] = {
        "hot": Hint(Role.EVENT, "Sun Rose"),
        "cold": Hint(Role.EVENT, ""),
        "warm": Hint(Role.EDGE),
        "fled": Hint(Role.EDGE),
        "tired": Hint(Role.EDGE),
    }
    rests: ClassVar[bool] = True

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        return Edge("warm", self.warm), Edge("fled", self.fled), Edge("tired", self.tired)

    @property
    @override
    def awaited(self) -> tuple[AwaitedEvent, ...]:
        return AwaitedEvent(self.hot, "warm", place="hot."), AwaitedEvent(self.cold, "fled", match="cart_id", place="cold.")

    @property
    @override
    def needs(self) -> frozenset[Need]:
        return frozenset({Need.ZONE})

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        return (Wait(self.id, now + (3 if facts.person.zone == "Asia/Tokyo" else 2) * HOUR),)

    @override
    def wake(self, facts: StepFacts, now: int) -> Reaction:
        return (Go("tired"),)


def add_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a kind needs to be one, for a test's time."""
    for kind in (Fork, Pause):
        monkeypatch.setitem(KINDS, kind_of(kind), kind)
