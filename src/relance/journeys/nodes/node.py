"""The interface of a node to the graph, the step, counts and pages, none of which distinguish kinds. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, NamedTuple

import msgspec

from relance.core.forms import Hints
from relance.journeys.answers import AnswerTest
from relance.journeys.effects import Go, Reaction
from relance.journeys.facts import Happened, Need, StepFacts
from relance.journeys.listening import AwaitedEvent, is_meant
from relance.segments.rule.conditions import Predicate, Trait

Test = Predicate | Trait | AnswerTest


class Edge(NamedTuple):
    """An edge from a node: its label, by which runs are counted, and its target (None: the run is done).

    ``place`` is the path of the target within the node, if that is not the label.
    """

    label: str
    to: str | None
    place: str = ""

    @property
    def path(self) -> str:
        """The path of its target within the node."""
        return self.place or self.label


class SentMessage(NamedTuple):
    """A message that a node sends; ``place`` is the path of its id within the node."""

    message_id: int
    place: str = "message"


class KeptAnswer(NamedTuple):
    """The name under which a node keeps what was answered to its message; ``place`` is the path of the name within the node."""

    name: str
    place: str = "keep"


class PlacedTest(NamedTuple):
    """A test that decides a node's edge; ``place`` is its path within the node."""

    test: Test
    place: str


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", dict=True):
    """One step of a graph, as written. A kind overrides what differs from: no edges, nothing sent, tested or awaited.

    A label must not be a ``LeaveReason`` or one of ``Via``: they are counted together.
    """

    id: str

    form: ClassVar[Hints]  # its own fields in the order in which people fill them in
    rests: ClassVar[bool] = False  # whether a run waits here; otherwise it continues or ends at once
    decides: ClassVar[bool] = False  # whether the edge depends on facts: a replay keeps the original choice

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The outgoing edges."""
        return ()

    @property
    def awaited(self) -> tuple[AwaitedEvent, ...]:
        """The events to which a run reacts while it waits here."""
        return ()

    @property
    def tests(self) -> tuple[PlacedTest, ...]:
        """What it tests of the entry event's properties or of the person."""
        return ()

    @property
    def sends(self) -> tuple[SentMessage, ...]:
        """The messages it sends."""
        return ()

    @property
    def keeps(self) -> tuple[KeptAnswer, ...]:
        """The answers that it keeps for later nodes."""
        return ()

    @property
    def needs(self) -> frozenset[Need]:
        """What it needs to know of the person."""
        return frozenset({Need.TRAITS}) if any(isinstance(each.test, Trait) for each in self.tests) else frozenset()

    @cached_property
    def targets(self) -> dict[str, str | None]:
        """The targets of its edges by label."""
        return {each.label: each.to for each in self.edges}

    def check(self, path: str) -> None:
        """Refuse what only this kind can find wrong; ``path`` is the node's. Raises ``GraphError``."""

    def enter(self, facts: StepFacts, now: int) -> Reaction:
        """The effects of a run's arrival at ``now``: the last one says where it continues, waits or ends."""
        raise NotImplementedError

    def wake(self, facts: StepFacts, now: int) -> Reaction:  # noqa: ARG002 - what other kinds may look at
        """The effects when the time it waited for is up."""
        return ()

    def hear(self, happened: Happened, facts: StepFacts, now: int) -> Reaction:  # noqa: ARG002 - the same
        """The effects of an event while it waits here; empty if it is not awaited."""
        for each in self.awaited:
            if is_meant(each, happened, facts):
                return (Go(each.label),)
        return ()
