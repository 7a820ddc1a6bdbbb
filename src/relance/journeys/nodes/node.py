"""What a node of a journey is to the graph, the step, the counts and the pages: nobody else knows one kind from another. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, NamedTuple

import msgspec

from relance.core.forms import Hints
from relance.journeys.effects import Go, Reaction
from relance.journeys.facts import Happened, Need, StepFacts
from relance.journeys.listening import AwaitedEvent, is_meant
from relance.segments.rule.conditions import Predicate, Trait

Test = Predicate | Trait


class Edge(NamedTuple):
    """A way on from a node: its label, by which runs are counted, and the node it leads to (None: the run is done).

    ``place`` is the path of the target within the node, where that is not the label.
    """

    label: str
    to: str | None
    place: str = ""

    @property
    def path(self) -> str:
        """Where in the node its target is written."""
        return self.place or self.label


class SentMessage(NamedTuple):
    """A message that a node sends; ``place`` is where in the node its id is written."""

    message_id: int
    place: str = "message"


class PlacedTest(NamedTuple):
    """A test by which a node goes one way or another; ``place`` is where in the node it is written."""

    test: Test
    place: str


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", dict=True):
    """One step of a graph, as it is written. A kind says what differs from this: no edges, nothing sent, asked or awaited.

    A label is no ``LeaveReason`` and none of ``Via``: it is counted beside them.
    """

    id: str

    form: ClassVar[Hints]  # its own fields as people fill them in
    rests: ClassVar[bool] = False  # whether a run waits here; else it goes on, or ends, at once
    decides: ClassVar[bool] = False  # whether the edge hangs on facts: played again, the instant's choice holds

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The ways on."""
        return ()

    @property
    def awaited(self) -> tuple[AwaitedEvent, ...]:
        """The events that a run hears while it rests here."""
        return ()

    @property
    def tests(self) -> tuple[PlacedTest, ...]:
        """What it asks of the entry event's properties or of the person."""
        return ()

    @property
    def sends(self) -> tuple[SentMessage, ...]:
        """The messages it sends."""
        return ()

    @property
    def needs(self) -> frozenset[Need]:
        """What has to be known of the person."""
        return frozenset({Need.TRAITS}) if any(isinstance(each.test, Trait) for each in self.tests) else frozenset()

    @cached_property
    def targets(self) -> dict[str, str | None]:
        """Where each edge leads, by its label."""
        return {each.label: each.to for each in self.edges}

    def check(self, path: str) -> None:
        """Refuse what only this kind can say is wrong; ``path`` is the node's. Raises ``GraphError``."""

    def enter(self, facts: StepFacts, now: int) -> Reaction:
        """What a run does that comes to the node at ``now``: ends with where it goes on, rests or ends."""
        raise NotImplementedError

    def wake(self, facts: StepFacts, now: int) -> Reaction:  # noqa: ARG002 - what other kinds may look at
        """What it does when the time is over until which it rested here."""
        return ()

    def hear(self, happened: Happened, facts: StepFacts, now: int) -> Reaction:  # noqa: ARG002 - the same
        """What it does about something that happened while it rested here; nothing where that is not awaited."""
        for each in self.awaited:
            if is_meant(each, happened, facts):
                return (Go(each.label),)
        return ()
