"""The node that sends a message and stays until it is known what became of it. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from typing_extensions import override

from relance.core.forms import Hint, Hints, Role
from relance.events.model import Name
from relance.journeys.effects import Go, KeepAnswer, Reaction, Send, Wait
from relance.journeys.facts import Happened, StepFacts
from relance.journeys.listening import AwaitedEvent, is_meant
from relance.journeys.nodes.node import Edge, KeptAnswer, Node, SentMessage
from relance.messaging.model import DeliveryState, span

_SENT, _FAILED, _SKIPPED = (each.value for each in (Name.MESSAGE_SENT, Name.MESSAGE_FAILED, Name.MESSAGE_SKIPPED))
_UNKNOWN = DeliveryState.UNKNOWN.value


class SendAndWait(Node, frozen=True, tag="send_and_wait", rename={"else_": "else"}):
    """Sends a message and stays while it waits for its turn, for quiet hours or a cap: ``then`` once it was sent, at the first
    of the person's addresses, ``else`` if it was not sent to any. ``null`` ends the run.

    Not sent is what was skipped, expired (``valid_for`` of the message) or was refused. A message of which nobody knows whether
    it left counts as sent. After ``up_to`` the run goes by ``else``, and the message has expired if it still waits. Exits work
    meanwhile, and withdraw what has not left.

    With ``keep``, of a message whose other side answers (a webhook): what it answered is kept under that name, as ``status`` and
    ``body``, whether it was sent or not. Later messages say ``{{ journey.<name>.body }}``, later branches test it (kind
    ``answer``). Where nothing was answered, nothing is under the name.
    """

    message: int
    up_to: str
    then: str | None
    else_: str | None
    keep: str | None = None

    form: ClassVar[Hints] = {
        "message": Hint(Role.MESSAGE, ""),
        "up_to": Hint(Role.LENGTH, "3d"),
        "keep": Hint(Role.KEPT),
        "else": Hint(Role.EDGE),
        "then": Hint(Role.EDGE),
    }
    rests: ClassVar[bool] = True

    @property
    @override
    def edges(self) -> tuple[Edge, ...]:
        return Edge("then", self.then), Edge("else", self.else_)

    @property
    @override
    def sends(self) -> tuple[SentMessage, ...]:
        return (SentMessage(self.message),)

    @property
    @override
    def keeps(self) -> tuple[KeptAnswer, ...]:
        return () if self.keep is None else (KeptAnswer(self.keep),)

    @cached_property
    @override
    def awaited(self) -> tuple[AwaitedEvent, ...]:
        ways = ((_SENT, "then"), (_FAILED, "else"), (_SKIPPED, "else"))
        return tuple(AwaitedEvent(event, label, None, self.id) for event, label in ways)

    @cached_property
    def length(self) -> int:
        """How long it stays at most, in ms."""
        return span(self.up_to, "up_to")

    @override
    def check(self, path: str) -> None:
        span(self.up_to, f"{path}.up_to")

    @override
    def enter(self, facts: StepFacts, now: int) -> Reaction:
        until = now + self.length  # at that instant the wait is over
        return Send(self.id, self.message, until - 1), Wait(self.id, until)

    @override
    def wake(self, facts: StepFacts, now: int) -> Reaction:
        return *self._kept(None), Go("else")

    @override
    def hear(self, happened: Happened, facts: StepFacts, now: int) -> Reaction:
        """One address that was not reached says nothing of the others: what counts is the last of them."""
        about = happened.properties
        if about.get("state") == _UNKNOWN and any(is_meant(each, happened, facts) for each in self.awaited):
            return *self._kept(None), Go("then")
        if happened.event != _SENT and not about.get("last"):
            return ()
        reaction = super().hear(happened, facts, now)
        answer = about.get("answer")
        return (*self._kept(answer if isinstance(answer, dict) else None), *reaction) if reaction else ()

    def _kept(self, answer: dict[str, Any] | None) -> Reaction:
        return () if self.keep is None else (KeepAnswer(self.keep, answer),)
